/** The part of the x axis that a chart shows. Pure. */
import type { LinePoint } from './series';

export type XRange = readonly [low: number, high: number];

/** Of the whole axis: less would show nothing. */
const NARROWEST = 1 / 20_000;

/** Whether a point is shown; without a range all are. */
export function isInside({ x }: Pick<LinePoint, 'x'>, range: XRange | null): boolean {
  return range === null || (x >= range[0] && x <= range[1]);
}

/** Points in the range, and the ones next to it on both sides, to which lines lead. */
export function nearRange(points: readonly LinePoint[], range: XRange | null): readonly LinePoint[] {
  if (range === null) return points;
  const first = points.findIndex(({ x }) => x >= range[0]);
  const last = points.findLastIndex(({ x }) => x <= range[1]);
  return first === -1 || last === -1 ? [] : points.slice(Math.max(0, Math.min(first, last) - 1), Math.max(first, last) + 2);
}

/** A range between two values, within the whole axis; null if it is all of it. */
export function rangeBetween(a: number, b: number, [low, high]: XRange): XRange | null {
  const least = NARROWEST * (high - low);
  const middle = (a + b) / 2;
  const half = Math.max(Math.abs(b - a), least) / 2;
  const range: XRange = [Math.max(low, middle - half), Math.min(high, middle + half)];
  return range[0] <= low && range[1] >= high ? null : range[1] - range[0] < least / 2 ? null : range;
}

/** The range made narrower (`factor` below 1) or wider around a value that stays where it is. */
export function zoomed(range: XRange, around: number, factor: number, whole: XRange): XRange | null {
  return rangeBetween(around - (around - range[0]) * factor, around + (range[1] - around) * factor, whole);
}

/** The range moved by a share of its width, up to the end of the axis. */
export function shifted([low, high]: XRange, share: number, whole: XRange): XRange | null {
  const by = Math.max(whole[0] - low, Math.min(whole[1] - high, share * (high - low)));
  return rangeBetween(low + by, high + by, whole);
}
