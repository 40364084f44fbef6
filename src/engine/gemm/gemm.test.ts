import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelCache } from '../../gpu/kernel';
import { sharedGpu } from '../../testing/sharedGpu';
import { Recorder } from '../../gpu/recorder';
import { Memory, readFloats } from '../../gpu/tensor';
import { decoded } from '../../testing/randomModel';
import { Gemm, type GemmCall, type GemmKind, type Matrix } from './gemm';
import { chooseTile, presetTiles, SCALAR_TILE, TUNING_CANDIDATES, type GemmTile } from './gemmTiles';
import { uniforms, UNTOUCHED } from '../../testing/kernelBench';
import { encodeWeights, WEIGHT_FORMATS, type WeightFormat } from './weightFormat';

const gpu = await sharedGpu();
let memory: Memory;
let kernels: KernelCache;
let recorder: Recorder;

beforeAll(() => {
  memory = new Memory(gpu.device);
  kernels = KernelCache.of(gpu.device);
  recorder = new Recorder(memory, 16);
});
afterAll(() => {
  memory.destroy();
});

const KINDS: readonly GemmKind[] = ['NN', 'NT', 'TN'];

/** What is added to α·A·B. */
interface Epilogue {
  readonly tail: boolean;
  readonly bias: boolean;
  readonly add: 'nothing' | 'residual' | 'out';
}
const ADDITIONS = ['nothing', 'residual', 'out'] as const;
/** All twelve, for the one tile that accepts every shape. */
const EPILOGUES: readonly Epilogue[] = [false, true].flatMap((tail) =>
  [false, true].flatMap((bias) => ADDITIONS.map((add) => ({ tail, bias, add }))),
);
/** Each part occurs once with and once without the others. A tile takes the first two with some kinds and the last two with the rest. */
const FEW_EPILOGUES: readonly Epilogue[] = [
  { tail: false, bias: false, add: 'nothing' },
  { tail: true, bias: true, add: 'residual' },
  { tail: true, bias: false, add: 'residual' },
  { tail: false, bias: true, add: 'out' },
];

/** Sizes of a product; each matrix starts `offsets` elements into its buffer and has `gaps` elements after every row. */
interface Shape {
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

/** Whole vectors along the rows of every matrix; from a thread's tile to beyond a workgroup's. */
function vectorShapes(kind: GemmKind): fc.Arbitrary<Shape> {
  const fours = (most: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: most / 4 }).map((n) => 4 * n);
  const apart = fc.array(fc.constantFrom(0, 0, 4, 36), { minLength: 6, maxLength: 6 });
  return fc.record({
    ...seeds,
    rows: kind === 'TN' ? fours(72) : fc.integer({ min: 1, max: 72 }),
    columns: fours(136),
    depth: kind === 'TN' ? fc.integer({ min: 1, max: 70 }) : fours(72),
    tail: kind === 'TN' ? fc.integer({ min: 1, max: 24 }) : fours(24),
    offsets: apart,
    gaps: apart,
  });
}

function anyShapes(): fc.Arbitrary<Shape> {
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

/** Runs one product on matrices surrounded by numbers that must not matter, and compares all of C's buffer with a float64 loop. */
async function check(tile: GemmTile, kind: GemmKind, format: WeightFormat, epilogue: Epilogue, shape: Shape): Promise<void> {
  const { rows, columns, depth, tail, alpha, seed } = shape;
  const random = uniforms(seed);
  let placed = 0;
  const place = (
    height: number,
    width: number,
    outside: number,
    stored: WeightFormat = 'f32',
  ): Placed & { data: Float32Array } => {
    const offset = shape.offsets[placed]!;
    const stride = width + shape.gaps[placed]!;
    placed += 1;
    // A quantised format has no NaN.
    const data = Float32Array.from({ length: offset + height * stride + 4 }, () =>
      stored === 'f32' ? outside : 2 * random() - 1,
    );
    for (let r = 0; r < height; r++) for (let c = 0; c < width; c++) data[offset + r * stride + c] = 2 * random() - 1;
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
  const placeA = (k: number): Placed => (kind === 'TN' ? place(k, rows, NaN) : place(rows, k, NaN));
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
    b: b.matrix,
    out: out.matrix,
    alpha,
    ...(epilogue.tail ? { tail: { a: a2.matrix, b: b2.matrix, depth: tail } } : {}),
    ...(epilogue.bias ? { bias: biasTensor } : {}),
    ...(epilogue.add === 'residual' ? { residual: residual.matrix } : {}),
    ...(epilogue.add === 'out' ? { accumulate: true } : {}),
  };
  const product = (left: Placed, right: Placed, length: number, i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < length; k++)
      sum += (kind === 'TN' ? left.at(k, i) : left.at(i, k)) * (kind === 'NT' ? right.at(j, k) : right.at(k, j));
    return sum;
  };
  const expected = Float64Array.from(out.data);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let value = product(a, b, depth, i, j);
      if (epilogue.tail) value += product(a2, b2, tail, i, j);
      value *= alpha;
      if (epilogue.bias) value += bias[j]!;
      if (epilogue.add !== 'nothing') value += (epilogue.add === 'out' ? out : residual).at(i, j);
      expected[out.matrix.offset! + i * out.matrix.stride + j] = value;
    }
  }
  new Gemm(kernels, recorder, [{ tile, speed: 1 }]).run(call);
  recorder.submit();
  const [got] = await readFloats(memory, [{ tensor: out.matrix.tensor, elements: expected.length }]);
  for (const { matrix } of [a, b, a2, b2, residual, out]) {
    memory.free(matrix.tensor);
    if (matrix.scales !== undefined) memory.free(matrix.scales);
  }
  memory.free(biasTensor);
  // Sums of up to 94 products of numbers below 1; everything outside C must keep its bits.
  const wrong = expected.findIndex((value, i) => !(Math.abs(value - got![i]!) <= (value === UNTOUCHED ? 0 : 1e-4)));
  if (wrong >= 0) expect.fail(`element ${wrong} of C's buffer is ${got![wrong]}, not ${expected[wrong]}`);
}

/** Every tile that this adapter may meet: presets with and without subgroups, and what tuning tries. */
const TILES = [
  ...new Map(
    [...presetTiles(true, gpu.subgroupSize), ...presetTiles(true, null), ...presetTiles(false, null)]
      .map(({ tile }) => tile)
      .concat(TUNING_CANDIDATES)
      .map((tile) => [JSON.stringify(tile), tile] as const),
  ),
];

/** Each case compiles a pipeline, which is most of the work: what varies independently in the source is not tried in every combination. */
const CASES = TILES.flatMap(([name, tile], index) =>
  KINDS.flatMap((kind, k) =>
    [0, 1].map((which) => {
      const epilogue = FEW_EPILOGUES[2 * ((index + k) % 2) + which]!;
      const format = WEIGHT_FORMATS[(which + Math.floor((index + k) / 2)) % WEIGHT_FORMATS.length]!;
      return { name, tile, index, kind, format, ...epilogue, epilogue };
    }),
  ),
);

it('every kind meets every epilogue in every format, and every tile meets every kind and every epilogue', () => {
  const pairs = (of: (one: (typeof CASES)[number]) => unknown): number =>
    new Set(CASES.map((one) => JSON.stringify(of(one)))).size;
  expect(pairs(({ kind, epilogue, format }) => [kind, epilogue, format])).toBe(
    KINDS.length * FEW_EPILOGUES.length * WEIGHT_FORMATS.length,
  );
  expect(pairs(({ name, kind }) => [name, kind])).toBe(TILES.length * KINDS.length);
  expect(pairs(({ name, epilogue }) => [name, epilogue])).toBe(TILES.length * FEW_EPILOGUES.length);
});

it.each(CASES)(
  'tile $name, $kind, $format, matches a float64 loop with tail $tail, bias $bias, + $add',
  async ({ tile, index, kind, format, epilogue }) => {
    await fc.assert(
      fc.asyncProperty(vectorShapes(kind), (shape) => check(tile, kind, format, epilogue, shape)),
      { numRuns: 4, seed: 20_250_914 + index },
    );
  },
);

describe.each(KINDS)('extents that are not whole vectors, %s', (kind) => {
  it.each(EPILOGUES)('match a float64 loop with tail $tail, bias $bias, + $add', async (epilogue) => {
    await fc.assert(
      fc.asyncProperty(anyShapes(), (shape) => check(SCALAR_TILE, kind, 'f32', epilogue, shape)),
      { numRuns: 8, seed: 20_250_914 },
    );
  });

  it('are refused if B is quantised', async () => {
    const shape = {
      rows: 3,
      columns: 5,
      depth: 7,
      tail: 1,
      alpha: 1,
      offsets: Array(6).fill(0),
      gaps: Array(6).fill(0),
      seed: 1,
    };
    await expect(check(SCALAR_TILE, kind, 'int8', EPILOGUES[0]!, shape)).rejects.toThrow(/multiples of 4/);
  });
});

it('sizes of zero queue nothing, and a depth of zero clears C', async () => {
  const out = memory.upload(new Float32Array(16).fill(9), 'out');
  const call = { kind: 'NN', a: { tensor: out, stride: 4 }, b: { tensor: memory.tensor(16, 'b'), stride: 4 } } as const;
  const gemm = new Gemm(kernels, recorder, presetTiles(true, null));
  gemm.run({ ...call, rows: 0, columns: 4, depth: 4, out: { tensor: out, stride: 4 } });
  recorder.submit();
  expect((await readFloats(memory, [{ tensor: out, elements: 16 }]))[0]).toEqual(new Float32Array(16).fill(9));
  const empty = memory.tensor(4, 'empty');
  gemm.run({ ...call, a: { tensor: empty, stride: 4 }, rows: 4, columns: 4, depth: 0, out: { tensor: out, stride: 4 } });
  recorder.submit();
  expect((await readFloats(memory, [{ tensor: out, elements: 16 }]))[0]).toEqual(new Float32Array(16));
});

it('the chosen tile has the lowest ratio of padded work to speed', () => {
  const small = { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 };
  const large = { rows: 32, columns: 16, groupRows: 1, groupColumns: 4 };
  const tiles = [
    { tile: large, speed: 1.3 },
    { tile: small, speed: 1 },
  ];
  expect(chooseTile(tiles, 1024, 512)).toBe(large);
  expect(chooseTile(tiles, 16, 32)).toBe(small);
});
