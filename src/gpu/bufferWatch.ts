/** Watches the buffers of a device, whatever code creates them. */

export interface BufferWatch {
  readonly open: number;
  readonly made: number;
  /** Bytes held now, and the maximum held at once. */
  readonly bytes: number;
  readonly peak: number;
  /** Bytes of all CPU-readable buffers created so far. */
  readonly readable: number;
}

/** Counts the buffers that `body` creates and destroys on a device. */
export async function watchBuffers<T>(device: GPUDevice, body: (watch: BufferWatch) => Promise<T>): Promise<T> {
  const { watch, stop } = startWatching(device);
  try {
    return await body(watch);
  } finally {
    stop();
  }
}

/** Counts the buffers that are created on a device, until `stop`. */
export function startWatching(device: GPUDevice): { readonly watch: BufferWatch; readonly stop: () => void } {
  const create = device.createBuffer.bind(device);
  const watch = { open: 0, made: 0, bytes: 0, peak: 0, readable: 0 };
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let alive = true;
    watch.open += 1;
    watch.made += 1;
    watch.bytes += buffer.size;
    watch.peak = Math.max(watch.peak, watch.bytes);
    if ((descriptor.usage & GPUBufferUsage.MAP_READ) !== 0) watch.readable += descriptor.size;
    buffer.destroy = () => {
      if (alive) {
        watch.open -= 1;
        watch.bytes -= buffer.size;
      }
      alive = false;
      destroy();
      return undefined;
    };
    return buffer;
  };
  return {
    watch,
    stop: () => {
      device.createBuffer = create;
    },
  };
}
