import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armMark } from '../../scene/marks/armMark';
import type { ForestRow } from '../../scene/charts/forest';
import { layOutForest } from './forestPlot';

/** Pixels: positions of nearly equal numbers may differ in their last bits. */
const ROUNDING = 1e-6;
const SIZE = { width: 320, labelWidth: 120 };
const mark = armMark('karma', ['karma']);
const numbers = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const rows = fc.array(
  fc.record({
    label: fc.string({ maxLength: 60 }),
    mark: fc.constant(mark),
    seeds: fc.array(numbers, { maxLength: 5 }),
    estimate: fc.option(
      fc.tuple(numbers, numbers, numbers, fc.boolean()).map(([a, b, c, distinguishable]) => {
        const [low, difference, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        return { low, difference, high, distinguishable };
      }),
    ),
  }),
  { minLength: 1, maxLength: 9 },
);

describe('layOutForest', () => {
  it('keeps everything, and 0, inside its area and in numerical order', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const { area, axes, names, height } = layOutForest({ name: '', rows: given }, SIZE);
        const inside = (value: number): void => {
          expect(axes.x(value)).toBeGreaterThanOrEqual(area.left - ROUNDING);
          expect(axes.x(value)).toBeLessThanOrEqual(area.right + ROUNDING);
        };
        inside(0);
        for (const [i, { estimate, seeds }] of given.entries()) {
          const { y, text } = names[i]!;
          expect(y).toBeGreaterThan(area.top);
          expect(y).toBeLessThan(height);
          expect(text.length).toBeLessThanOrEqual(19);
          seeds.forEach(inside);
          if (estimate) [estimate.low, estimate.difference, estimate.high].forEach(inside);
        }
      }),
    );
  });

  it('draws a zero difference with rounding error at 0', () => {
    const row: ForestRow = { label: 'a', mark, seeds: [5e-324, -1e-17], estimate: null };
    const { axes } = layOutForest({ name: '', rows: [row] }, SIZE);
    for (const seed of row.seeds) expect(axes.x(seed)).toBeCloseTo(axes.x(0), 6);
    expect(axes.xTicks.map(({ label }) => label)).toContain('0.0');
  });

  it('draws no interval for one seed, and an open symbol for what is not distinguishable', () => {
    const estimate = { difference: 2, low: null, high: null, distinguishable: false };
    const { panel } = layOutForest({ name: '', rows: [{ label: 'a', mark, seeds: [2], estimate }] }, SIZE);
    expect(panel.marks.filter(({ series }) => series === 'a')).toMatchObject([
      { kind: 'points', points: [[2, 0]], filled: true },
      { kind: 'points', points: [[2, 0]], filled: false },
    ]);
  });
});
