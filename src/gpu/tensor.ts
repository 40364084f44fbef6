/** GPU memory. Every buffer has one owner, which counts it and destroys it. */
import { MEMORY_GROUPS, type MemoryGroup, type MemoryPlan } from '../record/memoryPlan';
import { completion } from './completion';
import { FaultLog, type FaultWatch } from './faults';

/** The values that WebGPU specifies for `GPUBufferUsage`, which is undefined without WebGPU. */
export const BUFFER_USAGE = { mapRead: 0x01, copySource: 0x04, copyDestination: 0x08, uniform: 0x40, storage: 0x80 } as const;

/** The same for `GPUTextureUsage`. */
const TEXTURE_USAGE = { copyDestination: 0x02, textureBinding: 0x04 } as const;

/** A range of a GPU buffer; `offset` is in bytes and a multiple of 256. */
export interface Tensor {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** A texture whose texels are four floats each. */
export interface FloatTexture {
  /** Of no other one, and of no tensor. */
  readonly id: number;
  readonly texture: GPUTexture;
  readonly view: GPUTextureView;
}

let nextTensorId = 1;

/** Storage offsets must be multiples of 256 bytes: 64 floats. */
export const ALIGNED_FLOATS = 64;

/** A view of part of a tensor; offsets and lengths in 4-byte elements. */
export function view(tensor: Tensor, firstElement: number, elements: number): Tensor {
  return { id: nextTensorId++, buffer: tensor.buffer, offset: tensor.offset + 4 * firstElement, size: 4 * Math.max(1, elements) };
}

/** What one owner holds, by purpose. */
interface Holdings {
  readonly buffers: Map<GPUBuffer, MemoryGroup>;
  readonly textures: Map<GPUTexture, { readonly group: MemoryGroup; readonly bytes: number }>;
  readonly querySets: GPUQuerySet[];
  allocated: number;
  highest: number;
  largest: MemoryPlan['largest'];
  /** Faults of the device since this owner was created. */
  readonly faults: FaultWatch;
}

/**
 * Allocates memory for one purpose. `in` gives the same owner's allocator for another; each counts and frees
 * what any of them allocates.
 */
export class Memory {
  private readonly holdings: Holdings;

  constructor(
    readonly device: GPUDevice,
    private readonly group: MemoryGroup = 'other',
    shared: Memory | null = null,
  ) {
    this.holdings = shared?.holdings ?? {
      buffers: new Map(),
      textures: new Map(),
      querySets: [],
      allocated: 0,
      highest: 0,
      largest: { group: 'other', label: 'none', bytes: 0 },
      faults: FaultLog.of(device).watch(),
    };
  }

  /** The same owner's memory for that purpose. */
  in(group: MemoryGroup): Memory {
    return new Memory(this.device, group, this);
  }

  /** What has gone wrong on the device since this owner was created. */
  get faults(): FaultWatch {
    return this.holdings.faults;
  }

  /** Bytes held now. */
  get bytes(): number {
    return this.holdings.allocated;
  }

  /** Largest number of bytes held so far. */
  get peakBytes(): number {
    return this.holdings.highest;
  }

  get count(): number {
    return this.holdings.buffers.size + this.holdings.textures.size;
  }

  /** The bytes held now by purpose, and the largest buffer so far. */
  get use(): MemoryPlan {
    const groups = Object.fromEntries(Object.keys(MEMORY_GROUPS).map((group) => [group, 0])) as Record<MemoryGroup, number>;
    for (const [{ size }, group] of this.holdings.buffers) groups[group] += size;
    for (const { group, bytes } of this.holdings.textures.values()) groups[group] += bytes;
    return { total: this.bytes, groups, largest: this.holdings.largest };
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
    const { device, group, holdings } = this;
    const { label = '', size: bytes } = descriptor;
    const groupBytes = (): number => Math.max(bytes, this.use.groups[group]);
    const subject = { what: 'buffer', label, bytes, group, groupBytes } as const;
    const buffer = FaultLog.of(device).guard(subject, () => device.createBuffer(descriptor));
    holdings.buffers.set(buffer, group);
    if (bytes > holdings.largest.bytes) holdings.largest = { group, label, bytes };
    this.hold(bytes);
    return buffer;
  }

  /** A texture to copy to and to read. */
  texture(width: number, height: number, label: string): FloatTexture {
    const { device, group, holdings } = this;
    const bytes = 16 * width * height;
    const groupBytes = (): number => Math.max(bytes, this.use.groups[group]);
    const subject = { what: 'buffer', label, bytes, group, groupBytes } as const;
    const { texture, view: whole } = FaultLog.of(device).guard(subject, () => {
      const made = device.createTexture({
        label,
        size: [width, height],
        format: 'rgba32float',
        usage: TEXTURE_USAGE.copyDestination | TEXTURE_USAGE.textureBinding,
      });
      return { texture: made, view: made.createView() };
    });
    holdings.textures.set(texture, { group, bytes });
    this.hold(bytes);
    return { id: nextTensorId++, texture, view: whole };
  }

  private hold(bytes: number): void {
    const { holdings } = this;
    holdings.allocated += bytes;
    holdings.highest = Math.max(holdings.highest, holdings.allocated);
  }

  /** Destroyed with this memory; not counted, since its size is unknown. */
  querySet(descriptor: GPUQuerySetDescriptor): GPUQuerySet {
    const set = this.device.createQuerySet(descriptor);
    this.holdings.querySets.push(set);
    return set;
  }

  free({ buffer }: Pick<Tensor, 'buffer'>): void {
    const { holdings } = this;
    if (!holdings.buffers.delete(buffer)) return;
    holdings.allocated -= buffer.size;
    buffer.destroy();
  }

  /** Destroys all that this owner still has, whatever its purpose. */
  destroy(): void {
    const { holdings } = this;
    for (const buffer of holdings.buffers.keys()) buffer.destroy();
    for (const texture of holdings.textures.keys()) texture.destroy();
    for (const set of holdings.querySets.splice(0)) set.destroy();
    holdings.buffers.clear();
    holdings.textures.clear();
    holdings.allocated = 0;
  }
}

/** Queues a copy of `data` to the start of `tensor`; it takes effect before the next submit. */
export function write(device: GPUDevice, tensor: Tensor, data: Float32Array | Uint32Array): void {
  if (data.byteLength > tensor.size) throw new RangeError(`${data.byteLength} bytes do not fit into ${tensor.size}`);
  if (data.length > 0) device.queue.writeBuffer(tensor.buffer, tensor.offset, data as BufferSource);
}

/** The same bytes as u32: restores the integers that `readFloats` read from a tensor of integers. */
export function bitsOf(values: Float32Array | Uint32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/**
 * Copies tensors to the CPU in one submit; each result has the requested number of floats.
 * @throws GpuFaultError when something on the device went wrong since the memory's owner was made
 */
export async function readFloats(
  memory: Memory,
  requests: readonly { readonly tensor: Tensor; readonly elements: number }[],
): Promise<Float32Array[]> {
  const bytes = requests.map(({ elements }) => 4 * elements);
  const total = bytes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return requests.map(() => new Float32Array(0));
  const staging = memory.in('other').buffer({
    size: total,
    usage: BUFFER_USAGE.mapRead | BUFFER_USAGE.copyDestination,
    label: 'read back',
  });
  try {
    return await memory.faults.trust(async () => {
      const encoder = memory.device.createCommandEncoder();
      let at = 0;
      requests.forEach(({ tensor }, index) => {
        const size = bytes[index] ?? 0;
        if (size > 0) encoder.copyBufferToBuffer(tensor.buffer, tensor.offset, staging, at, size);
        at += size;
      });
      submitCommands(memory.device, encoder.finish());
      await completion(memory.device, staging.mapAsync(GPUMapMode.READ));
      const all = new Float32Array(staging.getMappedRange().slice(0));
      let first = 0;
      return requests.map(({ elements }) => all.subarray(first, (first += elements)));
    });
  } finally {
    memory.free({ buffer: staging });
  }
}

/** Submits commands; an error that the device finds in them makes the next read fail. */
export function submitCommands(device: GPUDevice, commands: GPUCommandBuffer): void {
  FaultLog.of(device).guard({ what: 'commands' }, () => {
    device.queue.submit([commands]);
  });
}
