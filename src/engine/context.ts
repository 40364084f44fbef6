/**
 * What every part of the engine computes with: a device's memory, kernels and recorder, and the widest
 * vectors that fit.
 */
import { KernelCache, type Prelude } from '../gpu/kernel';
import { Recorder } from '../gpu/recorder';
import { Memory } from '../gpu/tensor';
import type { Gpu } from '../gpu/device';
import type { MemoryGroup } from '../record/memoryPlan';
import { Gemm } from './gemm/gemm';
import { deviceTiles } from './gemm/gemmTuning';
import { loopBound } from './loopBound';

export interface Context {
  readonly gpu: Gpu;
  readonly memory: Memory;
  readonly kernels: KernelCache;
  readonly recorder: Recorder;
  readonly gemm: Gemm;
}

/** A context owns all its GPU memory: `memory.destroy()` frees everything that was created through it. */
export function createContext(gpu: Gpu): Context {
  const memory = new Memory(gpu.device);
  try {
    const kernels = KernelCache.of(gpu.device);
    const recorder = new Recorder(memory);
    const gemm = new Gemm(kernels, recorder, deviceTiles(gpu), memory);
    return { gpu, memory, kernels, recorder, gemm };
  } catch (error) {
    memory.destroy();
    throw error;
  }
}

/** The result of `make` on a new context, whose memory is freed if it fails. */
export function owning<T>(gpu: Gpu, make: (context: Context) => T): T {
  const context = createContext(gpu);
  try {
    return make(context);
  } catch (error) {
    context.memory.destroy();
    throw error;
  }
}

/** The same context, with its memory counted under that purpose. */
export function inMemoryGroup(context: Context, group: MemoryGroup): Context {
  return { ...context, memory: context.memory.in(group) };
}

/** Longer loops are not written out by Mesa (`loopBound`), and compilers for GPUs may know their bounds. */
const WRITTEN_OUT = 32;

/**
 * Prelude that reads rows of `size` floats as vectors: `V` of `W` floats, `D` of them per row.
 * `row_length(rows)` is `D` where there are rows, as the bound of loops (`loopBound`).
 * @throws RangeError when the size is odd; no supported model has such rows.
 */
export function vectorPrelude(size: number, constants: Readonly<Record<string, number>> = {}): Prelude {
  if (size % 2 !== 0) throw new RangeError(`rows of ${size} floats cannot be read as vectors`);
  const width = size % 4 === 0 ? 4 : 2;
  const vectors = size / width;
  const length = vectors > WRITTEN_OUT ? 'D' : loopBound('D', 'rows');
  return {
    constants: { W: width, D: vectors, ...constants },
    code: `alias V = vec${width}f;\nfn row_length(rows: u32) -> u32 { return ${length}; }`,
  };
}

/**
 * As `vectorPrelude` for element-wise kernels, which also take odd rows, float by float: `V` alone, of
 * `width` floats.
 */
export function elementPrelude(size: number): { readonly prelude: Prelude; readonly width: 1 | 2 | 4 } {
  const width = size % 4 === 0 ? 4 : size % 2 === 0 ? 2 : 1;
  return { prelude: { code: `alias V = ${width === 1 ? 'f32' : `vec${width}f`};` }, width };
}

export function vectorWidth(size: number): number {
  return size % 4 === 0 ? 4 : 2;
}

/** Rows are padded to whole vectors. */
export function roundUp4(n: number): number {
  return 4 * Math.ceil(n / 4);
}

/** Columns of score matrices are padded to the steps of the fastest products. */
export function roundUp8(n: number): number {
  return 8 * Math.ceil(n / 8);
}
