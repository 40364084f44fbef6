import { symbolCircle } from 'd3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shippedEvidence } from '../../testing/shippedEvidence';
import { drawnSweep } from './sweepLines';
import { layOutSweep, type SweepLine } from './sweepPlot';

const SIZE = { width: 320, height: 240 };
const mark = { colour: 'black', dash: '', symbol: symbolCircle };
const point = fc.record({
  mean: fc.double({ min: -50, max: 50, noNaN: true }),
  half: fc.double({ min: 0, max: 20, noNaN: true }),
});
const lines = fc
  .uniqueArray(fc.constantFrom(1e-3, 2e-3, 4e-3, 8e-3, 1.6e-2), { minLength: 1 })
  .chain((rates) =>
    fc.array(
      fc.tuple(
        ...rates
          .toSorted((a, b) => a - b)
          .map((rate) => point.map(({ mean, half }) => ({ at: rate, mean, low: mean - half, high: mean + half }))),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map((all) => all.map((points, index): SweepLine => ({ label: String(index), mark, points })));

it('keeps means and intervals inside, with larger axis values further right and larger values higher', () => {
  fc.assert(
    fc.property(lines, (given) => {
      const { area, lines: placed, places } = layOutSweep(given, 'rate', SIZE);
      expect(places.map(({ at }) => at)).toEqual(places.map(({ at }) => at).toSorted((a, b) => a - b));
      placed.forEach(({ points }, index) => {
        points.forEach(({ x, y, from, to }, place) => {
          for (const at of [y, from, to]) {
            expect(at).toBeGreaterThanOrEqual(area.top - 1e-6);
            expect(at).toBeLessThanOrEqual(area.bottom + 1e-6);
          }
          expect(from).toBeGreaterThanOrEqual(to - 1e-6);
          expect(x).toBeGreaterThan(area.left - 10);
          expect(x).toBeLessThan(area.right + 10);
          const next = points[place + 1];
          if (next) expect(next.x).toBeGreaterThan(x);
          const means = given[index]!.points;
          if (next && means[place + 1]!.mean > means[place]!.mean) expect(next.y).toBeLessThanOrEqual(y + 1e-6);
        });
      });
    }),
  );
});

it('labels the values of an axis in one notation', () => {
  const labels = (places: readonly number[]): string[] =>
    layOutSweep(
      [{ label: 'a', mark, points: places.map((at) => ({ at, mean: 1, low: null, high: null })) }],
      'rate',
      SIZE,
    ).places.map(({ label }) => label);
  expect(labels([2e-3, 4e-3, 8e-3, 1.6e-2])).toEqual(['0.002', '0.004', '0.008', '0.016']);
  expect(labels([1e-4, 1e-3, 1.6e-2])).toEqual(['1e-4', '1e-3', '1.6e-2']);
});

it('draws nothing of nothing', () => {
  expect(layOutSweep([], 'rate', SIZE)).toMatchObject({ lines: [], places: [] });
});

it('has a linear axis if values are similar in size or not positive, and draws the untrained model inside', () => {
  const of = (places: readonly number[]): SweepLine => ({
    label: 'a',
    mark,
    points: places.map((at) => ({ at, mean: 1, low: null, high: null })),
  });
  const gaps = (places: readonly number[]): number[] => {
    const xs = layOutSweep([of(places)], 'λ', SIZE).lines[0]!.points.map(({ x }) => x);
    return xs.slice(1).map((x, i) => Math.round(x - xs[i]!));
  };
  expect(new Set(gaps([0, 0.5, 1])).size).toBe(1);
  expect(new Set(gaps([2, 4, 8, 16])).size).toBe(1);
  expect(new Set(gaps([2, 3, 5])).size).toBe(2);
  const { area, base } = layOutSweep([of([1, 2])], 'λ', SIZE, -40);
  expect(base!.y).toBeGreaterThan(area.top);
  expect(base!.y).toBeLessThanOrEqual(area.bottom);
});

it('names the untrained model where no mark of the shipped sweep is', () => {
  const plots = drawnSweep(shippedEvidence().sweep!);
  expect(plots.map(({ base }) => base === null)).toEqual([false, false, false]);
  for (const { lines: drawn, base } of plots) {
    const layout = layOutSweep(drawn, 'rate', { width: 340, height: 250 }, base);
    const { x, y } = layout.base!.label;
    const under = layout.lines
      .flatMap(({ points }) => points)
      .filter((at) => Math.abs(at.x - x) < 28 && at.from > y - 11 && at.to < y);
    expect(under).toEqual([]);
    expect(y).toBeLessThanOrEqual(layout.area.bottom);
    expect(x).toBeGreaterThan(layout.area.left);
    expect(x).toBeLessThan(layout.area.right);
  }
});
