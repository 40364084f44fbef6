import { describe, expect, it } from 'vitest';
import { armMark } from '../../scene/marks/armMark';
import { extremeIndices } from '../../scene/extremes';
import { placeLabels } from './labels';
import type { LinesData } from '../../scene/charts/lines';
import { layOutLinePlot, nearestKey, readableKeys, type LinePlot } from './linePlot';
import { rangeBetween, shifted, zoomed } from '../../scene/charts/range';
import { smooth, type LineSeries } from '../../scene/charts/series';

function series(id: string, values: readonly number[], extra: Partial<LineSeries> = {}): LineSeries {
  return {
    id,
    label: id,
    mark: armMark(id, [id]),
    markers: true,
    points: values.map((y, i) => ({ x: i * 10, key: i * 10, y, low: y - 0.1, high: y + 0.1, n: 5 })),
    ...extra,
  };
}

const options: LinesData = {
  kind: 'lines',
  name: '',
  xLabel: '',
  yLabel: '',
  series: [],
  references: [],
  xKind: 'linear',
  yKind: 'linear',
  formatX: String,
  formatY: (value) => value.toFixed(2),
};
const layOut = (given: Partial<LinesData>): LinePlot =>
  layOutLinePlot({ ...options, ...given }, { width: 400, height: 200, labelWidth: 100 });
/** Marks of a kind, series by series. */
const marksOf = ({ panel }: LinePlot, kind: string) => panel.marks.filter((mark) => mark.kind === kind);

describe('placeLabels', () => {
  it('leaves labels with enough room alone, and spreads crowded ones around their mean', () => {
    const placed = placeLabels(
      [
        { id: 'a', anchor: 20 },
        { id: 'b', anchor: 101 },
        { id: 'c', anchor: 99 },
      ],
      12,
      0,
      200,
    );
    expect(placed.map((label) => [label.id, label.y])).toEqual([
      ['a', 20],
      ['c', 94],
      ['b', 106],
    ]);
  });

  it('stays inside its bounds', () => {
    const ys = placeLabels(
      [
        { id: 'a', anchor: 198 },
        { id: 'b', anchor: 199 },
      ],
      12,
      0,
      200,
    ).map((label) => label.y);
    expect(ys).toEqual([188, 200]);
  });
});

describe('labels at the ends of lines', () => {
  it('give the final value on all users if there is one, and the last value otherwise', () => {
    const apart = [{ x: 20, key: 20, y: 0.7 }];
    const plot = layOut({ series: [series('a', [0.1, 0.2, 0.3], { apart }), series('b', [0.1, 0.2, 0.4])] });
    expect(plot.labels.map(({ text }) => text).sort()).toEqual(['a 0.70', 'b 0.40']);
    expect(plot.labels.find(({ id }) => id === 'a')?.anchor).toBe(plot.axes.y(0.7));
  });
});

describe('smooth', () => {
  it('is the identity at 0 and starts at the first value', () => {
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
    const smoothed = smooth([4, 4, 0], 0.5);
    expect(smoothed[0]).toBe(4);
    expect(smoothed[1]).toBe(4);
    expect(smoothed[2]).toBeCloseTo((0.25 * 4 + 0.5 * 4) / 1.75);
  });
});

describe('layOutLinePlot', () => {
  it('spans the data on x and the intervals and references on y', () => {
    const plot = layOut({
      series: [series('action', [0.2, 0.4])],
      references: [{ id: 'popularity', label: 'popularity', value: 0.9, dash: '' }],
    });
    expect(plot.panel.x.domain).toEqual([0, 10]);
    const [low, high] = plot.panel.y.domain;
    expect(low).toBeLessThanOrEqual(0.1);
    expect(high).toBeGreaterThanOrEqual(0.9);
    expect(plot.readable[0]!.x).toBe(40);
    // The level, and a whisker at each point.
    expect(marksOf(plot, 'rule')).toHaveLength(3);
    expect(plot.labels.map((label) => label.text)).toEqual(['popularity 0.90', 'action 0.40']);
  });

  it('offsets arms and turns many whiskers into a band', () => {
    const many = Array.from({ length: 30 }, () => 0.5);
    const plot = layOut({ series: [series('action', many), series('karma', many)] });
    expect(plot.readable[many.length]!.x - plot.readable[0]!.x).toBe(3);
    expect(marksOf(plot, 'band').map(({ series: of }) => of)).toEqual(['action', 'karma']);
    expect(marksOf(plot, 'rule')).toEqual([]);
  });

  it('gives ticks enough digits to distinguish them', () => {
    const plot = layOut({
      series: [
        {
          ...series('action', []),
          points: [
            { x: 0, y: 0.84, key: 0 },
            { x: 1, y: 0.845, key: 1 },
          ],
        },
      ],
    });
    expect(new Set(plot.axes.yTicks.map((tick) => tick.label)).size).toBe(plot.axes.yTicks.length);
  });

  it('labels no step twice, however few there are', () => {
    for (const last of [1, 2, 3, 7]) {
      const plot = layOut({
        formatX: (value) => value.toFixed(0),
        series: [series('action', [1, 2])],
        reach: last,
      });
      const labels = plot.axes.xTicks.map((tick) => tick.label);
      expect(new Set(labels).size, `0 to ${last}`).toBe(labels.length);
      expect(
        plot.axes.xTicks.every(({ value }) => Number.isInteger(value)),
        `0 to ${last}`,
      ).toBe(true);
    }
  });

  it('extends to the planned end before the data do', () => {
    const plot = layOut({ series: [series('action', [1, 2])], reach: 60 });
    expect(plot.panel.x.domain).toEqual([0, 60]);
  });

  it('draws an empty plot without data', () => {
    const plot = layOut({});
    expect(plot.panel.marks).toEqual([]);
    expect(plot.panel.x.domain).toEqual([0, 1]);
  });
});

describe('fewer points', () => {
  it('keep a spike of one step, wherever it is in 100,000, up or down', () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => 2 + Math.sin(i / 900));
    for (const [at, spike] of [
      [1, 40],
      [37_123, 40],
      [37_123, -40],
      [99_998, -40],
    ] as const) {
      const spiked = Float64Array.from(values);
      spiked[at] = spike;
      const kept = extremeIndices(spiked, 600);
      expect(kept).toContain(at);
      expect(kept.length).toBeLessThanOrEqual(600);
      expect([kept[0], kept.at(-1)]).toEqual([0, 99_999]);
      expect(kept.every((index, i) => i === 0 || index > kept[i - 1]!)).toBe(true);
    }
  });

  it('keep what is a number beside what is not, and leave few points alone', () => {
    const values = Array.from({ length: 1000 }, (_, i) => (i > 500 ? Number.NaN : i === 321 ? 9 : 1));
    expect(extremeIndices(values, 50)).toContain(321);
    expect(extremeIndices([3, 1, 2], 10)).toEqual([0, 1, 2]);
    expect(extremeIndices(values, 10, 20, 24)).toEqual([20, 21, 22, 23]);
    expect(extremeIndices([], 10)).toEqual([]);
  });
});

describe('a part of the x axis', () => {
  const whole = [0, 1000] as const;

  it('is where it was drawn, stays within the axis, and all of it is none', () => {
    expect(rangeBetween(700, 200, whole)).toEqual([200, 700]);
    expect(rangeBetween(-50, 300, whole)).toEqual([0, 300]);
    expect(rangeBetween(-1, 1001, whole)).toBeNull();
    expect(zoomed(whole, 250, 0.5, whole)).toEqual([125, 625]);
    expect(zoomed([125, 625], 250, 2, whole)).toBeNull();
    expect(shifted([100, 300], 0.25, whole)).toEqual([150, 350]);
    expect(shifted([800, 1000], 0.25, whole)).toEqual([800, 1000]);
  });

  it('scales y to what is inside, draws lines to the points beyond, and reads only what is inside', () => {
    const plot = layOut({ reach: 60, range: [15, 35], series: [series('action', [9, 1, 2, 3, 9, 9])] });
    expect(plot.panel.x.domain).toEqual([15, 35]);
    expect(plot.panel.whole).toEqual([0, 60]);
    expect(plot.readable.map(({ point }) => point.key)).toEqual([20, 30]);
    expect(marksOf(plot, 'line')).toMatchObject([
      {
        points: [
          [10, 1],
          [20, 2],
          [30, 3],
          [40, 9],
        ],
      },
    ]);
    expect(plot.panel.y.domain[1]).toBeLessThan(4);
    expect(plot.labels[0]!.text).toBe('action 3.00');
  });
});

describe('reading points', () => {
  it('stops at every key once, in order, and finds the nearest', () => {
    const both = [series('action', [1, 2]), series('karma', [1, 2, 3])];
    const plot = layOut({ series: both });
    expect(readableKeys(plot.panel)).toEqual([0, 10, 20]);
    expect(nearestKey(plot.readable, plot.axes.x(19))).toBe(20);
    expect(nearestKey([], 10)).toBeNull();
  });
});

describe('armMark', () => {
  it('gives known arms their own mark and others the rest in turn', () => {
    const ids = ['action', 'karma', 'shuffled', 'mine'];
    expect(armMark('karma', ids).dash).toBe('');
    expect(armMark('shuffled', ids).colour).not.toBe(armMark('mine', ids).colour);
    expect(armMark('gen', ids)).toBe(armMark('+gen', ids));
  });
});
