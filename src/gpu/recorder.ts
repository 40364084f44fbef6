/**
 * Collects dispatches and copies to textures, and submits them together: one compute pass between copies, one
 * uniform upload, cached bind groups.
 */
import { completion } from './completion';
import type { Kernel } from './kernel';
import type { KernelRun, Profiler } from './profiler';
import { READS } from './readAhead';
import { encodeTexels, type Texels, type TexelSource } from './texels';
import { BUFFER_USAGE, submitCommands, type Memory, type Tensor } from './tensor';

const SLOT_BYTES = 256;
const READBACK_BYTES = 256;

interface Call {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  readonly slot: number;
  readonly workgroups: readonly [number, number, number];
  readonly path: readonly string[];
  readonly flops: number;
}

/** A copy that comes before the calls that follow it. */
interface Copy {
  readonly source: TexelSource;
  readonly texels: Texels;
}

/** One dispatch of a kernel; tensors and numbers by the names that its source uses. */
export type Dispatch = {
  readonly kernel: Kernel;
  readonly storage: Readonly<Record<string, Tensor>>;
  readonly params: Readonly<Record<string, number>>;
  /** Textures by the names of their bindings. */
  readonly texels?: Readonly<Record<string, Texels>>;
  /** Floating-point operations, if a profile should report their rate. */
  readonly flops?: number;
} & (
  | {
      /** For a kernel with one-dimensional workgroups; 0 queues nothing. */
      readonly threads: number;
    }
  | { readonly workgroups: readonly [number, number, number] }
);

/** Workgroups for `items` threads in one logical dimension; wraps into y past the limit of 65,535. */
export function linearGrid(items: number, workgroupSize: number): [number, number, number] {
  const groups = Math.max(1, Math.ceil(items / workgroupSize));
  if (groups <= 65_535) return [groups, 1, 1];
  const y = Math.ceil(groups / 65_535);
  return [Math.ceil(groups / y), y, 1];
}

export class Recorder {
  /** Times what is submitted while it is set; each run of one kernel in one scope is then a separate pass. */
  profiler: Profiler | null = null;
  private queued: (Call | Copy)[] = [];
  /** Dispatches among them. */
  private calls = 0;
  private watcher: ((call: Dispatch) => void) | null = null;
  private path: readonly string[] = [];
  private readonly staging: DataView;
  private readonly uniforms: GPUBuffer;
  /** Where `submitAndRead` reads: those that are not in use. */
  private readonly readbacks: GPUBuffer[];
  private readonly groups = new Map<string, GPUBindGroup>();
  private sampler: GPUSampler | null = null;

  /** @param slots maximum number of dispatches per submit; more are split into several submits. */
  constructor(
    private readonly memory: Memory,
    private readonly slots = 4096,
  ) {
    this.staging = new DataView(new ArrayBuffer(slots * SLOT_BYTES));
    this.uniforms = memory.buffer({
      size: slots * SLOT_BYTES,
      usage: BUFFER_USAGE.uniform | BUFFER_USAGE.copyDestination,
      label: 'uniforms',
    });
    const usage = BUFFER_USAGE.mapRead | BUFFER_USAGE.copyDestination;
    this.readbacks = Array.from({ length: READS }, () => memory.buffer({ size: READBACK_BYTES, usage, label: 'readback' }));
  }

  /** Names the part of a step that `body` records; scopes nest. Only profiles show them. */
  scope<T>(name: string, body: () => T): T {
    const outer = this.path;
    this.path = [...outer, name];
    try {
      return body();
    } finally {
      this.path = outer;
    }
  }

  /** Tells `watcher` of every dispatch that is queued while `body` runs, in order. */
  async watch(watcher: (call: Dispatch) => void, body: () => Promise<unknown>): Promise<void> {
    this.watcher = watcher;
    try {
      await body();
    } finally {
      this.watcher = null;
    }
  }

  /** Every dispatch that is queued while `body` runs, in order. */
  async listen(body: () => Promise<void>): Promise<readonly KernelRun[]> {
    const heard: KernelRun[] = [];
    await this.watch(({ kernel, flops = 0 }) => heard.push({ path: this.path, kernel: kernel.name, dispatches: 1, flops }), body);
    return heard;
  }

  /**
   * Queues one dispatch.
   * @throws Error when a name is missing: a programming error, never the user's.
   */
  dispatch(call: Dispatch): void {
    const { kernel, params, flops = 0 } = call;
    const workgroups = 'threads' in call ? linearGrid(call.threads, workgroupThreads(kernel)) : call.workgroups;
    if ('threads' in call && call.threads === 0) return;
    this.watcher?.(call);
    if (this.calls === this.slots) this.submit();
    const slot = this.calls;
    kernel.fields.forEach(({ name, float }, index) => {
      const value = params[name];
      if (value === undefined) throw new Error(`kernel ${kernel.name}: no value for ${name}`);
      const at = slot * SLOT_BYTES + 4 * index;
      if (float) this.staging.setFloat32(at, value, true);
      else this.staging.setUint32(at, value, true);
    });
    this.calls += 1;
    this.queued.push({ kernel, group: this.group(call), slot, workgroups, path: this.path, flops });
  }

  /** Queues the copy of a matrix to a texture, which what is queued later reads. */
  copy(source: TexelSource, texels: Texels): void {
    this.queued.push({ source, texels });
  }

  /**
   * Submits what was collected and reads the first floats of a small tensor, in one submit and without
   * allocating. At most `READS` at once.
   * @throws GpuFaultError when something on the device went wrong since the memory's owner was made
   */
  submitAndRead(tensor: Tensor, elements: number): Promise<Float32Array> {
    return this.memory.faults.trust(async () => {
      const into = this.readbacks.pop();
      if (into === undefined) throw new Error(`more than ${READS} reads at once`);
      try {
        this.submit({ tensor, elements, into });
        await completion(this.memory.device, into.mapAsync(GPUMapMode.READ, 0, 4 * elements));
        const values = new Float32Array(into.getMappedRange(0, 4 * elements).slice(0));
        into.unmap();
        return values;
      } finally {
        this.readbacks.push(into);
      }
    });
  }

  /** Submits what was collected. */
  submit(copy?: { readonly tensor: Tensor; readonly elements: number; readonly into: GPUBuffer }): void {
    if (this.queued.length === 0 && copy === undefined) return;
    const { device } = this.memory;
    device.queue.writeBuffer(this.uniforms, 0, this.staging.buffer, 0, this.calls * SLOT_BYTES);
    const encoder = device.createCommandEncoder();
    for (const run of runsOf(this.queued)) {
      if ('texels' in run) encodeTexels(encoder, run.source, run.texels);
      else if (this.profiler === null) encode(encoder.beginComputePass(), run);
      else encodeTimed(encoder, run, this.profiler);
    }
    this.profiler?.resolve(encoder);
    if (copy !== undefined) encoder.copyBufferToBuffer(copy.tensor.buffer, copy.tensor.offset, copy.into, 0, 4 * copy.elements);
    this.queued = [];
    this.calls = 0;
    submitCommands(device, encoder.finish());
  }

  private group({ kernel, storage, texels = {} }: Dispatch): GPUBindGroup {
    const { device } = this.memory;
    const tensors = kernel.bindings.map(({ name }) => {
      const tensor = storage[name];
      if (tensor === undefined) throw new Error(`kernel ${kernel.name}: no tensor for ${name}`);
      return tensor;
    });
    const textures = kernel.textures.map(({ name, binding }) => {
      const one = texels[name];
      if (one === undefined) throw new Error(`kernel ${kernel.name}: no texture for ${name}`);
      return { binding, id: one.id, resource: one.view };
    });
    const key = `${kernel.id}:${[...tensors, ...textures].map(({ id }) => id).join()}`;
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const { sampler } = kernel;
    const group = device.createBindGroup({
      layout: kernel.layout,
      entries: [
        { binding: 0, resource: { buffer: this.uniforms, size: Math.max(16, 4 * kernel.fields.length) } },
        ...tensors.map(({ buffer, offset, size }, index) => ({
          binding: kernel.bindings[index]!.binding,
          resource: { buffer, offset, size },
        })),
        ...textures.map(({ binding, resource }) => ({ binding, resource })),
        ...(sampler === null ? [] : [{ binding: sampler, resource: (this.sampler ??= device.createSampler()) }]),
      ],
    });
    this.groups.set(key, group);
    return group;
  }
}

function workgroupThreads({ name, workgroupSize }: Kernel): number {
  if (workgroupSize === null) throw new Error(`kernel ${name}: its workgroups are not one-dimensional`);
  return workgroupSize;
}

/** Copies by themselves, and the calls between them. */
function* runsOf(queued: readonly (Call | Copy)[]): Generator<Copy | readonly Call[]> {
  let calls: Call[] = [];
  for (const one of queued) {
    if ('kernel' in one) calls.push(one);
    else {
      if (calls.length > 0) yield calls;
      calls = [];
      yield one;
    }
  }
  if (calls.length > 0) yield calls;
}

function encode(pass: GPUComputePassEncoder, calls: readonly Call[]): void {
  for (const { kernel, group, slot, workgroups } of calls) {
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group, [slot * SLOT_BYTES]);
    pass.dispatchWorkgroups(...workgroups);
  }
  pass.end();
}

/** A timed pass for each run of one kernel in one scope. */
function encodeTimed(encoder: GPUCommandEncoder, calls: readonly Call[], profiler: Profiler): void {
  let first = 0;
  while (first < calls.length) {
    const { kernel, path } = calls[first]!;
    let end = first + 1;
    while (calls[end]?.kernel.name === kernel.name && calls[end]?.path === path) end++;
    const run = calls.slice(first, end);
    const flops = run.reduce((sum, call) => sum + call.flops, 0);
    const timestampWrites = profiler.timestamps({ path, kernel: kernel.name, dispatches: run.length, flops });
    encode(encoder.beginComputePass({ timestampWrites }), run);
    first = end;
  }
}
