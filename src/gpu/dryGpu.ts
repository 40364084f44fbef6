/**
 * A GPU that allocates no buffers and runs nothing: what is built on it takes memory on paper only, which
 * `Memory` counts as usual.
 */
import type { AdapterInfo } from '../record/runRecord';
import type { Gpu } from './device';
import type { BufferLimits, PlannedDevice } from './deviceRoom';

const NO_ADAPTER: AdapterInfo = {
  vendor: '',
  architecture: '',
  device: '',
  description: 'none',
  fallback: true,
  f16: false,
  subgroups: false,
  timestamps: false,
  runtime: 'node',
};

const nothing = (): undefined => undefined;

/**
 * Only what constructors need from a device: limits, buffers, textures, uploads, and error scopes that catch
 * nothing.
 */
export function dryDevice<Limits extends BufferLimits>(limits: Limits) {
  return {
    limits,
    createBuffer: ({ size }: Pick<GPUBufferDescriptor, 'size'>) => ({ size, destroy: nothing }),
    createTexture: () => ({ createView: () => ({}), destroy: nothing }),
    queue: { writeBuffer: nothing },
    addEventListener: nothing,
    pushErrorScope: nothing,
    popErrorScope: () => Promise.resolve(null),
  };
}

/** Anything but construction fails at once. */
export function dryGpu(limits: PlannedDevice): Gpu {
  const { softwareLanes = null } = limits;
  return {
    device: dryDevice(limits) as unknown as GPUDevice,
    adapter: NO_ADAPTER,
    subgroupSize: softwareLanes,
    subgroupChoice: [],
    subgroupIds: false,
  };
}
