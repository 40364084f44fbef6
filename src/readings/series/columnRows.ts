/** Minimum width of a column, in CSS pixels, in which a map and its grid are legible. */
const NARROWEST = 200;
const WIDEST = 380;

/**
 * Width of each of `count` columns in a row of `width` pixels. If they do not fit side by side, they are in
 * rows of about equal length.
 */
export function columnWidth(count: number, width: number, gap: number): number {
  const fitting = Math.max(1, Math.floor((width + gap) / (NARROWEST + gap)));
  const rows = Math.ceil(count / fitting);
  const perRow = Math.ceil(count / rows);
  return Math.max(NARROWEST, Math.min(WIDEST, Math.floor((width - gap * (perRow - 1)) / perRow)));
}
