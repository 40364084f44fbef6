/**
 * A curve to predict: its axis, the given and the measured points, and the distance of a drawn curve from
 * them, in words. Pure.
 */
import { t } from '../words/words';
import { measure } from '../measures/measures';
import { armsOf } from '../readings/arms/armsOf';
import { compact, count, fixed } from '../readings/format';
import type { Evidence } from './evidence';
import type { CurvePrediction, SeedsPrediction } from './lesson';
import { differenceText, meanAt, seedDifferences, valueText } from './quantities';

export interface LessonPoint {
  /** Step, or value of the sweep's axis. */
  readonly x: number;
  readonly y: number;
  /** `step 75`, `rate 0.004`. */
  readonly label: string;
}

export interface MeasuredCurve {
  readonly arm: { readonly id: string; readonly label: string };
  readonly points: readonly LessonPoint[];
  /** Whether the first point is the same for every arm, and given. */
  readonly given: boolean;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Range of the y axis, wide enough not to reveal the answer. */
  readonly range: readonly [number, number];
  readonly log: boolean;
  readonly text: (value: number) => string;
  readonly difference: (value: number) => string;
}

/** The curve to predict; null if the evidence has fewer than two of its points. */
export function curveOf(evidence: Evidence, prediction: CurvePrediction): MeasuredCurve | null {
  const of = measure(prediction.measure);
  const found = prediction.over === 'steps' ? overSteps(evidence, prediction) : overSweep(evidence, prediction);
  if (found === null || found.points.length < 2) return null;
  return {
    ...found,
    yLabel: of.unit === '' ? of.name : t('{measure} ({unit})', { measure: of.name, unit: of.unit }),
    range: rangeOf(
      found.points.map(({ y }) => y * of.scale),
      of.unit === '%' || of.id.endsWith('Rate'),
      of.scale,
    ),
    text: (value) => valueText(of, value),
    difference: (value) => differenceText(of, value),
  };
}

type Found = Pick<MeasuredCurve, 'arm' | 'points' | 'given' | 'xLabel' | 'log'>;

function overSteps({ runs }: Evidence, { run, arm, measure: id }: CurvePrediction): Found | null {
  const record = run === undefined ? undefined : runs.get(run);
  const found = record && armsOf(record).find((one) => one.id === arm);
  if (!found) return null;
  const of = measure(id);
  // On the sampled users, the same at every step.
  const points = found.record.evaluations
    .filter(({ population }) => population === 'sample')
    .flatMap((evaluation) => {
      const y = of.of(evaluation);
      return y === null ? [] : [{ x: evaluation.step, y, label: t('step {step}', { step: count(evaluation.step) }) }];
    });
  return { arm: { id: arm, label: found.label }, points, given: points[0]?.x === 0, xLabel: t('training step'), log: false };
}

function overSweep(evidence: Evidence, { arm, measure: id }: CurvePrediction): Found | null {
  const line = evidence.sweep?.lines.find((one) => one.arm === arm);
  if (!line || !evidence.sweep) return null;
  const name = t(evidence.sweep.label).toLowerCase();
  const points = line.points.flatMap(({ at }) => {
    const y = meanAt(arm, at, id).value(evidence);
    return y === null ? [] : [{ x: at, y, label: t('{axis} {value}', { axis: name, value: compact(at) }) }];
  });
  return {
    arm: { id: arm, label: line.label },
    points,
    given: false,
    xLabel: t('{axis}, logarithmic', { axis: name }),
    log: true,
  };
}

/**
 * From 0, or the smallest value if that is negative, up to a round number well above the largest; shares of
 * heads up to 1. Unscaled.
 */
function rangeOf(shown: readonly number[], share: boolean, scale: number): readonly [number, number] {
  if (share && scale === 1) return [0, 1];
  const [low, high] = [Math.min(0, ...shown), Math.max(0, ...shown)];
  const top = roundUp(1.6 * Math.max(high, -low));
  return [low < 0 ? -top / scale : 0, top / scale];
}

function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value || 1));
  return unit * ([1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= value) ?? 10);
}

/** One value per point of the curve; null if nothing is drawn there yet. */
export type DrawnCurve = readonly (number | null)[];

/** Sets one point, and connects it with the nearest drawn one before it. */
export function drawAt(drawn: DrawnCurve, index: number, value: number): DrawnCurve {
  const next = [...drawn];
  const before = drawn.slice(0, index).findLastIndex((one) => one !== null);
  next[index] = value;
  if (before >= 0) {
    const from = drawn[before]!;
    for (let i = before + 1; i < index; i++) next[i] = from + ((value - from) * (i - before)) / (index - before);
  }
  return next;
}

/**
 * The drawn value at every point, the nearest one if the curve ends early or starts late; null if nothing was
 * drawn.
 */
export function completed(drawn: DrawnCurve): readonly number[] | null {
  const first = drawn.find((one) => one !== null);
  if (first === undefined) return null;
  let last = first;
  return drawn.map((one) => (last = one ?? last));
}

export interface Distance {
  /** Mean absolute difference over the points that were not given. */
  readonly mean: number;
  /** Where it was largest: index of the point, and drawn − measured there. */
  readonly furthest: number;
  readonly off: number;
}

/** @param skip number of first points that were given */
export function distanceOf(drawn: readonly number[], measured: readonly number[], skip = 0): Distance {
  const off = measured.map((value, i) => (drawn[i] ?? value) - value);
  const counted = off.slice(skip);
  if (counted.length === 0) throw new RangeError('a distance over no points');
  let furthest = skip;
  off.forEach((value, i) => {
    if (i >= skip && Math.abs(value) > Math.abs(off[furthest]!)) furthest = i;
  });
  return { mean: counted.reduce((sum, value) => sum + Math.abs(value), 0) / counted.length, furthest, off: off[furthest]! };
}

/**
 * The distance in words: “On average you were 0.21 away. Furthest off at step 75: you drew 0.30, and 0.62 was
 * measured, so too low.”
 */
export function distanceText(drawn: readonly number[], curve: MeasuredCurve): string {
  const { points, given, text, difference } = curve;
  const measured = points.map(({ y }) => y);
  const { mean, furthest, off } = distanceOf(drawn, measured, given ? 1 : 0);
  const away = difference(mean).replace('+', '');
  const [own, real] = [text(drawn[furthest]!), text(measured[furthest]!)];
  if (own === real) return t('On average you were {away} away, and nowhere further than the digits shown. Very close.', { away });
  const values = { away, place: points[furthest]!.label, own, real };
  return off > 0
    ? t('On average you were {away} away. Furthest off at {place}: you drew {own}, and {real} was measured, so too high.', values)
    : t('On average you were {away} away. Furthest off at {place}: you drew {own}, and {real} was measured, so too low.', values);
}

/** Placed and measured seeds in words: their mean distance, both sorted, and which spread is wider. */
export function seedsText(placed: readonly number[], measured: readonly number[], difference: (value: number) => string): string {
  const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
  const { mean } = distanceOf(sorted(placed), sorted(measured));
  const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const [own, real] = [spread(placed), spread(measured)];
  const shown = (value: number): string => difference(value).replace('+', '');
  const values = { away: shown(mean), own: shown(own), real: shown(real) };
  if (values.own === values.real)
    return t(
      'Lowest against lowest and so on, your seeds were {away} away on average. Yours spread over {own}, as wide as the measured {real}.',
      values,
    );
  return own > real
    ? t(
        'Lowest against lowest and so on, your seeds were {away} away on average. Yours spread over {own}, wider than the measured {real}.',
        values,
      )
    : t(
        'Lowest against lowest and so on, your seeds were {away} away on average. Yours spread over {own}, narrower than the measured {real}.',
        values,
      );
}

export interface SeedPlot {
  /** The first seed’s difference, which is given. */
  readonly given: number;
  /** All of them, the given one first. */
  readonly measured: readonly number[];
  readonly range: readonly [number, number];
  readonly xLabel: string;
  readonly text: (value: number) => string;
}

/** The plot of the seeds to predict; null if the sweep has fewer than three. */
export function seedPlotOf(evidence: Evidence, { treatment, control, at, measure: id }: SeedsPrediction): SeedPlot | null {
  const of = measure(id);
  const measured = seedDifferences(evidence, treatment, control, at, id);
  if (measured.length < 3) return null;
  const reach = roundUp(2 * Math.max(...measured.map((value) => Math.abs(value * of.scale)))) / of.scale;
  return {
    given: measured[0]!,
    measured,
    range: [-reach, reach],
    xLabel:
      of.unit === '%'
        ? t('difference in {measure} of one seed, points', { measure: of.name })
        : t('difference in {measure} of one seed', { measure: of.name }),
    text: (value) => differenceText(of, value),
  };
}

/** The text of a slider's value in the drawing. */
export function sliderText(curve: Pick<MeasuredCurve, 'points' | 'text'>, index: number, value: number | null): string {
  const place = curve.points[index]!.label;
  return value === null ? t('{place}: nothing drawn', { place }) : t('{place}: {value}', { place, value: curve.text(value) });
}

/** The step of an arrow key: a twentieth of the axis. */
export function keyStep([low, high]: readonly [number, number]): number {
  return (high - low) / 20;
}

/** @returns the value, kept inside the axis and rounded to what the axis can show */
export function inRange([low, high]: readonly [number, number], value: number): number {
  const rounded = Number(fixed((value - low) / (high - low), 3).replace('−', '-'));
  return low + Math.max(0, Math.min(1, rounded)) * (high - low);
}
