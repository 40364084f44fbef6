/** Tables of measures over seeds as Markdown. */
import { moreDigits } from '../measures/measures';
import type { Comparison } from '../statistics/comparison';

/** A measure's value as displayed, with more digits than usual if so many are named. */
export type FormatValue = (value: number, more?: number) => string;

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The same table with rows and columns exchanged. */
export function transposedTable(table: readonly (readonly string[])[]): string[][] {
  return (table[0] ?? []).map((_, column) => table.map((row) => row[column]!));
}

/** `10.3 ± 0.6`; without the spread if there is one seed. */
export function meanText(mean: number | null, sd: number | null, shown: FormatValue): string {
  if (mean === null) return '–';
  return sd === null ? shown(mean) : `${shown(mean)} ± ${shown(sd)}`;
}

/** Explains the bold of `seedDifferenceText`. */
export const BOLD_LEGEND = '**Bold**: distinguishable; the others are not distinguishable from 0.';

/** What a table of differences shows. @param others number of rows compared with the baseline */
export function differencesLegend(baseline: string, others: number): string {
  const correction = others === 1 ? '' : ` after Holm's correction over the ${others} rows`;
  return `Paired difference from **${baseline}** with its 95 % t-interval over seeds. Distinguishable: p < 0.05 in the paired t-test${correction}, for each measure on its own. ${BOLD_LEGEND}`;
}

/**
 * `10.3 [8.9, 11.8]`, bold if it is distinguishable.
 * @param oneSeed replaces the difference of a single seed
 */
export function seedDifferenceText(comparison: Comparison | null, shown: FormatValue, oneSeed: string | null = null): string {
  if (comparison === null) return '–';
  const { n, difference, low, high, distinguishable } = comparison;
  if (low === null || high === null) return oneSeed ?? `${shown(difference)} (${n === 1 ? 'one seed' : 'no spread'})`;
  const more = distinguishable ? moreDigits({ low, high }, shown) : 0;
  const text = `${shown(difference, more)} [${shown(low, more)}, ${shown(high, more)}]`;
  return distinguishable ? `**${text}**` : text;
}
