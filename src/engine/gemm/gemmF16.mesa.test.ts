/**
 * Products in half precision, on adapters that have `shader-f16`: Mesa's software driver does, SwiftShader
 * does not.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkProduct, openBench, everyTile, tileWay, vectorShapes, type ProductBench } from '../../testing/productCheck';
import { drawnCases } from '../../testing/drawnCases';
import { sharedGpu } from '../../testing/sharedGpu';
import { chooseTile, servesF16, tileName, tunedProducts, TUNED_PRODUCTS, type RatedTile } from './gemmTiles';
import { rateTiles } from './gemmTuning';
import { WEIGHT_FORMATS } from './weightFormat';
import { skipUnless } from '../../testing/skipUnless';
import { sampleSeed } from '../../testing/seed';

const gpu = await sharedGpu();

/** The smallest tile of every way of sharing and summing. */
const SMALLEST = new Map(
  everyTile(gpu)
    .map(([, tile]) => tile)
    .filter(servesF16)
    .toSorted((one, other) => other.rows * other.columns - one.rows * one.columns)
    .map((tile) => [tileWay(tile), tile]),
);

const EVERY = [...SMALLEST.values()].map((tile, index) => ({
  name: `${tileName(tile)} ${tile.groupRows}x${tile.groupColumns}`,
  tile,
  kind: index % 2 === 0 ? ('NT' as const) : ('NN' as const),
  format: WEIGHT_FORMATS[index % WEIGHT_FORMATS.length]!,
  index,
}));
/** `npm run test:long -- products` tries all tiles. */
const CASES = drawnCases(EVERY, ({ kind, format }) => [kind, format]);

describe('products in half precision', () => {
  skipUnless(gpu.adapter.f16, 'the adapter has no shader-f16');
  let bench: ProductBench;
  beforeAll(() => {
    bench = openBench(gpu.device);
  });
  afterAll(() => {
    bench.memory.destroy();
  });

  it.each(CASES)('tile $name, $kind, $format, is a float64 loop but for the rounding of half floats', async (one) => {
    const { tile, kind, format, index } = one;
    const epilogue = { tail: index % 3 === 0, bias: index % 3 === 1, add: index % 3 === 2 ? 'residual' : 'nothing' } as const;
    let worst = 0;
    await fc.assert(
      fc.asyncProperty(vectorShapes(kind, tile), async (shape) => {
        worst = Math.max(worst, await checkProduct(bench, tile, kind, format, epilogue, shape, true));
      }),
      { numRuns: 4, seed: sampleSeed() + index },
    );
    // Float32 would be a hundred times closer.
    expect(worst).toBeGreaterThan(2 ** -15);
  });

  it('are timed where the device has it, with the same results by every tile', async () => {
    const products = [
      { kind: 'NT', rows: 32, columns: 64, depth: 32, f16: true },
      { kind: 'NN', rows: 32, columns: 64, depth: 32, f16: true },
    ] as const;
    const candidates = [
      { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 },
      { rows: 4, columns: 4, groupRows: 8, groupColumns: 8, staged: 16 },
      { rows: 8, columns: 4, groupRows: 8, groupColumns: 8, staged: 32 },
    ];
    const ratings = await rateTiles(gpu, { candidates, products, least: 0, budget: Infinity });
    for (const product of products) {
      const rated = ratings.filter(({ at }) => at === product).map(({ tile }) => tile);
      // Half floats may not sum 32 products.
      expect(new Set(rated)).toEqual(new Set(candidates.slice(0, 2)));
    }
  });
});

it('are rated by themselves, and by ratings in float32 where there are no others', () => {
  const [direct, staged] = [
    { rows: 4, columns: 4, groupRows: 8, groupColumns: 8 },
    { rows: 8, columns: 8, groupRows: 8, groupColumns: 8, staged: 8 },
  ];
  const at = TUNED_PRODUCTS[0]!;
  const ratings: RatedTile[] = [
    { tile: direct, speed: 2, at },
    { tile: staged, speed: 1, at },
  ];
  const half: RatedTile[] = [{ tile: staged, speed: 1, at: { ...at, f16: true } }];
  const shape = { ...at, aligned: true, copies: false };
  expect(chooseTile([...ratings, ...half], shape)).toBe(direct);
  expect(chooseTile([...ratings, ...half], { ...shape, f16: true })).toBe(staged);
  expect(chooseTile(ratings, { ...shape, f16: true })).toBe(direct);
  expect(tunedProducts({ adapter: { ...gpu.adapter, f16: false } })).toBe(TUNED_PRODUCTS);
  const timed = tunedProducts({ adapter: { ...gpu.adapter, f16: true } }).slice(TUNED_PRODUCTS.length);
  expect(timed.map(({ kind, f16 }) => [kind, f16])).toEqual([
    ['NT', true],
    ['NN', true],
  ]);
});
