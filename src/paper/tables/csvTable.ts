/** A table of results as rows for programs: one per row and measure, unrounded, with the tests. */
import { toCsv, type TableCell, type Table } from '../../charts/export/table';
import { rankedTargets } from '../../record/poolSizes';
import type { Comparison } from '../../statistics/comparison';
import { placesOf, type ResultsTable } from './resultsTable';

const COLUMNS = [
  ...[
    'group',
    'row',
    'rate',
    'measure',
    'better',
    'seeds',
    'mean',
    'sd',
    'place',
    'baseline',
    'difference',
    '95 % low',
    '95 % high',
  ],
  ...['p', 'p Holm', 'distinguishable', 'test', 'correction', 'targets', 'ranked targets', 'by seed'],
] as const;

/** Values and differences in the measure's own unit: shares from 0 to 1. */
export function resultRows({ groups }: ResultsTable): Table {
  const rows = groups.flatMap(({ heading, baseline, rows: own, family = own.length - 1 }) =>
    own.flatMap(({ id, label, rate, entries, facts }) =>
      entries.map(({ measure, values, mean, sd, comparison }, index): TableCell[] => [
        heading,
        label,
        rate,
        measure.id,
        measure.better,
        values.size,
        mean,
        sd,
        placesOf(own, index)[own.findIndex((one) => one.id === id)] ?? null,
        own.find((one) => one.id === baseline)?.label ?? null,
        ...comparisonCells(comparison, family),
        [...new Set(facts.targets)].join('; '),
        rankedTargets(facts.onlyGiven),
        [...values].map(([seed, value]) => `${seed}: ${value}`).join('; '),
      ]),
    ),
  );
  return { columns: COLUMNS, rows };
}

function comparisonCells(comparison: Comparison | null, family: number): TableCell[] {
  if (comparison === null) return Array<null>(8).fill(null);
  const { difference, low, high, p, adjusted, distinguishable, n } = comparison;
  const tested = p === null ? null : `paired t, two-sided, over ${n} seeds`;
  return [difference, low, high, p, adjusted, String(distinguishable), tested, p === null ? null : `Holm over ${family} rows`];
}

export function csvResults(table: ResultsTable): string {
  return toCsv(resultRows(table));
}
