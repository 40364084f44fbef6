/** From series to the elements of a line chart: scales, paths, whiskers, labels. Pure; in pixels of an SVG of the given size. */
import { area as areaPath, line as linePath, symbol } from 'd3';
import {
  axisTicks,
  neatTicks,
  numberScale,
  plainNumber,
  roomyTicks,
  ticksAt,
  type NumberScale,
  type ScaleKind,
  type Tick,
} from '../../scene/ticks';
import type { PlotArea } from '../axes/Axes';
import { isInside, nearRange, type XRange } from '../../scene/charts/range';
import { placeLabels, type PlacedLabel } from './labels';
import type { LinePoint, LineSeries, ReferenceLine } from '../../scene/charts/series';

export interface LinePlotOptions {
  readonly width: number;
  readonly height: number;
  readonly series: readonly LineSeries[];
  readonly references: readonly ReferenceLine[];
  readonly xKind: ScaleKind;
  readonly yKind: ScaleKind;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Values that the y axis must show, whatever the data. */
  readonly include?: readonly number[];
  /** An x that the axis must include, such as the planned last step, so that the scale stays fixed while points arrive. */
  readonly reach?: number | null;
  /** The part of the x axis that is shown; null for all of it. */
  readonly range?: XRange | null;
  /** x ticks at these values rather than at round ones. */
  readonly xValues?: readonly number[];
  /** Right margin for the direct labels. */
  readonly labelWidth: number;
}

export interface DrawnPoint {
  readonly at: LinePoint;
  readonly x: number;
  readonly y: number;
  readonly whisker: readonly [number, number] | null;
}

export interface DrawnSeries {
  readonly series: LineSeries;
  readonly line: string;
  readonly raw: string;
  /** Interval as an area, if there are too many points for whiskers. */
  readonly band: string;
  readonly points: readonly DrawnPoint[];
  readonly apart: readonly DrawnPoint[];
  /** The marker's outline around (0, 0). */
  readonly marker: string;
}

export interface LinePlot {
  readonly area: PlotArea;
  readonly x: NumberScale;
  readonly y: NumberScale;
  /** The whole x axis, of which `x` may show a part. */
  readonly whole: XRange;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly drawn: readonly DrawnSeries[];
  readonly references: readonly { readonly reference: ReferenceLine; readonly y: number }[];
  readonly labels: readonly (PlacedLabel & { readonly text: string; readonly x: number })[];
}

/** Maximum number of points with whiskers; with more, intervals become a band. */
const MAX_WHISKERS = 24;
const LABEL_GAP = 13;

export function layOutLinePlot(options: LinePlotOptions): LinePlot {
  const { width, height, series, references, formatX, formatY, labelWidth } = options;
  const area: PlotArea = { left: 40, top: 24, right: Math.max(80, width - labelWidth), bottom: height - 34 };
  const range = options.range ?? null;
  const whole = xDomain(series, options);
  const x = numberScale(options.xKind, range ?? whole, [area.left, area.right]);
  const y = numberScale(options.yKind, yDomain(series, references, options), [area.bottom, area.top]);
  const drawn = series.map((one, index) => draw(one, x, y, range, dodge(index, series.length)));
  const drawnReferences = references.map((reference) => ({ reference, y: y(reference.value) }));
  return {
    area,
    x,
    y,
    whole,
    xTicks: options.xValues
      ? ticksAt(x, options.xValues, formatX, 24)
      : roomyTicks(x, Math.max(2, Math.floor((area.right - area.left) / 60)), formatX),
    yTicks: yTicks(y, options.yKind, formatY),
    drawn,
    references: drawnReferences,
    labels: directLabels(drawn, drawnReferences, area, formatY),
  };
}

/** Pixels by which arms are offset, so that their whiskers do not overlap. */
function dodge(index: number, count: number): number {
  return (index - (count - 1) / 2) * 3;
}

function draw(series: LineSeries, x: NumberScale, y: NumberScale, range: XRange | null, aside: number): DrawnSeries {
  const shift = series.markers ? aside : 0;
  const drawPoint = (at: LinePoint): DrawnPoint => ({
    at,
    x: x(at.x) + shift,
    y: y(at.y),
    whisker: at.low === undefined || at.high === undefined ? null : [y(at.low), y(at.high)],
  });
  const near = nearRange(series.points, range).map(drawPoint);
  const points = near.filter(({ at }) => isInside(at, range));
  const path = linePath<DrawnPoint>(
    (point) => point.x,
    (point) => point.y,
  );
  const many = series.banded ?? points.length > MAX_WHISKERS;
  const banded = many && near.every((point) => point.whisker !== null);
  const band = areaPath<DrawnPoint>(
    (point) => point.x,
    (point) => point.whisker?.[0] ?? point.y,
    (point) => point.whisker?.[1] ?? point.y,
  );
  return {
    series,
    line: path(near) ?? '',
    raw: [...(series.raw ? [series.raw] : []), ...(series.traces ?? [])]
      .map((one) => path(nearRange(one, range).map(drawPoint)) ?? '')
      .join(''),
    band: banded ? (band(near) ?? '') : '',
    points: banded ? points.map((point) => ({ ...point, whisker: null })) : points,
    apart: (series.apart ?? []).filter((point) => isInside(point, range)).map(drawPoint),
    marker: symbol(series.mark.symbol, 26)() ?? '',
  };
}

function everyPoint(series: readonly LineSeries[]): LinePoint[] {
  return series.flatMap((one) => [...one.points, ...(one.raw ?? []), ...(one.traces ?? []).flat(), ...(one.apart ?? [])]);
}

function xDomain(series: readonly LineSeries[], options: LinePlotOptions): [number, number] {
  const planned = options.reach === undefined || options.reach === null ? [] : [0, options.reach];
  return extent([...everyPoint(series).map((point) => point.x), ...(options.xValues ?? []), ...planned], [0, 1]);
}

function yDomain(
  series: readonly LineSeries[],
  references: readonly ReferenceLine[],
  { yKind, include = [], range = null }: LinePlotOptions,
): [number, number] {
  const every = everyPoint(series);
  const inside = range === null ? every : every.filter((point) => isInside(point, range));
  const values = (inside.length > 0 ? inside : every).flatMap((point) => [point.y, point.low ?? point.y, point.high ?? point.y]);
  const all = [...values, ...references.map((reference) => reference.value), ...include];
  if (yKind === 'log')
    return extent(
      all.filter((value) => value > 0),
      [0.1, 1],
    );
  const [low, high] = extent(all, [0, 1]);
  // Padding above and below, but not below a zero that the data do not cross.
  const air = 0.05 * (high - low || 1);
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air];
}

function areDistinct(ticks: readonly Tick[]): boolean {
  return new Set(ticks.map((tick) => tick.label)).size === ticks.length;
}

function yTicks(y: NumberScale, kind: ScaleKind, formatY: (value: number) => string): Tick[] {
  let ticks = axisTicks(y, 4, formatY);
  // A narrow domain may need more digits than the values are given with.
  if (!areDistinct(ticks)) ticks = axisTicks(y, 4, plainNumber);
  ticks = neatTicks(kind, ticks);
  if (kind === 'linear' || ticks.length <= 8) return ticks;
  return ticks.filter((tick) => [1, 2, 5].includes(Number(tick.value.toExponential().slice(0, 1))));
}

function extent(values: readonly number[], fallback: [number, number]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : fallback;
}

function directLabels(
  drawn: readonly DrawnSeries[],
  references: LinePlot['references'],
  area: PlotArea,
  formatY: (value: number) => string,
): LinePlot['labels'] {
  const ends = new Map<string, { text: string; x: number; anchor: number }>();
  for (const { series, points, apart } of drawn) {
    // If there is a final value, on all users, texts refer to it.
    const last = apart.at(-1) ?? points.at(-1);
    if (last) ends.set(series.id, { text: `${series.label} ${formatY(last.at.y)}`, x: last.x, anchor: last.y });
  }
  for (const { reference, y } of references) {
    ends.set(reference.id, { text: `${reference.label} ${formatY(reference.value)}`, x: area.right, anchor: y });
  }
  const wanted = [...ends].map(([id, end]) => ({ id, anchor: end.anchor }));
  return placeLabels(wanted, LABEL_GAP, area.top, area.bottom).map((label) => {
    const end = ends.get(label.id)!;
    return { ...label, text: end.text, x: end.x };
  });
}

/** The keys at which a reader can stop, in the order of x. */
export function readableKeys(series: readonly LineSeries[]): number[] {
  const keys = new Map<number, number>();
  for (const point of series.flatMap((one) => [...one.points, ...(one.apart ?? [])])) {
    if (!keys.has(point.key)) keys.set(point.key, point.x);
  }
  return [...keys].sort((a, b) => a[1] - b[1]).map(([key]) => key);
}

/** Key of the point nearest to a pixel, null without points. */
export function nearestKey(drawn: readonly DrawnSeries[], pixel: number): number | null {
  let best: number | null = null;
  let distance = Infinity;
  for (const point of drawn.flatMap((one) => [...one.points, ...one.apart])) {
    const away = Math.abs(point.x - pixel);
    if (away < distance) {
      distance = away;
      best = point.at.key;
    }
  }
  return best;
}
