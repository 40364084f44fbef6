/** How much a device can hold, as far as a page is told. */
import type { BufferLimits } from './dryGpu';

export interface DeviceRoom extends BufferLimits {
  /** Bytes of memory of the machine, null where the browser does not say. Browsers round it, and name no more than 8 GiB or so. */
  readonly memory: number | null;
}

export function deviceRoom({ limits }: Pick<GPUDevice, 'limits'>): DeviceRoom {
  const { maxBufferSize, maxStorageBufferBindingSize } = limits;
  const { deviceMemory } = (globalThis.navigator as { deviceMemory?: number } | undefined) ?? {};
  return { maxBufferSize, maxStorageBufferBindingSize, memory: deviceMemory === undefined ? null : deviceMemory * 2 ** 30 };
}
