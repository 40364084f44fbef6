/** How much memory a device has, as far as the page can know. */

/** The largest buffers and bindings of a device, as in `GPUSupportedLimits`. */
export type BufferLimits = Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;

/** Bytes of the largest buffer that a kernel can bind. */
export function largestBuffer({ maxBufferSize, maxStorageBufferBindingSize }: BufferLimits): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

export interface DeviceRoom extends BufferLimits {
  /** Bytes of the machine's memory; null if the browser does not say. Browsers round it and report at most about 8 GiB. */
  readonly memory: number | null;
}

/** Bytes of the machine's memory; null if unknown. */
export function deviceMemory(): number | null {
  const { deviceMemory: gigabytes } = (globalThis.navigator as { deviceMemory?: number } | undefined) ?? {};
  return gigabytes === undefined ? null : gigabytes * 2 ** 30;
}

export function deviceRoom({ limits }: Pick<GPUDevice, 'limits'>): DeviceRoom {
  const { maxBufferSize, maxStorageBufferBindingSize } = limits;
  return { maxBufferSize, maxStorageBufferBindingSize, memory: deviceMemory() };
}
