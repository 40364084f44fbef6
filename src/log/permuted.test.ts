import fc from 'fast-check';
import { expect, it } from 'vitest';
import { permutedItems } from './permuted';

const sorted = (items: readonly number[]): number[] => items.toSorted((a, b) => a - b);
/** How often the most frequent item occurs. */
const most = (items: readonly number[]): number =>
  Math.max(0, ...items.map((item) => items.filter((other) => other === item).length));
const kept = (items: readonly number[], permuted: readonly number[]): number =>
  permuted.filter((item, place) => item === items[place]).length;

it('keeps the items, and gives no place its own where that is possible', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 }), fc.nat(99), fc.nat(99), (items, seed, step) => {
      const permuted = permutedItems(seed, step, items);
      expect(sorted(permuted)).toEqual(sorted(items));
      expect(kept(items, permuted)).toBe(Math.max(0, 2 * most(items) - items.length));
      expect(permutedItems(seed, step, items)).toEqual(permuted);
    }),
  );
});

it('draws every other item about as often', () => {
  const items = [0, 1, 2, 3, 4];
  const counts = new Map<number, number>();
  for (let step = 0; step < 4000; step++) {
    const [first] = permutedItems(1, step, items);
    counts.set(first!, (counts.get(first!) ?? 0) + 1);
  }
  expect(counts.has(0)).toBe(false);
  for (const item of items.slice(1)) expect(Math.abs(counts.get(item)! - 1000)).toBeLessThan(0.15 * 1000);
});
