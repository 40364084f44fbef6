/**
 * Support for the kernel tests: runs one kernel on plain arrays and compares the result with float64 loops.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { KernelCache, type Prelude } from '../gpu/kernel';
import type { Gpu } from '../gpu/device';
import { Recorder } from '../gpu/recorder';
import { Memory, readFloats } from '../gpu/tensor';
import { sharedGpu } from './sharedGpu';

/** Shapes vary, but preludes come from short lists, since each must be compiled. */
export const RUNS = { numRuns: 12 } as const;

/** Relative to the largest expected magnitude, for sums of up to some hundred f32 terms. */
export const TOLERANCE = 1e-5;

/** The value of entries that a kernel has not written. */
export const UNTOUCHED = 777;

/** Number of elements after the end of every array. Reading them shows in the result, writing them fails. */
const GUARD = 16;
/** Kernels may read what they overwrite, and NaN would stay NaN, so outputs are followed by a number. */
const INPUT_GUARD = NaN;
const OUTPUT_GUARD = 3e33;
/** An index beyond every buffer, yet small enough as the end of a loop. */
const INDEX_GUARD = 100_000;

export interface KernelCall<K extends string> {
  readonly prelude?: Prelude;
  /** Generated source in place of the file's. */
  readonly source?: { readonly variant: string; readonly code: () => string } | undefined;
  readonly storage: Readonly<Record<string, Float32Array | Uint32Array>>;
  /** Names of the storage arrays to read back. */
  readonly outputs: readonly K[];
  readonly params: Readonly<Record<string, number>>;
  /** Threads in one dimension, or workgroups in several. */
  readonly threads: number | readonly [number, number, number];
}

export class KernelBench {
  readonly kernels: KernelCache;
  private readonly recorder: Recorder;
  private readonly worst = new Map<string, number>();

  private constructor(readonly memory: Memory) {
    this.kernels = KernelCache.of(memory.device);
    this.recorder = new Recorder(memory, 16);
  }

  static async open(): Promise<KernelBench> {
    return new KernelBench(new Memory((await sharedGpu()).device));
  }

  /**
   * Runs `shaders/<name>.wgsl`, or the call's own source, once and returns the outputs at their original
   * length.
   */
  async run<K extends string>(name: string, call: KernelCall<K>): Promise<Record<K, Float32Array>> {
    const { memory, recorder } = this;
    const outputs: readonly string[] = call.outputs;
    const entries = Object.entries(call.storage).map(([key, data]) => {
      const guard = outputs.includes(key) ? OUTPUT_GUARD : INPUT_GUARD;
      return [key, memory.upload(guarded(data, guard), key)] as const;
    });
    const tensors = Object.fromEntries(entries);
    const { params, threads } = call;
    const { source } = call;
    const kernel =
      source === undefined ? this.kernels.file(name, call.prelude) : this.kernels.source(name, source.variant, source.code);
    recorder.dispatch({
      kernel,
      storage: tensors,
      params,
      ...(typeof threads === 'number' ? { threads } : { workgroups: threads }),
    });
    recorder.submit();
    const lengths = call.outputs.map((key) => call.storage[key]!.length);
    const read = await readFloats(
      memory,
      call.outputs.map((key, index) => ({ tensor: tensors[key]!, elements: lengths[index]! + GUARD })),
    );
    for (const [, tensor] of entries) memory.free(tensor);
    const results = call.outputs.map((key, index) => {
      const length = lengths[index]!;
      const guard = new Float32Array(GUARD).fill(OUTPUT_GUARD);
      expect(read[index]!.subarray(length), `${name} leaves what follows ${key}`).toEqual(guard);
      return [key, read[index]!.subarray(0, length)] as const;
    });
    return Object.fromEntries(results) as Record<K, Float32Array>;
  }

  /**
   * Expects got ≈ expected: the largest error relative to the largest expected magnitude, row by row where
   * `width` is given. `scale` replaces that magnitude where a sum cancels.
   */
  near(
    kernel: string,
    got: Float32Array,
    expected: ArrayLike<number>,
    options: { readonly tolerance?: number; readonly width?: number; readonly scale?: number } = {},
  ): void {
    expect(got.length, kernel).toBe(expected.length);
    const { tolerance = TOLERANCE, width = got.length } = options;
    let worst = 0;
    for (let first = 0; first < got.length; first += width) {
      let magnitude = 0;
      let error = 0;
      for (let i = first; i < first + width; i++) {
        magnitude = Math.max(magnitude, Math.abs(expected[i]!));
        const difference = Math.abs(expected[i]! - got[i]!);
        error = Number.isNaN(difference) ? Infinity : Math.max(error, difference);
      }
      const scale = options.scale ?? magnitude;
      worst = Math.max(worst, scale > 0 ? error / scale : error);
    }
    if (tolerance <= 1e-4) this.worst.set(kernel, Math.max(this.worst.get(kernel) ?? 0, worst));
    expect(worst, kernel).toBeLessThan(tolerance);
  }

  /** Frees everything and prints the errors (without comparisons with the tolerances of extreme inputs). */
  close(): void {
    const lines = [...this.worst].map(([kernel, error]) => `${kernel} ${error.toExponential(1)}`);
    if (lines.length > 0) console.info(`largest relative errors: ${lines.join(', ')}`);
    this.memory.destroy();
  }
}

function guarded(data: Float32Array | Uint32Array, guard: number): Float32Array | Uint32Array {
  const length = data.length + GUARD;
  const longer = data instanceof Float32Array ? new Float32Array(length).fill(guard) : new Uint32Array(length).fill(INDEX_GUARD);
  longer.set(data);
  return longer;
}

/** An output that nothing has been written to. */
export function blank(n: number): Float32Array {
  return new Float32Array(n).fill(UNTOUCHED);
}

/** Uniform numbers in [0, 1), the same for the same seed (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** n floats in ±size. */
export function floats(n: number, seed: number, size = 1): Float32Array {
  const next = uniforms(seed);
  return Float32Array.from({ length: n }, () => size * (2 * next() - 1));
}

/** n integers below `limit`. */
export function integers(n: number, seed: number, limit: number): Uint32Array {
  const next = uniforms(seed);
  return Uint32Array.from({ length: n }, () => Math.floor(limit * next()));
}

/** The first `n` of 0 … limit − 1 in a random order. */
export function distinct(n: number, seed: number, limit: number): Uint32Array {
  const next = uniforms(seed);
  const keyed = Array.from({ length: limit }, (_, value) => ({ value, key: next() }));
  keyed.sort((a, b) => a.key - b.key);
  return Uint32Array.from(keyed.slice(0, n), ({ value }) => value);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** ∂f/∂x[i] by central differences in float64. */
export function derivative(f: (x: Float64Array) => number, x: ArrayLike<number>, i: number, step = 1e-4): number {
  const moved = (by: number): Float64Array => {
    const copy = Float64Array.from(x);
    copy[i]! += by;
    return copy;
  };
  return (f(moved(step)) - f(moved(-step))) / (2 * step);
}

/** A few entries of a gradient against central differences of the float64 forward pass. */
export function expectDerivatives(
  got: Float32Array,
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  options: { readonly seed: number; readonly scale: number; readonly tolerance?: number },
): void {
  for (const i of integers(4, options.seed, x.length)) {
    const error = Math.abs(got[i]! - derivative(f, x, i));
    expect(error / options.scale, `entry ${i}`).toBeLessThan(options.tolerance ?? TOLERANCE);
  }
}

export function largest(values: ArrayLike<number>): number {
  let size = 0;
  for (const value of Array.from(values)) size = Math.max(size, Math.abs(value));
  return size;
}

/** Dawn's instances must outlive their devices. */
const instances: GPU[] = [];

/** A second device on `gpu`'s adapter, with default limits and without features. */
export async function openPlainGpu({ adapter }: Gpu): Promise<Gpu> {
  const { create } = await import('webgpu');
  const api = create([]);
  instances.push(api);
  const device = await (await api.requestAdapter())!.requestDevice();
  expect(device.limits.maxStorageBuffersPerShaderStage).toBe(8);
  expect(device.limits.maxStorageBufferBindingSize).toBe(2 ** 27);
  return { device, adapter, subgroupSize: null, subgroupChoice: [], subgroupIds: false };
}

/** Row sizes read as vec2 and vec4; up to several workgroups of 16 rows. */
export const tableSizes = fc.record({
  size: fc.constantFrom(6, 20),
  rows: fc.oneof(fc.constantFrom(1, 15, 16, 17, 33), fc.integer({ min: 1, max: 70 })),
  seed: fc.nat(),
});

/** Rows of ordinary numbers, except for one of zeros and one of ±10⁴. */
export function uneven(rows: number, size: number, seed: number): Float32Array {
  const x = floats(rows * size, seed, 2);
  if (rows > 2) x.fill(0, size, 2 * size);
  if (rows > 3) x.set(floats(size, seed + 9, 1e4), 2 * size);
  return x;
}

export function rowOf(x: ArrayLike<number>, row: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, c) => x[row * size + c]!);
}

export function eachRow(rows: number, size: number, f: (row: number) => ArrayLike<number>): Float64Array {
  const whole = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++) whole.set(Float64Array.from(f(row)), row * size);
  return whole;
}
