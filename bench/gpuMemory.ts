/** Bytes of GPU buffers that were created and not destroyed, whichever library did it. */

export interface GpuMemory {
  /** Maximum bytes alive at once. */
  readonly peakBytes: number;
}

/**
 * Counts from now on, on all devices of this realm. Buffers that are dropped without `destroy` stay counted. Buffers for reading
 * back do not count: comparing results reads more than a run does.
 */
export function watchGpuMemory(): GpuMemory {
  const alive = new WeakSet<GPUBuffer>();
  let bytes = 0;
  const memory = { peakBytes: 0 };
  const create = Reflect.get<GPUDevice, 'createBuffer'>(GPUDevice.prototype, 'createBuffer');
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = create.call(this, descriptor);
    if ((descriptor.usage & GPUBufferUsage.MAP_READ) !== 0) return buffer;
    alive.add(buffer);
    bytes += buffer.size;
    memory.peakBytes = Math.max(memory.peakBytes, bytes);
    return buffer;
  };
  const destroy = Reflect.get<GPUBuffer, 'destroy'>(GPUBuffer.prototype, 'destroy');
  GPUBuffer.prototype.destroy = function () {
    if (alive.delete(this)) bytes -= this.size;
    destroy.call(this);
  };
  return memory;
}
