/** Geometry of a measure over a numeric axis: one line per arm, with an interval at each value. Pure. */
import type { PlotArea } from '../axes/Axes';
import { compactAlike } from '../../recipe/numberText';
import { axisTicks, neatTicks, numberScale, plainNumber, ticksAt, type Tick } from '../../scene/ticks';
import type { ArmMark } from '../../scene/marks/armMark';

export interface SweepPoint {
  readonly at: number;
  readonly mean: number;
  /** Null with a single seed: there is no interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface SweepLine {
  readonly label: string;
  readonly mark: ArmMark;
  /** Ascending. */
  readonly points: readonly SweepPoint[];
}

export interface SweepLayout {
  readonly width: number;
  readonly height: number;
  readonly area: PlotArea;
  readonly places: readonly Tick[];
  /** Name of the axis. */
  readonly axis: string;
  readonly values: readonly Tick[];
  readonly lines: readonly PlacedLine[];
  /** The untrained base model's line and its label; null if it has no value. */
  readonly base: { readonly y: number; readonly label: BaseLabel } | null;
}

/** Middle of the label and its baseline, in pixels. */
interface BaseLabel {
  readonly x: number;
  readonly y: number;
}

export interface PlacedLine {
  readonly label: string;
  readonly mark: ArmMark;
  readonly points: readonly { readonly x: number; readonly y: number; readonly from: number; readonly to: number }[];
}

const HEAD = 26;
const FOOT = 38;
const LEFT = 44;
const RIGHT = 12;
/** Lines are slightly offset, so that intervals do not overlap. */
const BESIDE = 5;
const LABEL_GAP = 30;
/** Room for the label of the base model's line, in pixels: in any language. */
const BASE_LABEL = { width: 56, height: 11 };
/** Half the size of a symbol. */
const SYMBOL = 5;
/** Rounding error of equal numbers. */
const NOISE = 1e-9;

/** Ratio of largest to smallest value from which the axis is logarithmic. */
const LOGARITHMIC = 4;

export interface SweepSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Values on a logarithmic axis if they differ by factors, else on a linear one; the measure's axis includes all means and intervals.
 * @param base the untrained model's value, drawn as a line across
 */
export function layOutSweep(
  lines: readonly SweepLine[],
  axis: string,
  { width, height }: SweepSize,
  base: number | null = null,
): SweepLayout {
  const points = lines.flatMap((line) => line.points);
  const places = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const ends = [...points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]), ...(base === null ? [] : [base])];
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = most - least < NOISE ? 1 : 0.06 * (most - least);
  const area = { left: LEFT, top: HEAD, right: width - RIGHT, bottom: height - FOOT };
  const [first, last] = [places[0] ?? 1e-3, places.at(-1) ?? 1e-2];
  const factors = first > 0 && last >= LOGARITHMIC * first;
  const margin = 0.08 * (last - first) || 1;
  const x = factors
    ? numberScale('log', [first / 1.25, last * 1.25], [area.left, area.right])
    : numberScale('linear', [first - margin, last + margin], [area.left, area.right]);
  const y = numberScale('linear', points.length === 0 ? [0, 1] : [least - room, most + room], [area.bottom, area.top]);
  const placed = lines.map(({ label, mark, points: own }, index) => ({
    label,
    mark,
    points: own.map(({ at, mean, low, high }) => ({
      x: x(at) + BESIDE * (index - (lines.length - 1) / 2),
      y: y(mean),
      from: y(low ?? mean),
      to: y(high ?? mean),
    })),
  }));
  return {
    ...{ width, height, area, axis },
    places: ticksAt(x, places, compactAlike(places), LABEL_GAP),
    values: neatTicks('linear', axisTicks(y, 4, plainNumber)),
    base: base === null ? null : { y: y(base), label: baseLabel(y(base), placed, places.map(x), area) },
    lines: placed,
  };
}

/** Where least is drawn: above or below the line, at its ends or between two places. */
function baseLabel(y: number, lines: readonly PlacedLine[], places: readonly number[], area: PlotArea): BaseLabel {
  const half = BASE_LABEL.width / 2;
  const between = places.slice(1).map((place, i) => (place + places[i]!) / 2);
  const spots = [area.right - half, area.left + half, ...between].flatMap((x) => [
    { x, y: y - 4 },
    { x, y: y + BASE_LABEL.height },
  ]);
  const inside = spots.filter((spot) => spot.y <= area.bottom);
  const drawn = lines.flatMap(({ points }) => [
    ...points.flatMap(({ x, from, to }) => [from, (from + to) / 2, to].map((at) => ({ x, y: at }))),
    ...points.slice(1).flatMap((point, i) => alongSegment(points[i]!, point)),
  ]);
  const covered = (spot: BaseLabel): number =>
    drawn.filter(
      (at) => Math.abs(at.x - spot.x) < half + SYMBOL && at.y > spot.y - BASE_LABEL.height - SYMBOL && at.y < spot.y + SYMBOL,
    ).length;
  return inside.reduce((best, spot) => (covered(spot) < covered(best) ? spot : best));
}

/** Points of a line, some pixels from each other. */
function alongSegment(from: BaseLabel, to: BaseLabel): BaseLabel[] {
  const steps = Math.max(2, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / SYMBOL));
  return Array.from({ length: steps }, (_, i) => ({
    x: from.x + ((to.x - from.x) * i) / steps,
    y: from.y + ((to.y - from.y) * i) / steps,
  }));
}
