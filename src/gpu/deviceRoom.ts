/** How much a device can hold, as far as a page is told. */

/** What a device can bind at once, as in `GPUSupportedLimits`. */
export type BufferLimits = Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;

/** Bytes of the largest buffer that a kernel can have. */
export function largestBuffer({ maxBufferSize, maxStorageBufferBindingSize }: BufferLimits): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

export interface DeviceRoom extends BufferLimits {
  /** Bytes of memory of the machine, null where the browser does not say. Browsers round it, and name no more than 8 GiB or so. */
  readonly memory: number | null;
}

export function deviceRoom({ limits }: Pick<GPUDevice, 'limits'>): DeviceRoom {
  const { maxBufferSize, maxStorageBufferBindingSize } = limits;
  const { deviceMemory } = (globalThis.navigator as { deviceMemory?: number } | undefined) ?? {};
  return { maxBufferSize, maxStorageBufferBindingSize, memory: deviceMemory === undefined ? null : deviceMemory * 2 ** 30 };
}
