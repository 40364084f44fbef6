import { symbolCircle } from 'd3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layOutRates, type RateLine } from './ratePlot';

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
          .map((rate) => point.map(({ mean, half }) => ({ rate, mean, low: mean - half, high: mean + half }))),
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map((all) => all.map((points, index): RateLine => ({ label: String(index), mark, points })));

it('keeps means and intervals inside, larger rates further right and larger values higher', () => {
  fc.assert(
    fc.property(lines, (given) => {
      const { area, lines: placed, rates } = layOutRates(given, SIZE);
      expect(rates.map(({ at }) => at)).toEqual(rates.map(({ at }) => at).toSorted((a, b) => a - b));
      placed.forEach(({ points }, index) => {
        points.forEach(({ x, y, from, to }, place) => {
          for (const at of [y, from, to]) {
            expect(at).toBeGreaterThanOrEqual(area.top - 1e-6);
            expect(at).toBeLessThanOrEqual(area.bottom + 1e-6);
          }
          expect(from).toBeGreaterThanOrEqual(to);
          expect(x).toBeGreaterThan(area.left - 10);
          expect(x).toBeLessThan(area.right + 10);
          const next = points[place + 1];
          if (next) expect(next.x).toBeGreaterThan(x);
          const means = given[index]!.points;
          if (next && means[place + 1]!.mean > means[place]!.mean) expect(next.y).toBeLessThanOrEqual(y);
        });
      });
    }),
  );
});

it('draws nothing of nothing', () => {
  expect(layOutRates([], SIZE)).toMatchObject({ lines: [], rates: [] });
});
