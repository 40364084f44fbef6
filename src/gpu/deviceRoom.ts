/** How much memory a device has, as far as the page can know. */
import type { Gpu } from './device';

/** The largest buffers and bindings of a device, as in `GPUSupportedLimits`. */
export type BufferLimits = Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;

/** Bytes of the largest buffer that a kernel can bind. */
export function largestBuffer({ maxBufferSize, maxStorageBufferBindingSize }: BufferLimits): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/** What memory is planned by. */
export interface PlannedDevice extends BufferLimits {
  /**
   * Lanes of a subgroup of a software adapter, on which products take textures; null or missing on others.
   */
  readonly softwareLanes?: number | null;
}

export interface DeviceRoom extends PlannedDevice {
  /**
   * Bytes of the machine's memory; null if the browser does not say. Browsers round it and report at most
   * about 8 GiB.
   */
  readonly memory: number | null;
  /** Whether it can compute with half floats. */
  readonly f16: boolean;
}

/** Bytes of the machine's memory; null if unknown. */
export function deviceMemory(): number | null {
  const { deviceMemory: gigabytes } = (globalThis.navigator as { deviceMemory?: number } | undefined) ?? {};
  return gigabytes === undefined ? null : gigabytes * 2 ** 30;
}

export function deviceRoom(gpu: Gpu): DeviceRoom {
  return { ...plannedDevice(gpu), memory: deviceMemory(), f16: gpu.adapter.f16 };
}

export function plannedDevice({ device, adapter, subgroupSize }: Gpu): PlannedDevice {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  return { maxBufferSize, maxStorageBufferBindingSize, softwareLanes: adapter.fallback ? subgroupSize : null };
}
