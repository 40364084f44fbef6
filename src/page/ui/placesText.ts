import type { FilePosition } from '../../log/intake/tally';

/** `ratings.csv:3, 7, 9`, by file. */
export function placesText(places: readonly FilePosition[]): string {
  const lines = new Map<string, number[]>();
  for (const { file, line } of places) lines.set(file, [...(lines.get(file) ?? []), line]);
  // Line 0 is the file as a whole.
  return [...lines]
    .map(([file, numbers]) => (numbers.every((line) => line === 0) ? file : `${file}:${numbers.join(', ')}`))
    .join(' · ');
}
