/** Fault reporting on a real device. */
import { beforeAll, describe, expect, it } from 'vitest';
import { FaultyGpu } from '../testing/faultyGpu';
import { sharedGpu } from '../testing/sharedGpu';
import type { Gpu } from './device';
import { FaultLog, GpuFaultError } from './faults';
import { KernelCache } from './kernel';
import { rehearsalGpu } from './rehearsalGpu';
import { Memory, readFloats, write } from './tensor';
import { createTexels } from './texels';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await sharedGpu();
});

async function faultOf(promise: Promise<unknown>): Promise<GpuFaultError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GpuFaultError) return error;
    throw error;
  }
  return expect.fail('nothing went wrong');
}

describe('faults of a device', () => {
  it('do not appear when nothing went wrong: reads return what was uploaded', async () => {
    const memory = new Memory(gpu.device);
    const tensor = memory.upload(Float32Array.of(1, 2, 3), 'three');
    expect(await readFloats(memory, [{ tensor, elements: 3 }])).toEqual([Float32Array.of(1, 2, 3)]);
    memory.destroy();
  });

  it('name the group of a buffer that could not be allocated, its size and the group’s', async () => {
    const faulty = new FaultyGpu(gpu);
    const memory = new Memory(faulty.gpu.device);
    const sound = memory.in('activations').upload(new Float32Array(250_000).fill(7), 'sound');
    faulty.begin({ call: 'createBuffer', way: 'invalid', at: 1 });
    memory.in('activations').tensor(45_000, 'history qkv 2');
    // Reads of buffers allocated earlier fail too.
    const fault = await faultOf(readFloats(memory, [{ tensor: sound, elements: 1 }]));
    expect(fault.message).toBe('The GPU refused memory for activations: 180 KB of 1.2 MB.');
    expect(fault.subject).toMatchObject({ label: 'history qkv 2', group: 'activations' });
    memory.destroy();
  });

  it('name the group of a texture that could not be created', async () => {
    const faulty = new FaultyGpu(gpu);
    const memory = new Memory(faulty.gpu.device);
    const sound = memory.upload(Float32Array.of(1), 'sound');
    faulty.begin({ call: 'createTexture', way: 'invalid', at: 1 });
    createTexels(memory.in('other'), 'copy of A');
    const fault = await faultOf(readFloats(memory, [{ tensor: sound, elements: 1 }]));
    expect(fault.message).toBe('The GPU refused memory for uniforms, reports and copies: 2.1 MB of 2.1 MB.');
    expect(fault.subject).toMatchObject({ label: 'copy of A', group: 'other' });
    memory.destroy();
  });

  it('say so if memory ran out', async () => {
    const device = {
      addEventListener: () => undefined,
      pushErrorScope: () => undefined,
      popErrorScope: (() => {
        let pops = 0;
        // Scopes are popped in the order internal, out-of-memory, validation.
        return () => Promise.resolve(++pops === 2 ? { message: 'no room' } : null);
      })(),
      createBuffer: ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => undefined }),
    } as unknown as GPUDevice;
    const memory = new Memory(device);
    memory.in('backward').tensor(1_000_000, 'd gate,up');
    const fault = await faultOf(memory.faults.settled());
    expect(fault).toMatchObject({
      kind: 'out-of-memory',
      message: 'The GPU ran out of memory for backward scratch: 4.0 MB of 4.0 MB.',
      detail: 'no room',
    });
  });

  it('fail every read after an uncaught error, except for owners created later', async () => {
    const memory = new Memory(gpu.device);
    const tensor = memory.upload(Float32Array.of(4), 'four');
    write(gpu.device, { ...tensor, offset: 1024 }, Float32Array.of(5));
    const fault = await faultOf(readFloats(memory, [{ tensor, elements: 1 }]));
    expect(fault.subject).toEqual({ what: 'commands' });
    memory.destroy();
    const later = new Memory(gpu.device);
    const other = later.upload(Float32Array.of(6), 'six');
    expect(await readFloats(later, [{ tensor: other, elements: 1 }])).toEqual([Float32Array.of(6)]);
    later.destroy();
  });

  it('do not stop a kernel that failed to compile from being compiled again', async () => {
    const faulty = new FaultyGpu(gpu);
    const { device } = faulty.gpu;
    const kernels = KernelCache.of(device);
    const watch = FaultLog.of(device).watch();
    faulty.begin({ call: 'createComputePipeline', way: 'invalid', at: 1 });
    const broken = kernels.file('fill');
    const fault = await faultOf(watch.settled());
    expect(fault.message).toBe('The GPU could not compile the kernel fill.');
    expect(kernels.file('fill')).not.toBe(broken);
    await FaultLog.of(device).watch().settled();
  });

  it.each(['invalid', 'throws'] as const)(
    'do not come from a kernel that could not be compiled ahead (%s), which is compiled again when it is needed',
    async (way) => {
      const faulty = new FaultyGpu(gpu);
      const { device } = faulty.gpu;
      const kernels = KernelCache.of(device);
      const watch = FaultLog.of(device).watch();
      const rehearsal = KernelCache.of(rehearsalGpu(gpu).device);
      rehearsal.file('fill');
      rehearsal.file('sum_rows');
      faulty.begin({ call: 'createComputePipeline', way, at: 1 });
      await kernels.prepare(rehearsal.asked);
      expect(kernels.missing(rehearsal.asked)).toBe(1);
      kernels.file('fill');
      expect(faulty.calls.createComputePipeline).toBe(3);
      await watch.settled();
    },
  );
});
