import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
/** Drawn curves and placed seeds, and their distance from what was measured. */
import { describe, expect, it } from 'vitest';
import { sweepSchema } from '../experiment/grid/sweep';
import { shippedEvidence } from '../testing/shippedEvidence';
import {
  completed,
  curveOf,
  distanceOf,
  distanceText,
  drawAt,
  inRange,
  keyStep,
  seedPlotOf,
  seedsText,
  sliderText,
  type MeasuredCurve,
} from './curve';
import type { CurvePrediction } from './lesson';
import { say } from './words';

const why = { id: 'why', asks: say('Why?'), options: [] };
const sinks: CurvePrediction = {
  kind: 'curve',
  over: 'steps',
  run: 'collapse',
  arm: 'action',
  measure: 'firstHalfSinkRate',
  asks: say('Draw.'),
  why,
};
/** With a sweep over several rates: of the earlier recipe. */
const sweep = sweepSchema.parse(JSON.parse(gunzipSync(readFileSync('docs/findings/store-rates/sweep.json.gz')).toString()));
const evidence = { ...shippedEvidence(), sweep };

describe('a curve to predict', () => {
  it('over steps is that of the sampled users, with its first point given and shares on an axis up to 1', () => {
    const curve = curveOf(evidence, sinks)!;
    const { evaluations } = evidence.runs.get('collapse')!.arms[0]!;
    expect(curve.points.map(({ x }) => x)).toEqual(
      evaluations.filter(({ population }) => population === 'sample').map(({ step }) => step),
    );
    expect([curve.given, curve.range, curve.arm.label]).toEqual([true, [0, 1], 'Action']);
    expect(curve.points[1]!.label).toBe('step 25');
  });
  it('over the sweep has means over seeds, no point given, and room above', () => {
    const curve = curveOf(evidence, { ...sinks, over: 'sweep', measure: 'hr@10' })!;
    const line = evidence.sweep.lines.find(({ arm }) => arm === 'action')!;
    expect(curve.points.map(({ x }) => x)).toEqual(line.points.map(({ at }) => at));
    const values = line.points[0]!.seeds.map((seed) => seed.values['hr@10']!);
    expect(curve.points[0]!.y).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 12);
    expect([curve.given, curve.log, curve.range[0]]).toEqual([false, true, 0]);
    expect(curve.range[1]).toBeGreaterThan(Math.max(...curve.points.map(({ y }) => y)) * 1.5);
    expect(curve.text(0.126)).toBe('12.6\u00a0%');
  });
  it('extends below 0 if the measure does', () => {
    const curve = curveOf(evidence, { ...sinks, over: 'sweep', arm: 'karma', measure: 'lmDrift' })!;
    expect(curve.range[0]).toBeLessThan(Math.min(...curve.points.map(({ y }) => y)));
  });
  it('is null if the evidence lacks it', () => {
    expect(curveOf(evidence, { ...sinks, arm: 'nobody' })).toBeNull();
    expect(curveOf({ runs: new Map(), sweep: null }, sinks)).toBeNull();
    expect(curveOf({ ...evidence, sweep: null }, { ...sinks, over: 'sweep' })).toBeNull();
  });
});

describe('drawing', () => {
  it('connects a point with the drawn one before it, and leaves later ones unchanged', () => {
    expect(drawAt([0, null, null, null, 8], 3, 3)).toEqual([0, 1, 2, 3, 8]);
    expect(drawAt([null, null, null], 1, 5)).toEqual([null, 5, null]);
  });
  it('is completed with the nearest value drawn', () => {
    expect(completed([null, 2, null, 4, null])).toEqual([2, 2, 2, 4, 4]);
    expect(completed([null, null])).toBeNull();
  });
  it('stays inside the axis', () => {
    expect([inRange([0, 1], 1.2), inRange([-2, 2], -9), inRange([0, 1], 0.55)]).toEqual([1, -2, 0.55]);
    expect(keyStep([-2, 2])).toBe(0.2);
  });
  it('is described in words', () => {
    const curve = curveOf(evidence, sinks)!;
    expect([sliderText(curve, 1, null), sliderText(curve, 3, 0.4)]).toEqual(['step 25: nothing drawn', 'step 129: 0.40']);
  });
});

describe('the distance', () => {
  it('is the mean absolute difference over points not given, and the place where it is largest', () => {
    const found = distanceOf([9, 1, 0, 4], [0, 1, 2, 1], 1);
    expect(found.mean).toBeCloseTo(5 / 3, 12);
    expect([found.furthest, found.off]).toEqual([3, 3]);
    expect(() => distanceOf([1], [1], 1)).toThrow(RangeError);
  });
  const small: MeasuredCurve = {
    ...curveOf(evidence, sinks)!,
    points: [0, 25, 50].map((x, i) => ({ x, y: [0, 0.5, 0.25][i]!, label: `step ${x}` })),
  };
  it('says how far, where and on which side', () => {
    expect(distanceText([0, 0.1, 0.25], small)).toBe(
      'On average you were 0.20 away. Furthest off at step 25: you drew 0.10, and 0.50 was measured, so too low.',
    );
    expect(distanceText([0, 0.5, 0.75], small)).toContain('at step 50: you drew 0.75, and 0.25 was measured, so too high.');
    expect(distanceText([0, 0.5, 0.25], small)).toContain('Very close');
  });
  it('of seeds is over those not given, on an axis around 0 with room', () => {
    const plot = seedPlotOf(evidence, {
      kind: 'seeds',
      asks: say(''),
      treatment: 'karma',
      control: 'action',
      at: 0.004,
      measure: 'hr@10',
      why,
    })!;
    expect(plot.measured).toHaveLength(5);
    expect(plot.given).toBe(plot.measured[0]);
    expect(plot.range[0]).toBe(-plot.range[1]);
    expect(Math.max(...plot.measured.map(Math.abs)) * 2).toBeLessThanOrEqual(plot.range[1]);
    expect(
      seedPlotOf(
        { ...evidence, sweep: null },
        { kind: 'seeds', asks: say(''), treatment: 'karma', control: 'action', at: 0.004, measure: 'hr@10', why },
      ),
    ).toBeNull();
  });
  it('of seeds compares them in sorted order, and their spreads', () => {
    const points = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)} points`;
    expect(seedsText([3, 1, 2], [2, 4, 3], points)).toBe(
      'Lowest against lowest and so on, your seeds were 1.0 points away on average. Yours spread over 2.0 points, as wide as the measured 2.0 points.',
    );
    expect(seedsText([1, 1], [0, 3], points)).toContain('spread over 0.0 points, narrower than the measured 3.0 points');
  });
});
