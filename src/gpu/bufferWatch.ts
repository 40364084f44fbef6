/** Watches the buffers and textures of a device, whatever code creates them. */

export interface BufferWatch {
  readonly open: number;
  readonly made: number;
  /** Bytes held now, and the maximum held at once. */
  readonly bytes: number;
  readonly peak: number;
  /** Bytes of all CPU-readable buffers created so far. */
  readonly readable: number;
}

/** Counts the buffers and textures that `body` creates and destroys on a device. */
export async function watchBuffers<T>(device: GPUDevice, body: (watch: BufferWatch) => Promise<T>): Promise<T> {
  const { watch, stop } = startWatching(device);
  try {
    return await body(watch);
  } finally {
    stop();
  }
}

/** Counts the buffers and textures that are created on a device, until `stop`. */
export function startWatching(device: GPUDevice): { readonly watch: BufferWatch; readonly stop: () => void } {
  const create = device.createBuffer.bind(device);
  const createTexture = device.createTexture.bind(device);
  const watch = { open: 0, made: 0, bytes: 0, peak: 0, readable: 0 };
  const watched = <T extends GPUBuffer | GPUTexture>(made: T, bytes: number): T => {
    const destroy = made.destroy.bind(made);
    let alive = true;
    watch.open += 1;
    watch.made += 1;
    watch.bytes += bytes;
    watch.peak = Math.max(watch.peak, watch.bytes);
    made.destroy = () => {
      if (alive) {
        watch.open -= 1;
        watch.bytes -= bytes;
      }
      alive = false;
      destroy();
      return undefined;
    };
    return made;
  };
  device.createBuffer = (descriptor) => {
    if ((descriptor.usage & GPUBufferUsage.MAP_READ) !== 0) watch.readable += descriptor.size;
    return watched(create(descriptor), descriptor.size);
  };
  device.createTexture = (descriptor) => {
    const texture = createTexture(descriptor);
    // All are rgba32float.
    return watched(texture, 16 * texture.width * texture.height);
  };
  return {
    watch,
    stop: () => {
      device.createBuffer = create;
      device.createTexture = createTexture;
    },
  };
}
