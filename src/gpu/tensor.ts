/** GPU memory. Every buffer is owned by one `Memory`, which counts it and destroys it. */
import type { MemoryGroup, MemoryPlan } from '../record/memoryPlan';

/** The values that WebGPU fixes for `GPUBufferUsage`, which is missing where WebGPU is. */
export const BUFFER_USAGE = { mapRead: 0x01, copySource: 0x04, copyDestination: 0x08, uniform: 0x40, storage: 0x80 } as const;

/** A range of a GPU buffer; `offset` is in bytes and a multiple of 256. */
export interface Tensor {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

let nextTensorId = 1;

/** Storage offsets must be multiples of 256 bytes: 64 floats. */
export const ALIGNED_FLOATS = 64;

/** A view on part of a tensor; offsets and lengths in 4-byte elements. */
export function view(tensor: Tensor, firstElement: number, elements: number): Tensor {
  return { id: nextTensorId++, buffer: tensor.buffer, offset: tensor.offset + 4 * firstElement, size: 4 * Math.max(1, elements) };
}

export class Memory {
  /** What buffers are taken for, from now on. */
  purpose: MemoryGroup = 'other';
  private readonly buffers = new Map<GPUBuffer, MemoryGroup>();
  private readonly querySets: GPUQuerySet[] = [];
  private allocated = 0;
  private highest = 0;
  private largest: MemoryPlan['largest'] = { group: 'other', label: 'none', bytes: 0 };

  constructor(readonly device: GPUDevice) {}

  /** Bytes held now. */
  get bytes(): number {
    return this.allocated;
  }

  /** Largest number of bytes held so far. */
  get peakBytes(): number {
    return this.highest;
  }

  get count(): number {
    return this.buffers.size;
  }

  /** What the bytes held now are for, and the largest buffer so far. */
  get use(): MemoryPlan {
    const groups = {
      weights: 0,
      arms: 0,
      activations: 0,
      cache: 0,
      backward: 0,
      losses: 0,
      features: 0,
      evaluation: 0,
      other: 0,
    };
    for (const [{ size }, group] of this.buffers) groups[group] += size;
    return { total: this.allocated, groups, largest: this.largest };
  }

  /** Zero-filled storage for `elements` 4-byte elements. */
  tensor(elements: number, label: string): Tensor {
    // Sizes are multiples of 16 bytes so that a vec4 view of the whole buffer is always legal.
    const size = Math.max(16, Math.ceil((4 * elements) / 16) * 16);
    const usage = BUFFER_USAGE.storage | BUFFER_USAGE.copyDestination | BUFFER_USAGE.copySource;
    return { id: nextTensorId++, buffer: this.buffer({ size, usage, label }), offset: 0, size };
  }

  /** Storage holding a copy of `data`. */
  upload(data: Float32Array | Uint32Array, label: string): Tensor {
    const tensor = this.tensor(data.length, label);
    write(this.device, tensor, data);
    return tensor;
  }

  buffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    const buffer = this.device.createBuffer(descriptor);
    this.buffers.set(buffer, this.purpose);
    if (descriptor.size > this.largest.bytes)
      this.largest = { group: this.purpose, label: descriptor.label ?? '', bytes: descriptor.size };
    this.allocated += descriptor.size;
    this.highest = Math.max(this.highest, this.allocated);
    return buffer;
  }

  /** Destroyed with this memory; its size is not known, so it is not counted. */
  querySet(descriptor: GPUQuerySetDescriptor): GPUQuerySet {
    const set = this.device.createQuerySet(descriptor);
    this.querySets.push(set);
    return set;
  }

  free(tensor: Tensor): void {
    if (!this.buffers.delete(tensor.buffer)) return;
    this.allocated -= tensor.buffer.size;
    tensor.buffer.destroy();
  }

  /** Destroys every buffer that this memory still owns. */
  destroy(): void {
    for (const buffer of this.buffers.keys()) buffer.destroy();
    for (const set of this.querySets.splice(0)) set.destroy();
    this.buffers.clear();
    this.allocated = 0;
  }
}

/** Queues a copy of `data` to the start of `tensor`; it takes effect before the next submit. */
export function write(device: GPUDevice, tensor: Tensor, data: Float32Array | Uint32Array): void {
  if (data.byteLength > tensor.size) throw new RangeError(`${data.byteLength} bytes do not fit into ${tensor.size}`);
  if (data.length > 0) device.queue.writeBuffer(tensor.buffer, tensor.offset, data as BufferSource);
}

/** The same bytes as u32: what `readFloats` gives of a tensor of integers, as what it is. */
export function bitsOf(values: Float32Array | Uint32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Copies tensors to the CPU in one submit; each result has as many floats as asked for. */
export async function readFloats(
  memory: Memory,
  requests: readonly { readonly tensor: Tensor; readonly elements: number }[],
): Promise<Float32Array[]> {
  const bytes = requests.map(({ elements }) => 4 * elements);
  const total = bytes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return requests.map(() => new Float32Array(0));
  const staging = memory.device.createBuffer({ size: total, usage: BUFFER_USAGE.mapRead | BUFFER_USAGE.copyDestination });
  const encoder = memory.device.createCommandEncoder();
  let at = 0;
  requests.forEach(({ tensor }, index) => {
    const size = bytes[index] ?? 0;
    if (size > 0) encoder.copyBufferToBuffer(tensor.buffer, tensor.offset, staging, at, size);
    at += size;
  });
  memory.device.queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(GPUMapMode.READ);
    const all = new Float32Array(staging.getMappedRange().slice(0));
    let first = 0;
    return requests.map(({ elements }) => all.subarray(first, (first += elements)));
  } finally {
    staging.destroy();
  }
}
