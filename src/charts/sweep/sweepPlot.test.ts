import { symbolCircle } from 'd3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shippedEvidence } from '../../testing/shippedEvidence';
import { drawMark } from '../../scene/drawing';
import type { Point } from '../../scene/scene';
import { drawnSweep } from './sweepLines';
import type { SweepChartLine } from '../../scene/charts/sweep';
import { layOutSweep, type SweepLayout } from './sweepPlot';

const SIZE = { width: 320, height: 240 };
const layOut = (of: readonly SweepChartLine[], base: number | null = null): SweepLayout =>
  layOutSweep({ name: '', axis: 'rate', lines: of, base }, SIZE);
/** Its lines, each as points in pixels. */
const linesOf = ({ panel, axes }: SweepLayout, kind: 'line' | 'rule' = 'line'): (readonly Point[])[] =>
  panel.marks
    .flatMap((mark) => (mark.kind === kind ? drawMark(mark, axes, 0) : []))
    .flatMap((drawn) => (drawn.kind === 'line' ? [drawn.points] : []));
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
  .map((all) => all.map((points, index): SweepChartLine => ({ label: String(index), mark, points })));

it('keeps means and intervals inside, with larger axis values further right and larger values higher', () => {
  fc.assert(
    fc.property(lines, (given) => {
      const layout = layOut(given);
      const { area, axes, panel } = layout;
      const places = axes.xTicks.map(({ at }) => at);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      for (const { points } of given) {
        for (const value of points.flatMap(({ mean, low, high }) => [mean, low!, high!])) {
          expect(axes.y(value)).toBeGreaterThanOrEqual(area.top - 1e-6);
          expect(axes.y(value)).toBeLessThanOrEqual(area.bottom + 1e-6);
        }
      }
      expect(panel.marks.filter(({ kind }) => kind === 'rule')).toHaveLength(given.flatMap(({ points }) => points).length);
      for (const [index, points] of linesOf(layout).entries()) {
        points.forEach(([x, y], place) => {
          expect(x).toBeGreaterThan(area.left - 10);
          expect(x).toBeLessThan(area.right + 10);
          const next = points[place + 1];
          if (next) expect(next[0]).toBeGreaterThan(x);
          const means = given[index]!.points;
          if (next && means[place + 1]!.mean > means[place]!.mean) expect(next[1]).toBeLessThanOrEqual(y + 1e-6);
        });
      }
    }),
  );
});

it('labels the values of an axis in one notation', () => {
  const labels = (places: readonly number[]): string[] =>
    layOut([{ label: 'a', mark, points: places.map((at) => ({ at, mean: 1, low: null, high: null })) }]).axes.xTicks.map(
      ({ label }) => label,
    );
  expect(labels([2e-3, 4e-3, 8e-3, 1.6e-2])).toEqual(['0.002', '0.004', '0.008', '0.016']);
  expect(labels([1e-4, 1e-3, 1.6e-2])).toEqual(['1e−4', '1e−3', '1.6e−2']);
});

it('draws nothing of nothing', () => {
  expect(layOut([])).toMatchObject({ panel: { marks: [] }, axes: { xTicks: [] }, label: null });
});

it('has a linear axis if values are similar in size or not positive, and draws the untrained model inside', () => {
  const of = (places: readonly number[]): SweepChartLine => ({
    label: 'a',
    mark,
    points: places.map((at) => ({ at, mean: 1, low: null, high: null })),
  });
  const gaps = (places: readonly number[]): number[] => {
    const xs = linesOf(layOut([of(places)]))[0]!.map(([x]) => x);
    return xs.slice(1).map((x, i) => Math.round(x - xs[i]!));
  };
  expect(new Set(gaps([0, 0.5, 1])).size).toBe(1);
  expect(new Set(gaps([2, 4, 8, 16])).size).toBe(1);
  expect(new Set(gaps([2, 3, 5])).size).toBe(2);
  const { area, axes } = layOut([of([1, 2])], -40);
  expect(axes.y(-40)).toBeGreaterThan(area.top);
  expect(axes.y(-40)).toBeLessThanOrEqual(area.bottom);
});

it('names the untrained model where no mark of the shipped sweep is', () => {
  const plots = drawnSweep(shippedEvidence().sweep!);
  expect(plots.map(({ base }) => base === null)).toEqual([false, false, false]);
  for (const { lines: drawn, base } of plots) {
    const layout = layOut(drawn, base);
    const [x, y] = layout.label!;
    const under = linesOf(layout)
      .flat()
      .filter(([left, top]) => Math.abs(left - x) < 28 && top > y - 11 && top < y);
    expect(under).toEqual([]);
    const intervals = linesOf(layout, 'rule').slice(1);
    expect(intervals.filter(([low, high]) => Math.abs(low![0] - x) < 28 && low![1] > y - 11 && high![1] < y)).toEqual([]);
    expect(y).toBeLessThanOrEqual(layout.area.bottom);
    expect(x).toBeGreaterThan(layout.area.left);
    expect(x).toBeLessThan(layout.area.right);
  }
});
