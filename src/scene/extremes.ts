/**
 * Fewer points that look the same: the lowest and the highest of every stretch are kept, so that a spike of
 * one step survives. Pure.
 */

/**
 * Indices of the first and the last value between `from` and `to`, and of the lowest and the highest of each
 * stretch between them, in order; all indices if there are no more than `most`. Values that are not numbers
 * (a loss that diverged) are neither.
 * @param to exclusive
 */
export function extremeIndices(values: ArrayLike<number>, most: number, from = 0, to = values.length): number[] {
  const length = to - from;
  if (length <= most) return Array.from({ length: Math.max(0, length) }, (_, i) => from + i);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const inner = length - 2;
  const kept = [from];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const start = from + 1 + Math.floor((stretch * inner) / stretches);
    const end = from + 1 + Math.floor(((stretch + 1) * inner) / stretches);
    let [low, high] = [start, start];
    for (let i = start; i < end; i++) {
      if (!(values[i]! >= values[low]!)) low = i;
      if (!(values[i]! <= values[high]!)) high = i;
    }
    if (end > start) kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  kept.push(to - 1);
  return kept;
}

/** `extremeIndices` of points by their y. */
export function withExtremes<P extends { readonly y: number }>(points: readonly P[], most: number): readonly P[] {
  if (points.length <= most) return points;
  const ys = points.map(({ y }) => y);
  return extremeIndices(ys, most).map((i) => points[i]!);
}
