import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KernelCache } from '../../gpu/kernel';
import { Recorder } from '../../gpu/recorder';
import { Memory, readFloats } from '../../gpu/tensor';
import {
  anyShapes,
  checkProduct,
  EPILOGUES,
  KINDS,
  tilesOf,
  vectorShapes,
  type Bench,
  type Epilogue,
} from '../../testing/productCheck';
import { sharedGpu } from '../../testing/sharedGpu';
import { Gemm } from './gemm';
import { chooseTile, presetTiles, SCALAR_TILE, tileName } from './gemmTiles';
import { WEIGHT_FORMATS } from './weightFormat';

const gpu = await sharedGpu();
let bench: Bench;

beforeAll(() => {
  const memory = new Memory(gpu.device);
  bench = { memory, recorder: new Recorder(memory, 16) };
});
afterAll(() => {
  bench.memory.destroy();
});

/** Each part occurs once with and once without the others. */
const FEW_EPILOGUES: readonly Epilogue[] = [
  { tail: false, bias: false, add: 'nothing' },
  { tail: true, bias: true, add: 'residual' },
  { tail: true, bias: false, add: 'residual' },
  { tail: false, bias: true, add: 'out' },
];

const TILES = tilesOf(gpu);

/** Each case compiles a pipeline, which is most of the work: four for a tile. `npm run test:long -- products` tries every combination. */
const CASES = TILES.flatMap(([, tile], index) =>
  FEW_EPILOGUES.map((epilogue, e) => {
    const kind = KINDS[(index + e) % KINDS.length]!;
    const format = WEIGHT_FORMATS[(e + Math.floor(index / KINDS.length)) % WEIGHT_FORMATS.length]!;
    return { name: `${tileName(tile)} ${tile.groupRows}x${tile.groupColumns}`, tile, index, kind, format, ...epilogue, epilogue };
  }),
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
      fc.asyncProperty(vectorShapes(kind, tile), (shape) => checkProduct(bench, tile, kind, format, epilogue, shape)),
      { numRuns: 4, seed: 20_250_914 + index },
    );
  },
);

describe.each(KINDS)('extents that are not whole vectors, %s', (kind) => {
  it.each(EPILOGUES)('match a float64 loop with tail $tail, bias $bias, + $add', async (epilogue) => {
    await fc.assert(
      fc.asyncProperty(anyShapes(), (shape) => checkProduct(bench, SCALAR_TILE, kind, 'f32', epilogue, shape)),
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
    await expect(checkProduct(bench, SCALAR_TILE, kind, 'q8_0', EPILOGUES[0]!, shape)).rejects.toThrow(/multiples of 4/);
  });
});

it('sizes of zero queue nothing, and a depth of zero clears C', async () => {
  const { memory, recorder } = bench;
  const out = memory.upload(new Float32Array(16).fill(9), 'out');
  const call = { kind: 'NN', a: { tensor: out, stride: 4 }, b: { tensor: memory.tensor(16, 'b'), stride: 4 } } as const;
  const gemm = new Gemm(KernelCache.of(gpu.device), recorder, presetTiles(true, null));
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
  const shape = { kind: 'NN', depth: 64, aligned: true } as const;
  expect(chooseTile(tiles, { ...shape, rows: 1024, columns: 512 })).toBe(large);
  expect(chooseTile(tiles, { ...shape, rows: 16, columns: 32 })).toBe(small);
  // 64·64·64 multiply-adds.
  const quads = { tile: { ...small, quads: true }, speed: 9, from: 64 ** 3 };
  const square = { ...shape, rows: 64, columns: 64 };
  expect(chooseTile([...tiles, quads], square)).toBe(quads.tile);
  expect(chooseTile([...tiles, quads], { ...square, depth: 63 })).not.toBe(quads.tile);
  expect(chooseTile([...tiles, quads], { ...square, aligned: false })).not.toBe(quads.tile);
  expect(chooseTile([quads], { ...square, aligned: false })).toBe(SCALAR_TILE);
});
