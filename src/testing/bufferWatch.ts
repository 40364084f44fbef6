/** Support for tests: what buffers of a device there are, whoever makes them. */

export interface BufferWatch {
  readonly open: number;
  readonly made: number;
  /** Bytes held now, and most that were held at once. */
  readonly bytes: number;
  readonly peak: number;
  /** Bytes of all buffers made so far that the processor can read. */
  readonly readable: number;
}

/** Counts the buffers that `body` makes and destroys on a device. */
export async function watchBuffers<T>(device: GPUDevice, body: (watch: BufferWatch) => Promise<T>): Promise<T> {
  const { watch, stop } = startWatching(device);
  try {
    return await body(watch);
  } finally {
    stop();
  }
}

/** Counts the buffers that are made on a device, until `stop`. */
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
