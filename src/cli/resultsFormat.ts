/** Tables of results in formats for papers, and the options that choose among them. */
import { measuresIn, onlyMeasures, type ResultsTable } from '../paper/tables/resultsTable';
import { csvResults } from '../paper/tables/csvTable';
import { latexResults } from '../paper/tables/latexTable';
import { markdownResults } from '../paper/tables/markdownTable';
import { UsageError } from './usageError';

export const TABLE_OPTIONS = {
  format: { type: 'string' },
  measures: { type: 'string' },
  columns: { type: 'string' },
  spans: { type: 'string' },
  'no-differences': { type: 'boolean' },
} as const;

type Given = { readonly [Name in keyof typeof TABLE_OPTIONS]?: string | boolean | undefined };

/** @throws UsageError naming the option and its values */
export function chosenFormat(given: Given): ((table: ResultsTable) => string) | null {
  if (given.format === undefined) {
    const extra = (['measures', 'columns', 'spans', 'no-differences'] as const).find((name) => given[name] !== undefined);
    if (extra !== undefined) throw new UsageError(`--${extra} goes with --format latex, markdown or csv.`);
    return null;
  }
  const format = oneOf('format', given.format, ['latex', 'markdown', 'csv']);
  const layout = {
    differences: given['no-differences'] !== true,
    columns: given.columns === undefined ? null : oneOf('columns', given.columns, ['measures', 'rows']),
    spans: given.spans === undefined ? ('two' as const) : oneOf('spans', given.spans, ['one', 'two']),
  };
  return (whole) => {
    const table = given.measures === undefined ? whole : onlyMeasures(whole, measuresOf(whole, String(given.measures)));
    switch (format) {
      case 'latex':
        return latexResults(table, layout);
      case 'markdown':
        return markdownResults(table, layout);
      case 'csv':
        return csvResults(table);
    }
  };
}

function oneOf<Value extends string>(name: string, given: string | boolean, values: readonly Value[]): Value {
  const found = values.find((value) => value === given);
  if (found === undefined) throw new UsageError(`--${name}: there is no ${String(given)}; choose one of ${values.join(', ')}.`);
  return found;
}

function measuresOf(table: ResultsTable, list: string): string[] {
  const known = measuresIn(table).map(({ id }) => id);
  const ids = list.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new UsageError(`--measures: these runs have no ${unknown}; they have ${known.join(', ')}.`);
  return ids;
}
