/** Words of the intake. Pure. */
import type { Place } from '../../data/intake/tally';

/** `ratings.csv:3, 7, 9`, files apart. */
export function placesText(places: readonly Place[]): string {
  const lines = new Map<string, number[]>();
  for (const { file, line } of places) lines.set(file, [...(lines.get(file) ?? []), line]);
  return [...lines].map(([file, numbers]) => `${file}:${numbers.join(', ')}`).join(' · ');
}
