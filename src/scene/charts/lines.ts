/** A line chart: series over steps or K, with intervals, reference levels and faint traces. */
import { keyEntries, padded, strokeOf, symbolOf, type Axis, type Mark, type ScenePanel, type Point } from '../scene';
import { numberScale, type ScaleKind } from '../ticks';
import { isInside, nearRange, type XRange } from './range';
import type { LinePoint, LineSeries, ReferenceLine } from './series';

export interface LinesData {
  readonly kind: 'lines';
  readonly name: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
  readonly references: readonly ReferenceLine[];
  readonly xKind: ScaleKind;
  readonly yKind: ScaleKind;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Values that the y axis must show, whatever the data. */
  readonly include?: readonly number[];
  /**
   * An x that the axis must include, such as the planned last step, so that the scale stays fixed while
   * points arrive.
   */
  readonly reach?: number | null;
  /** The part of the x axis that is shown; null for all of it. */
  readonly range?: XRange | null;
  /** x ticks at these values rather than at round ones. */
  readonly xValues?: readonly number[];
}

/** A point that can be read: what is drawn of a series, and what its values on another population are. */
export interface ReadablePoint {
  readonly id: string;
  readonly label: string;
  readonly point: LinePoint;
  /** Of another population than the series' other points. */
  readonly apart: boolean;
  /** Offset to the right in pixels. */
  readonly aside: number;
}

export interface LinesPanel extends ScenePanel {
  /** The whole x axis, of which a part may be shown. */
  readonly whole: XRange;
  /** Series by series, points apart last. */
  readonly readable: readonly ReadablePoint[];
}

/** Maximum number of points with whiskers; with more, intervals become a band. */
const MAX_WHISKERS = 24;
/** Pixels by which arms are offset, so that their whiskers do not overlap. */
const ASIDE = 3;

export function linesPanel(data: LinesData): LinesPanel {
  const { name, series, references, range = null } = data;
  const whole = xDomain(data);
  const x: Axis = {
    ...{ label: data.xLabel, kind: data.xKind, domain: drawable(data.xKind, range ?? whole), format: data.formatX },
    ticks: data.xValues?.map((value) => ({ value, label: data.formatX(value) })),
  };
  const behind: Mark[] = [];
  const front: Mark[] = [];
  const readable: ReadablePoint[] = [];
  series.forEach((one, index) => {
    const { id, label, mark, markers, raw, traces = [] } = one;
    const { colour } = mark;
    const aside = markers ? (index - (series.length - 1) / 2) * ASIDE : 0;
    const of = { series: label, aside };
    // Lines lead to the points beside the range.
    const near = nearRange(one.points, range);
    const points = near.filter((point) => isInside(point, range));
    const apart = (one.apart ?? []).filter((point) => isInside(point, range));
    const banded = (one.banded ?? points.length > MAX_WHISKERS) && near.length > 0 && near.every(hasInterval);
    if (banded) {
      const band = near.filter(hasInterval).map((point) => [point.x, point.low, point.high] as const);
      behind.push({ ...of, kind: 'band', points: band, colour, opacity: 0.14 });
    }
    for (const trace of [...(raw ? [raw] : []), ...traces]) {
      behind.push({ ...of, kind: 'line', points: pairs(nearRange(trace, range)), stroke: { colour, width: 1, opacity: 0.25 } });
    }
    front.push({ ...of, kind: 'line', points: pairs(near), stroke: strokeOf(mark) });
    for (const { x: at, low, high } of [...(banded ? [] : points), ...apart].filter(hasInterval)) {
      front.push({ ...of, kind: 'rule', from: [at, low], to: [at, high], stroke: { colour, width: 1, opacity: 0.7 } });
    }
    if (markers) front.push({ ...of, kind: 'points', points: pairs(points), ...symbolOf(mark) });
    if (apart.length > 0) front.push({ ...of, kind: 'points', points: pairs(apart), ...symbolOf(mark, 50, false) });
    readable.push(
      ...points.map((point) => ({ id, label, point, apart: false, aside })),
      ...apart.map((point) => ({ id, label, point, apart: true, aside })),
    );
  });
  const levels = references.map(({ label, value, dash }) => ({
    label,
    value,
    stroke: strokeOf({ colour: 'var(--ink-2)', dash }, 1),
  }));
  return {
    ...{ name, x, whole, readable },
    y: {
      ...{ label: data.yLabel, kind: data.yKind, domain: drawable(data.yKind, yDomain(data)), format: data.formatY },
      ...{ grid: true, finer: true },
    },
    marks: [
      ...behind,
      ...levels.map(({ label, value, stroke }): Mark => {
        const [from, to] = x.domain;
        return { series: label, kind: 'rule', from: [from, value], to: [to, value], stroke };
      }),
      ...front,
    ],
    clipped: range !== null,
    key: [...keyEntries(series), ...levels.map(({ label, stroke }) => ({ label, stroke, symbol: null }))],
    shape: { ratio: 0.66 },
  };
}

function pairs(points: readonly LinePoint[]): Point[] {
  return points.map(({ x, y }) => [x, y]);
}

function hasInterval(point: LinePoint): point is LinePoint & { readonly low: number; readonly high: number } {
  return point.low !== undefined && point.high !== undefined;
}

function everyPoint(series: readonly LineSeries[]): LinePoint[] {
  return series.flatMap((one) => [...one.points, ...(one.raw ?? []), ...(one.traces ?? []).flat(), ...(one.apart ?? [])]);
}

function xDomain({ series, reach = null, xValues = [] }: LinesData): XRange {
  const planned = reach === null ? [] : [0, reach];
  return extent([...everyPoint(series).map((point) => point.x), ...xValues, ...planned], [0, 1]);
}

function yDomain({ series, references, yKind, include = [], range = null }: LinesData): XRange {
  const every = everyPoint(series);
  const inside = every.filter((point) => isInside(point, range));
  const values = (inside.length > 0 ? inside : every).flatMap(({ y, low = y, high = y }) => [y, low, high]);
  const all = [...values, ...references.map((reference) => reference.value), ...include];
  if (yKind === 'log')
    return extent(
      all.filter((value) => value > 0),
      [0.1, 1],
    );
  const [low, high] = extent(all, [0, 1]);
  // Room above and below, but not below a zero that the data do not cross.
  const [bottom, top] = padded([low, high], 0.05);
  return [low >= 0 && bottom < 0 ? 0 : bottom, top];
}

/** The domain as scales have it, which widen one that cannot be drawn. */
function drawable(kind: ScaleKind, domain: XRange): [number, number] {
  return numberScale(kind, domain, [0, 1]).domain() as [number, number];
}

function extent(values: readonly number[], fallback: XRange): XRange {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : fallback;
}
