import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armMark } from '../../scene/marks/armMark';
import { layOutForest, type ForestRow } from './forestPlot';

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
        const { area, zero, rows: placed, height } = layOutForest(given, SIZE);
        const inside = (x: number): void => {
          expect(x).toBeGreaterThanOrEqual(area.left - ROUNDING);
          expect(x).toBeLessThanOrEqual(area.right + ROUNDING);
        };
        inside(zero);
        for (const [i, { y, estimate, seeds, label }] of placed.entries()) {
          expect(y).toBeGreaterThan(area.top);
          expect(y).toBeLessThan(height);
          expect(label.length).toBeLessThanOrEqual(19);
          seeds.forEach(inside);
          if (!estimate) continue;
          [estimate.from, estimate.x, estimate.to].forEach(inside);
          expect(estimate.from).toBeLessThanOrEqual(estimate.x + ROUNDING);
          expect(estimate.x).toBeLessThanOrEqual(estimate.to + ROUNDING);
          if (Math.abs(estimate.x - zero) > ROUNDING) expect(estimate.x > zero).toBe(given[i]!.estimate!.difference > 0);
        }
      }),
    );
  });

  it('draws a zero difference with rounding error at 0', () => {
    const row: ForestRow = { label: 'a', mark, seeds: [5e-324, -1e-17], estimate: null };
    const { rows: placed, zero, ticks } = layOutForest([row], SIZE);
    for (const x of placed[0]!.seeds) expect(x).toBeCloseTo(zero, 6);
    expect(ticks.map(({ label }) => label)).toContain('0');
  });

  it('draws no interval for one seed', () => {
    const row: ForestRow = {
      label: 'a',
      mark,
      seeds: [2],
      estimate: { difference: 2, low: null, high: null, distinguishable: false },
    };
    const { estimate } = layOutForest([row], SIZE).rows[0]!;
    expect([estimate!.from, estimate!.to]).toEqual([estimate!.x, estimate!.x]);
  });
});
