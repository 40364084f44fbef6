/**
 * A GPU on which a run's code is rehearsed: it has the facts of a real one, but creates no buffers, compiles
 * no kernels and computes nothing. What is read from it is zero. Its `KernelCache` then lists what the real
 * one will be asked for.
 */
import type { Gpu } from './device';
import { dryDevice } from './dryGpu';
import { KernelCache } from './kernel';

/** The device that stands behind one that rehearses. */
const REAL = new WeakMap<GPUDevice, GPUDevice>();

/** The device whose facts count: `device` itself, unless it stands in for another. */
export function realDevice(device: GPUDevice): GPUDevice {
  return REAL.get(device) ?? device;
}

/**
 * Compiles what `body` asks for when it is rehearsed, while thread and device go on. Resolves when all is
 * compiled.
 */
export async function compileAhead(gpu: Gpu, body: (rehearsal: Gpu) => Promise<void>): Promise<void> {
  const rehearsal = rehearsalGpu(gpu);
  await body(rehearsal);
  await KernelCache.of(gpu.device).prepare(KernelCache.of(rehearsal.device).asked);
}

export function rehearsalGpu(gpu: Gpu): Gpu {
  const nothing = (): undefined => undefined;
  const some = (): object => ({});
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const dry = dryDevice(gpu.device.limits);
  const device = {
    ...dry,
    features: gpu.device.features,
    createBuffer: ({ size }: GPUBufferDescriptor) => ({
      ...dry.createBuffer({ size }),
      mapAsync: () => Promise.resolve(),
      getMappedRange: (offset = 0, length = size - offset) => new ArrayBuffer(length),
      unmap: nothing,
    }),
    createBindGroup: some,
    createSampler: some,
    createBindGroupLayout: some,
    createPipelineLayout: some,
    createShaderModule: some,
    createComputePipeline: some,
    createCommandEncoder: () => ({
      beginComputePass: () => pass,
      copyBufferToBuffer: nothing,
      copyBufferToTexture: nothing,
      clearBuffer: nothing,
      finish: some,
    }),
    queue: { ...dry.queue, submit: nothing, onSubmittedWorkDone: () => Promise.resolve() },
  } as unknown as GPUDevice;
  REAL.set(device, gpu.device);
  return { ...gpu, device };
}
