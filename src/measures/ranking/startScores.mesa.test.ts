/** The untrained start against its definition, written out. */
import { expect, it } from 'vitest';
import { floats } from '../../testing/kernelBench';
import { StartScores } from './startScores';

const [ITEMS, WIDTH] = [9, 8];
const x = floats(ITEMS * WIDTH, 1);
const bias = Float64Array.from({ length: ITEMS }, (_, item) => item / 10);

it.each([
  { cosine: true, skipItems: 0, skipLast: 0.3, embeddingSize: 8 },
  { cosine: false, skipItems: 2, skipLast: 0, embeddingSize: 6 },
  // More dimensions than features have nothing to add.
  { cosine: true, skipItems: 3, skipLast: 1, embeddingSize: 12 },
])('is the product of the mean features, with the last item again, and each item: %o', (settings) => {
  const size = Math.min(WIDTH, settings.embeddingSize);
  const row = (item: number): number[] => [...x.subarray(item * WIDTH, item * WIDTH + size)];
  const unit = (values: number[]): number[] => (settings.cosine ? values.map((value) => value / Math.hypot(...values)) : values);
  const history = [4, 2, 7, 4];
  const read = settings.skipItems === 0 ? history : history.slice(-settings.skipItems);
  const h = unit(
    row(0).map((_, k) => {
      const mean = read.reduce((sum, item) => sum + row(item)[k]! / read.length, 0);
      return mean + settings.skipLast * row(4)[k]!;
    }),
  );
  const scores = new Float64Array(8 * ITEMS);
  // More than are scored together; what is past the last is not read.
  new StartScores(x, ITEMS, WIDTH, { ...settings, bias }).scoreAll([[], history, [1], [2], history], scores);
  expect(scores.slice(0, ITEMS)).toEqual(bias);
  expect(scores.slice(4 * ITEMS, 5 * ITEMS)).toEqual(scores.slice(ITEMS, 2 * ITEMS));
  for (let item = 0; item < ITEMS; item++) {
    const e = unit(row(item));
    const product = h.reduce((sum, value, k) => sum + value * e[k]!, 0);
    expect(scores[ITEMS + item]).toBeCloseTo(product + bias[item]!, 9);
  }
});
