/** Bytes of GPU buffers and textures that were created and not destroyed, whichever library did it. */

export interface GpuMemory {
  /** Maximum bytes alive at once. */
  readonly peakBytes: number;
}

/**
 * Counts from now on, on all devices of this realm. What is dropped without `destroy` stays counted. Buffers
 * for reading back do not count: comparing results reads more than a run does.
 */
export function watchGpuMemory(): GpuMemory {
  const alive = new WeakMap<GPUBuffer | GPUTexture, number>();
  let bytes = 0;
  const memory = { peakBytes: 0 };
  const add = (made: GPUBuffer | GPUTexture, size: number): void => {
    alive.set(made, size);
    bytes += size;
    memory.peakBytes = Math.max(memory.peakBytes, bytes);
  };
  const create = Reflect.get<GPUDevice, 'createBuffer'>(GPUDevice.prototype, 'createBuffer');
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = create.call(this, descriptor);
    if ((descriptor.usage & GPUBufferUsage.MAP_READ) !== 0) return buffer;
    add(buffer, buffer.size);
    return buffer;
  };
  const createTexture = Reflect.get<GPUDevice, 'createTexture'>(GPUDevice.prototype, 'createTexture');
  GPUDevice.prototype.createTexture = function (descriptor) {
    const texture = createTexture.call(this, descriptor);
    // Ours are rgba32float; no other library here makes textures in a computation.
    add(texture, 16 * texture.width * texture.height);
    return texture;
  };
  for (const kind of [GPUBuffer, GPUTexture]) {
    const destroy = Reflect.get<GPUBuffer | GPUTexture, 'destroy'>(kind.prototype, 'destroy');
    kind.prototype.destroy = function (this: GPUBuffer | GPUTexture) {
      bytes -= alive.get(this) ?? 0;
      alive.delete(this);
      destroy.call(this);
    };
  }
  return memory;
}
