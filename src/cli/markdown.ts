/** Tables of metrics over seeds as Markdown. */
import type { Comparison } from '../evaluation/comparison';

/** A metric's value as it is shown. */
export type Shown = (value: number) => string;

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** `10.3 ± 0.6`; without the spread where there is one seed. */
export function meanText(mean: number | null, sd: number | null, shown: Shown): string {
  if (mean === null) return '–';
  return sd === null ? shown(mean) : `${shown(mean)} ± ${shown(sd)}`;
}

/** `10.3 [8.9, 11.8]`. @param oneSeed what is said in place of the difference of a single seed */
export function differenceText(comparison: Comparison | null, shown: Shown, oneSeed: string | null = null): string {
  if (comparison === null) return '–';
  const { difference, low, high, distinguishable } = comparison;
  if (low === null || high === null) return oneSeed ?? `${shown(difference)} (one seed)`;
  return `${shown(difference)} [${shown(low)}, ${shown(high)}]${distinguishable ? '' : ' not distinguishable'}`;
}
