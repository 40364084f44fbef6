/** A GPU that allocates no buffers and runs nothing: what is built on it takes memory on paper only, which `Memory` counts as usual. */
import type { AdapterInfo } from '../record/runRecord';
import type { Gpu } from './device';
import type { BufferLimits } from './deviceRoom';

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

/** Only what constructors need from a device: limits, buffers, uploads, and error scopes that catch nothing. Anything else fails at once. */
export function dryGpu(limits: BufferLimits): Gpu {
  const device = {
    limits,
    createBuffer: ({ size }: GPUBufferDescriptor) => ({ size, destroy: () => undefined }),
    queue: { writeBuffer: () => undefined },
    addEventListener: () => undefined,
    pushErrorScope: () => undefined,
    popErrorScope: () => Promise.resolve(null),
  };
  return { device: device as unknown as GPUDevice, adapter: NO_ADAPTER, subgroupSize: null };
}
