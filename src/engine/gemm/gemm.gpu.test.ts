import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WeightFormat } from '../../recipe/runSpec';
import { KernelCache } from '../../gpu/kernel';
import type { Dispatch } from '../../gpu/recorder';
import { readFloats } from '../../gpu/tensor';
import { drawnCases } from '../../testing/drawnCases';
import { floats, largest } from '../../testing/kernelBench';
import {
  anyShapes,
  checkProduct,
  EPILOGUES,
  KINDS,
  openBench,
  everyTile,
  tileWay,
  vectorShapes,
  type ProductBench,
  type Epilogue,
} from '../../testing/productCheck';
import { sharedGpu } from '../../testing/sharedGpu';
import { Gemm, type GemmKind } from './gemm';
import { chooseTile, presetTiles, SCALAR_TILE, tileName, type GemmTile } from './gemmTiles';
import { encodeWeights, WEIGHT_FORMATS } from './weightFormat';
import { sampleSeed } from '../../testing/seed';
import { skipUnless } from '../../testing/skipUnless';

const gpu = await sharedGpu();
let bench: ProductBench;

beforeAll(() => {
  bench = openBench(gpu.device);
});
afterAll(() => {
  bench.memory.destroy();
});

/** Neighbours differ in tail and bias. */
const FEW_EPILOGUES: readonly Epilogue[] = [
  { tail: false, bias: false, add: 'nothing' },
  { tail: true, bias: true, add: 'residual' },
  { tail: true, bias: false, add: 'residual' },
  { tail: false, bias: true, add: 'out' },
];

const TILES = everyTile(gpu);

interface Variant {
  readonly tile: GemmTile;
  readonly kind: GemmKind;
  readonly format: WeightFormat;
  readonly epilogue: Epilogue;
}

/** What software adapters and GPUs that were not tuned run. */
const PRESETS = new Set(
  [true, false].flatMap((software) =>
    [4, 8, null].flatMap((size) => presetTiles(software, size).map(({ tile }) => JSON.stringify(tile))),
  ),
);

/** Those, and of the tiles that only tuning tries one for every further way of sharing and summing. */
const DRAWN = drawnCases(TILES, ([text, tile]) => [PRESETS.has(text) ? { preset: text } : tileWay(tile)]);

/**
 * Each case compiles a pipeline, which is most of the work: two for a preset, of two kinds, in two formats,
 * and with two epilogues that differ in tail and bias; one for another tile. `npm run test:long -- products`
 * tries every combination.
 */
const OF_TILES: readonly Variant[] = DRAWN.flatMap(([text, tile], index) =>
  (PRESETS.has(text) ? [0, 1] : [index % 2]).map((second) => ({
    tile,
    kind: KINDS[(index + second) % KINDS.length]!,
    format: WEIGHT_FORMATS[(2 * index + second) % WEIGHT_FORMATS.length]!,
    epilogue: FEW_EPILOGUES[2 * (Math.floor(index / 2) % 2) + second]!,
  })),
);

const met = ({ kind, format, epilogue }: Omit<Variant, 'tile'>): string => JSON.stringify([kind, format, epilogue]);

/**
 * Every kind with every epilogue in every format that no tile meets above, with the tile that compiles
 * fastest.
 */
const OTHERS: readonly Variant[] = KINDS.flatMap((kind) =>
  WEIGHT_FORMATS.flatMap((format) => FEW_EPILOGUES.map((epilogue) => ({ tile: SCALAR_TILE, kind, format, epilogue }))),
).filter((one) => !OF_TILES.some((other) => met(other) === met(one)));

const CASES = [...OF_TILES, ...OTHERS].map((one, index) => {
  const { tile, epilogue } = one;
  return { name: `${tileName(tile)} ${tile.groupRows}x${tile.groupColumns}`, index, ...one, ...epilogue };
});

it('every preset and every way of sharing and summing is met, and every kind, format and epilogue together', () => {
  const presets = TILES.filter(([text]) => PRESETS.has(text));
  expect(DRAWN.filter(([text]) => PRESETS.has(text))).toEqual(presets);
  expect(new Set(OF_TILES.map(({ tile }) => JSON.stringify(tile)))).toEqual(new Set(DRAWN.map(([text]) => text)));
  expect(OF_TILES.length).toBe(DRAWN.length + presets.length);
  expect(new Set(OF_TILES.map(({ tile }) => tileWay(tile)))).toEqual(new Set(TILES.map(([, tile]) => tileWay(tile))));
  expect(new Set(CASES.map(met)).size).toBe(KINDS.length * FEW_EPILOGUES.length * WEIGHT_FORMATS.length);
});

it.each(CASES)(
  'tile $name, $kind, $format, matches a float64 loop with tail $tail, bias $bias, + $add',
  async ({ tile, index, kind, format, epilogue }) => {
    await fc.assert(
      fc.asyncProperty(vectorShapes(kind, tile), async (shape) => {
        await checkProduct(bench, tile, kind, format, epilogue, shape);
      }),
      { numRuns: 4, seed: sampleSeed() + index },
    );
  },
);

describe('extents that are not whole vectors', () => {
  // Each kind meets a third of the epilogues, each of their parts included; the campaign tries all.
  const cases = EPILOGUES.map((epilogue, index) => ({
    kind: KINDS[(index + Math.floor(index / 3)) % KINDS.length]!,
    epilogue,
    ...epilogue,
  }));

  it.each(cases)('match a float64 loop, $kind with tail $tail, bias $bias, + $add', async ({ kind, epilogue }) => {
    await fc.assert(
      fc.asyncProperty(anyShapes(), async (shape) => {
        await checkProduct(bench, SCALAR_TILE, kind, 'f32', epilogue, shape);
      }),
      { numRuns: 8 },
    );
  });

  it.each(KINDS)('are refused if B is quantised, %s', async (kind) => {
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

describe('operands that no texture holds whole', () => {
  const tiles = presetTiles(true, 4).filter(({ tile }) => tile.rows === 16 && tile.quads === true);
  const quads = tiles.find(({ tile }) => tile.texels !== true)!;
  const texels = { ...tiles.find(({ tile }) => tile.texels === true)!, from: 0 };

  // Rows that are multiples of 256 bytes apart are copied as they are; others lie two abreast. Quantised
  // weights are widened block by block.
  const all = KINDS.flatMap((kind) => [
    { kind, more: 0, format: 'f32' as const, low: 0 },
    { kind, more: 32, format: 'f32' as const, low: 8 },
    { kind, more: 0, format: 'q8_0' as const, low: 8 },
  ]);
  const cases = drawnCases(all, ({ kind, more, format, low }) => [kind, { more, format, low }]);

  skipUnless(gpu.subgroupSize === 4, 'the adapter’s subgroups are not of four lanes, as textures need');
  it.each(cases)(
    'give the bits of a product without textures, $kind, $format, with $more floats between rows and a tail of $low',
    async ({ kind, more, format, low }) => {
      const { memory, recorder } = bench;
      const [rows, columns, depth] = [520, 536, kind === 'TN' ? 1019 : 1024];
      const matrix = (height: number, width: number, seed: number, stored: WeightFormat = 'f32') => {
        const stride = 64 * Math.ceil(width / 64) + more;
        const { values, scales } = encodeWeights(stored, floats(height * stride, seed));
        return {
          tensor: memory.upload(values, 'operand'),
          stride,
          format: stored,
          ...(scales && { scales: memory.upload(scales, 'scales') }),
        };
      };
      const left = (length: number, seed: number) => (kind === 'TN' ? matrix(length, rows, seed) : matrix(rows, length, seed));
      const right = (length: number, seed: number, stored: WeightFormat = 'f32') =>
        kind === 'NT' ? matrix(columns, length, seed, stored) : matrix(length, columns, seed, stored);
      const [a, b, residual] = [left(depth, 1), right(depth, 2, format), matrix(rows, columns, 3)];
      const tail = low === 0 ? undefined : { a: left(low, 6), b: right(low, 7), depth: low };
      const bias = memory.upload(floats(columns, 4), 'bias');
      const results = [];
      for (const rated of [quads, texels]) {
        const out = matrix(rows, columns, 5);
        const products: Dispatch[] = [];
        await recorder.watch(
          (run) => run.kernel.name.startsWith('gemm') && products.push(run),
          () => {
            const gemm = new Gemm(KernelCache.of(gpu.device), recorder, [rated], memory);
            gemm.reserve(format);
            gemm.run({ kind, rows, columns, depth, a, b, out, bias, residual, tail, alpha: 0.5 });
            recorder.submit();
            return Promise.resolve();
          },
        );
        if (rated === quads) expect(products.length).toBe(1);
        else expect(products.length).toBeGreaterThan(3);
        results.push((await readFloats(memory, [{ tensor: out.tensor, elements: rows * out.stride }]))[0]!);
      }
      expect(results[1]).toEqual(results[0]);
      expect(largest(results[0]!)).toBeGreaterThan(5);
    },
  );
});

it('sizes of zero queue nothing, and a depth of zero clears C', async () => {
  const { memory, recorder } = bench;
  const out = memory.upload(new Float32Array(16).fill(9), 'out');
  const call = { kind: 'NN', a: { tensor: out, stride: 4 }, b: { tensor: memory.tensor(16, 'b'), stride: 4 } } as const;
  const gemm = new Gemm(KernelCache.of(gpu.device), recorder, presetTiles(true, null), memory);
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
  const shape = { kind: 'NN', depth: 64, aligned: true, copies: true } as const;
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
