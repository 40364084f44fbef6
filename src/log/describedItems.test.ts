import { expect, it } from 'vitest';
import { describedItems } from './describedItems';

const OPTIONS = { seed: 3, items: 20, leftOut: new Set([4, 19]) };
const STEPS = Array.from({ length: 400 }, (_, step) => step);

it('draws all items except those left out about equally often, depending only on seed and step', () => {
  const counts = new Array<number>(20).fill(0);
  for (const step of STEPS.toReversed()) {
    const drawn = describedItems(OPTIONS, step, 9);
    expect(drawn).toEqual(describedItems(OPTIONS, step, 9));
    for (const { item, textItem } of drawn) {
      expect(textItem).toBe(item);
      counts[item]! += 1;
    }
  }
  // 3,600 draws of 18 items: 200 each, with a standard deviation of 14.
  for (const [item, count] of counts.entries()) {
    if (OPTIONS.leftOut.has(item)) expect(count).toBe(0);
    else expect(Math.abs(count - 200), `item ${item}`).toBeLessThan(60);
  }
  expect(describedItems({ ...OPTIONS, seed: 4 }, 0, 9)).not.toEqual(describedItems(OPTIONS, 0, 9));
  expect(describedItems(OPTIONS, 1, 9)).not.toEqual(describedItems(OPTIONS, 0, 9));
});

it('gives the shuffled-text arm the same items with other items’ texts', () => {
  for (const step of STEPS) {
    const plain = describedItems(OPTIONS, step, 9);
    const shuffled = describedItems(OPTIONS, step, 9, true);
    expect(shuffled.map(({ item }) => item)).toEqual(plain.map(({ item }) => item));
    for (const { item, textItem } of shuffled) {
      expect(textItem).not.toBe(item);
      expect(OPTIONS.leftOut.has(textItem)).toBe(false);
    }
  }
  const alone = { seed: 0, items: 2, leftOut: new Set([1]) };
  expect(describedItems(alone, 0, 2, true)).toEqual([
    { item: 0, textItem: 0 },
    { item: 0, textItem: 0 },
  ]);
});
