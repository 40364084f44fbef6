import { describe, expect, it } from 'vitest';
import { linesPanel } from '../../scene/charts/lines';
import { armMark } from '../../scene/marks/armMark';
import { measuresAt } from '../../measures/measures';
import { smallRecord } from '../../testing/smallRecord';
import { curvesOf } from './curves';
import { baseReferences, seedSeries, seedTable, type SeedGroup } from './seedCurves';

const measure = measuresAt([10]).find(({ id }) => id === 'hr@10')!;

function group(...factors: readonly number[]): SeedGroup {
  const curve = curvesOf(smallRecord()).get('action')!;
  const seeds = factors.map((factor, seed) => ({
    seed,
    curve: {
      ...curve,
      points: curve.points.map((point) => ({ ...point, values: { 'hr@10': point.values['hr@10']! * factor } })),
    },
  }));
  return { id: 'action', label: 'Action', mark: armMark('action', ['action']), seeds };
}

it('has the base model’s value beside the curves, once', () => {
  const sinks = measuresAt([10]).find(({ id }) => id === 'firstAlpha')!;
  const both = [group(1, 2), { ...group(1), label: 'other model' }];
  const [line, ...more] = baseReferences(both, sinks);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    label: 'base',
    value: expect.closeTo(smallRecord().base.sinks.means.firstAlpha!, 9) as number,
  });
  const [seed] = both[1]!.seeds;
  const other = { ...both[1]!, seeds: [{ ...seed!, curve: { ...seed!.curve, base: { firstAlpha: 0.9 } } }] };
  expect(baseReferences([both[0]!, other], sinks).map(({ label }) => label)).toEqual(['base of Action', 'base of other model']);
  expect(baseReferences(both, measure)).toEqual([]);
});

describe('seedSeries', () => {
  it('draws the mean with its band and every seed; the final evaluation is separate', () => {
    const [series] = seedSeries([group(1, 1.5)], measure, 'range');
    // HR@10 of 0.2 and 0.4 on the sample, 0.5 on all users.
    expect(series?.points.map(({ x, y, low, high }) => [x, y, low, high].map((value) => Number(value?.toFixed(6))))).toEqual([
      [0, 25, 20, 30],
      [2, 50, 40, 60],
    ]);
    expect(series?.apart).toMatchObject([{ x: 2, y: 62.5 }]);
    expect(series?.traces?.map((one) => one.map(({ y }) => Math.round(y)))).toEqual([
      [20, 40],
      [30, 60],
    ]);
  });

  it('has no band with one seed', () => {
    const [series] = seedSeries([group(1)], measure, 't95');
    expect(series?.points[0]).not.toHaveProperty('low');
    expect(series?.traces).toEqual([]);
  });

  it('leaves out steps that a seed has not reached', () => {
    const both = group(1, 2);
    const [first, second] = both.seeds;
    const short = { ...second!, curve: { ...second!.curve, points: second!.curve.points.slice(0, 1) } };
    const [series] = seedSeries([{ ...both, seeds: [first!, short] }], measure, 'sd');
    expect(series?.points.map(({ x }) => x)).toEqual([0]);
    expect(seedTable([both], measure, 'sd').rows[0]?.slice(0, 4)).toEqual(['Action', 0, 'sample', 2]);
  });

  it('is laid out as a band with faint traces, however few points there are', () => {
    const { marks, y } = linesPanel({
      ...{ kind: 'lines', name: '', xLabel: '', yLabel: '', references: [], xKind: 'linear', yKind: 'linear' },
      ...{ formatX: String, formatY: String, series: seedSeries([group(1, 1.5)], measure, 'range') },
    });
    expect(marks.slice(0, 3).map(({ kind }) => kind)).toEqual(['band', 'line', 'line']);
    expect(y.domain[1]).toBeGreaterThanOrEqual(60);
  });
});
