/** Features by principal axes, against definitions computed in another way. */
import { describe, expect, it } from 'vitest';
import { leaveLastOut } from '../../log/split';
import { floats } from '../../testing/kernelBench';
import { logOf } from '../../testing/smallLogs';
import { axisFeatures, collaborativeFactors } from './axisFeatures';
import { ContentScores } from '../../measures/ranking/contentScores';
import { axesWidth, wordsInput } from './featureTables';

const SPEC = { source: 'lm', visual: 'images', axes: 4, collaborative: 0 } as const;

/** Histories of `users` users over `items` items, of which the last is bought by nobody in training. */
function dataOf(
  users: number,
  items: number,
): { readonly log: ReturnType<typeof logOf>; readonly split: ReturnType<typeof leaveLastOut> } {
  const histories = Array.from({ length: users }, (_, user) =>
    Array.from({ length: 5 }, (_, place) => (user * 7 + place * place + (place > 2 ? user : 0)) % (items - 1)),
  );
  const log = logOf(histories, items);
  return { log, split: leaveLastOut(log) };
}

/** Products of rows. */
function gram(values: ArrayLike<number>, rows: number, width: number): number[] {
  return Array.from({ length: rows * rows }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += values[Math.floor(at / rows) * width + k]! * values[(at % rows) * width + k]!;
    return sum;
  });
}

describe('axisFeatures', () => {
  it('rotates centred parts of equal weight when nothing is whitened and all axes are kept', async () => {
    const items = 12;
    const data = dataOf(6, items);
    const tables = [
      { width: 3, values: floats(items * 3, 1) },
      { width: 5, values: floats(items * 5, 2).map((value) => 100 * value) },
    ];
    const { values, width } = await axisFeatures(tables, data, { ...SPEC, axes: 8 }, {}, 0);
    expect(width).toBe(8);
    const whole = Float64Array.from({ length: items * 8 }, (_, at) => {
      const [item, column] = [Math.floor(at / 8), at % 8];
      const { width: own, values: table } = tables[column < 3 ? 0 : 1]!;
      const square = table.reduce((sum, value) => sum + value * value, 0) / items;
      const of = (row: number): number => table[row * own + (column < 3 ? column : column - 3)]! / Math.sqrt(square);
      return of(item) - Array.from({ length: items }, (_, row) => of(row)).reduce((sum, value) => sum + value, 0) / items;
    });
    const lengths = Array.from({ length: items }, (_, item) => Math.hypot(...whole.subarray(item * 8, (item + 1) * 8)));
    const expected = gram(whole, items, 8).map(
      (value, at) => (8 * value) / lengths[Math.floor(at / items)]! / lengths[at % items]!,
    );
    gram(values, items, 8).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at]!, 4);
    });
  });

  it('gives rows of one length along axes that are whitened, with more items than columns and with fewer', async () => {
    for (const [items, width] of [
      [30, 6],
      [7, 20],
    ] as const) {
      const data = dataOf(6, items);
      const table = { width, values: floats(items * width, 3) };
      const { values } = await axisFeatures([table], data, SPEC, {}, 1);
      const plain = await axisFeatures([table], data, SPEC, {}, 0);
      const ratios = Array.from({ length: 4 }, (_, axis) =>
        Array.from({ length: items }, (_, item) => {
          // The first axis tells what scaling rows has done.
          const own = (of: Float32Array): number => of[item * 4 + axis]! / of[item * 4]!;
          return own(values) / own(plain.values);
        }),
      );
      for (let item = 0; item < items; item++) expect(Math.hypot(...values.subarray(item * 4, item * 4 + 4))).toBeCloseTo(2, 5);
      ratios.forEach((ofAxis, axis) => {
        // √(λ_1 / λ_axis) for every item, larger for later axes.
        for (const ratio of ofAxis) expect(ratio / ofAxis[0]!).toBeCloseTo(1, 3);
        if (axis > 0) expect(ofAxis[0]!).toBeGreaterThan(ratios[axis - 1]![0]!);
      });
    }
  });

  it('appends factors of training events, with zeros for cold items, from products of items and of users', async () => {
    for (const [users, items] of [
      [30, 9],
      [5, 20],
    ] as const) {
      const data = dataOf(users, items);
      const spec = { ...SPEC, axes: 4, collaborative: 0.6 };
      expect(axesWidth(spec)).toBe(8);
      const { values } = await axisFeatures([{ width: 4, values: floats(items * 4, 5) }], data, spec);
      const cold = [...data.split.cold];
      expect(cold.at(-1)).toBe(1);
      cold.forEach((is, item) => {
        const own = values.subarray(item * 8 + 4, item * 8 + 8);
        expect(own[0]).toBe(0);
        expect(Math.hypot(...own)).toBeCloseTo(is === 1 ? 0 : 1.2, 5);
      });
    }
  });

  it('has all of R in its factors when none is left out', async () => {
    const [users, items] = [30, 9];
    const data = dataOf(users, items);
    const axes = 12;
    const { values } = await collaborativeFactors(data, axes);
    const bought = data.split.train.map(({ user, end }) => new Set(data.log.events.items(user, end)));
    const sizes = Array.from({ length: items }, (_, item) => bought.filter((own) => own.has(item)).length);
    const events = Math.hypot(...sizes.map((size) => Math.sqrt(size)));
    const expected = Array.from({ length: items * items }, (_, at) => {
      const [i, j] = [Math.floor(at / items), at % items];
      if (sizes[i] === 0 || sizes[j] === 0) return 0;
      const together = bought.filter((own) => own.has(i) && own.has(j)).reduce((sum, own) => sum + 1 / own.size, 0);
      // The first axis, of singular value 1, is √(users of an item) over its length.
      return together / Math.sqrt(sizes[i]! * sizes[j]!) - Math.sqrt(sizes[i]! * sizes[j]!) / events ** 2;
    });
    gram(values, items, axes).forEach((value, at) => {
      expect(value).toBeCloseTo(expected[at]!, 6);
    });
  });
});

it('has words as features whose products are the TF-IDF baseline’s cosines', () => {
  const { log } = dataOf(6, 12);
  const template = '{title}: {category}.';
  const { width, values } = wordsInput(log, template);
  const scores = ContentScores.ofTexts(log, template);
  const products = gram(values, 12, width);
  for (let item = 0; item < 12; item++) {
    const own = new Float64Array(12);
    scores.score([item], own, 0);
    expect(own[item]).toBeCloseTo(1, 6);
    own.forEach((score, other) => {
      expect(products[item * 12 + other]).toBeCloseTo(score, 6);
    });
  }
});
