/** One matrix product on the GPU against a float64 loop, for every tile, kind, weight format and epilogue. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { WeightFormat } from '../recipe/runSpec';
import { Gemm, type GemmCall, type GemmKind, type Matrix } from '../engine/gemm/gemm';
import { presetTiles, tileName, tuningCandidates, type GemmTile } from '../engine/gemm/gemmTiles';
import { encodeWeights } from '../engine/gemm/weightFormat';
import type { Gpu } from '../gpu/device';
import { KernelCache } from '../gpu/kernel';
import { Recorder } from '../gpu/recorder';
import { Memory, readFloats } from '../gpu/tensor';
import { uniforms, UNTOUCHED } from './kernelBench';
import { decoded } from './randomModel';

/** A variant of the product. */
export interface ProductBench {
  readonly memory: Memory;
  readonly recorder: Recorder;
}

/** A bench on a device; its memory is the caller's to destroy. */
export function openBench(device: GPUDevice): ProductBench {
  const memory = new Memory(device);
  return { memory, recorder: new Recorder(memory, 16) };
}

/** A tile's way of sharing and summing, whatever its sizes. */
export function tileWay(tile: GemmTile): string {
  return tileName({ ...tile, rows: 0, columns: 0 }).replaceAll(/\d+/g, '');
}

export const KINDS: readonly GemmKind[] = ['NN', 'NT', 'TN'];

/** What is added to α·A·B. */
export interface Epilogue {
  readonly tail: boolean;
  readonly bias: boolean;
  readonly add: 'nothing' | 'residual' | 'out';
}
const ADDITIONS = ['nothing', 'residual', 'out'] as const;
/** All twelve. */
export const EPILOGUES: readonly Epilogue[] = [false, true].flatMap((tail) =>
  [false, true].flatMap((bias) => ADDITIONS.map((add) => ({ tail, bias, add }))),
);
/**
 * Sizes of a product; each matrix starts `offsets` elements into its buffer and has `gaps` elements after
 * every row.
 */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly tail: number;
  readonly alpha: number;
  readonly offsets: readonly number[];
  readonly gaps: readonly number[];
  readonly seed: number;
}
const seeds = { alpha: fc.constantFrom(1, 0.5, -2), seed: fc.nat() };

/**
 * Whole vectors, as many as the tile needs, along the rows of every matrix; from a thread's tile to beyond a
 * workgroup's.
 */
export function vectorShapes(kind: GemmKind, tile: GemmTile): fc.Arbitrary<Shape> {
  const unit = tile.quads === true ? 8 : 4;
  const whole = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most / unit }).map((n) => unit * n);
  const apart = fc.array(fc.constantFrom(0, 0, unit, 36 + (36 % unit)), { minLength: 6, maxLength: 6 });
  return fc.record({
    ...seeds,
    rows: kind === 'TN' ? whole(72) : fc.integer({ min: 1, max: 72 }),
    columns: whole(136),
    depth: kind === 'TN' ? fc.integer({ min: 1, max: 70 }) : whole(72),
    tail: kind === 'TN' ? fc.integer({ min: 1, max: 24 }) : whole(24),
    offsets: apart,
    gaps: apart,
  });
}

export function anyShapes(): fc.Arbitrary<Shape> {
  const size = fc.integer({ min: 1, max: 70 });
  const apart = fc.array(fc.nat(5), { minLength: 6, maxLength: 6 });
  return fc.record({
    ...seeds,
    rows: size,
    columns: size,
    depth: size,
    tail: fc.integer({ min: 1, max: 9 }),
    offsets: apart,
    gaps: apart,
  });
}

/** A matrix on the GPU and the same numbers on the CPU. */
interface Placed {
  readonly matrix: Matrix;
  readonly at: (row: number, column: number) => number;
}

/**
 * Rounding of a half float, and as many of them as the operands, products and partial sums of a product may
 * add up to.
 */
const F16_ERROR = 4 * 2 ** -11;
/**
 * Entries of a gradient in half-precision products: half floats would be too coarse for them without
 * `f16Scale`.
 */
const GRADIENT = 2 ** -12;

/**
 * Runs one product on matrices surrounded by numbers that must not matter, and compares all of C's buffer
 * with a float64 loop.
 * @param f16 whether B asks for half-precision arithmetic
 * @returns the largest error of an element of α·A·B, relative to the sum of the magnitudes of what it adds up
 * @throws AssertionError if they differ by more than 10⁻⁴, in half precision by more than that error may be,
 * or a number outside C has changed
 */
export async function checkProduct(
  { memory, recorder }: ProductBench,
  tile: GemmTile,
  kind: GemmKind,
  format: WeightFormat,
  epilogue: Epilogue,
  shape: Shape,
  f16 = false,
): Promise<number> {
  const { rows, columns, depth, tail, alpha, seed } = shape;
  const random = uniforms(seed);
  let placed = 0;
  const place = (
    height: number,
    width: number,
    outside: number,
    stored: WeightFormat = 'f32',
    size = 1,
  ): Placed & { data: Float32Array } => {
    const offset = shape.offsets[placed]!;
    const stride = width + shape.gaps[placed]!;
    placed += 1;
    // A quantised format has no NaN.
    const data = Float32Array.from({ length: offset + height * stride + 4 }, () =>
      stored === 'f32' ? outside : 2 * random() - 1,
    );
    for (let r = 0; r < height; r++) for (let c = 0; c < width; c++) data[offset + r * stride + c] = size * (2 * random() - 1);
    const { values, scales } = encodeWeights(stored, data);
    const numbers = decoded(stored, data);
    const matrix = {
      tensor: memory.upload(values, 'test'),
      stride,
      offset,
      format: stored,
      ...(scales === null ? {} : { scales: memory.upload(scales, 'scales') }),
    };
    return { data, matrix, at: (r, c) => numbers[offset + r * stride + c]! };
  };
  const sizeA = f16 && kind === 'NN' ? GRADIENT : 1;
  const placeA = (k: number): Placed => (kind === 'TN' ? place(k, rows, NaN, 'f32', sizeA) : place(rows, k, NaN, 'f32', sizeA));
  const placeB = (k: number, stored: WeightFormat): Placed =>
    kind === 'NT' ? place(columns, k, NaN, stored) : place(k, columns, NaN, stored);
  const [a, b, a2, b2] = [placeA(depth), placeB(depth, format), placeA(tail), placeB(tail, 'f32')];
  const residual = place(rows, columns, NaN);
  const out = place(rows, columns, UNTOUCHED);
  const bias = Float32Array.from({ length: columns }, () => random());
  const biasTensor = memory.upload(bias, 'bias');
  const call: GemmCall = {
    kind,
    rows,
    columns,
    depth,
    a: a.matrix,
    b: { ...b.matrix, ...(f16 && { f16 }) },
    out: out.matrix,
    alpha,
    ...(epilogue.tail ? { tail: { a: a2.matrix, b: b2.matrix, depth: tail } } : {}),
    ...(epilogue.bias ? { bias: biasTensor } : {}),
    ...(epilogue.add === 'residual' ? { residual: residual.matrix } : {}),
    ...(epilogue.add === 'out' ? { accumulate: true } : {}),
  };
  const product = (left: Placed, right: Placed, length: number, i: number, j: number, of = (x: number) => x): number => {
    let sum = 0;
    for (let k = 0; k < length; k++)
      sum += of((kind === 'TN' ? left.at(k, i) : left.at(i, k)) * (kind === 'NT' ? right.at(j, k) : right.at(k, j)));
    return sum;
  };
  const expected = Float64Array.from(out.data);
  /** Sums of the magnitudes that each element of α·A·B adds up; NaN outside C. */
  const sizes = new Float64Array(expected.length).fill(NaN);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let value = product(a, b, depth, i, j);
      if (epilogue.tail) value += product(a2, b2, tail, i, j);
      value *= alpha;
      if (epilogue.bias) value += bias[j]!;
      if (epilogue.add !== 'nothing') value += (epilogue.add === 'out' ? out : residual).at(i, j);
      const element = out.matrix.offset! + i * out.matrix.stride + j;
      expected[element] = value;
      sizes[element] = Math.abs(alpha) * product(a, b, depth, i, j, Math.abs);
    }
  }
  const scratch = new Memory(memory.device);
  const gemm = new Gemm(KernelCache.of(memory.device), recorder, [{ tile, speed: 1 }], scratch);
  gemm.reserve(format);
  gemm.run(call);
  recorder.submit();
  const [got] = await readFloats(memory, [{ tensor: out.matrix.tensor, elements: expected.length }]);
  for (const { matrix } of [a, b, a2, b2, residual, out]) {
    memory.free(matrix.tensor);
    if (matrix.scales !== undefined) memory.free(matrix.scales);
  }
  memory.free(biasTensor);
  scratch.destroy();
  // Sums of up to 94 products of numbers below 1; everything outside C must keep its bits.
  const allowed = (i: number): number => (Number.isNaN(sizes[i]) ? 0 : f16 ? F16_ERROR * sizes[i]! + 1e-6 : 1e-4);
  const wrong = expected.findIndex((value, i) => !(Math.abs(value - got![i]!) <= allowed(i)));
  if (wrong >= 0) expect.fail(`element ${wrong} of C's buffer is ${got![wrong]}, not ${expected[wrong]}`);
  return expected.reduce((most, value, i) => (sizes[i]! > 0 ? Math.max(most, Math.abs(value - got![i]!) / sizes[i]!) : most), 0);
}

/**
 * Every tile that an adapter may meet, by its text: presets with and without subgroups, and what tuning
 * tries, also where sizes of subgroups vary and its own is asked for, and where subgroups have no numbers.
 */
export function everyTile(gpu: Gpu): readonly (readonly [string, GemmTile])[] {
  const { subgroupSize, device } = gpu;
  const sizes = device.features.has('subgroup-size-control') ? [subgroupSize ?? 0] : [];
  const varied = { ...gpu, subgroupSize: null, subgroupChoice: sizes };
  return [
    ...new Map(
      [...presetTiles(true, subgroupSize), ...presetTiles(true, null), ...presetTiles(false, null)]
        .map(({ tile }) => tile)
        .concat(tuningCandidates(gpu), tuningCandidates(varied), tuningCandidates({ ...gpu, subgroupIds: false }))
        .map((tile) => [JSON.stringify(tile), tile] as const),
    ),
  ];
}
