import { forestedRows, type Forest } from '../../experiment/grid/forest';
import type { Table } from '../../charts/export/table';
import { count } from '../format';
import { COMPARISON_COLUMNS, comparisonCells } from '../grid/comparisonCells';
import { ForestPanel } from '../grid/ForestPanel';
import { t } from '../../words/words';

/** The differences of a grid from its first row. */
export function EmbeddedForest({ forest }: { readonly forest: Forest }) {
  const rows = forestedRows(forest);
  const columns = rows[0]!.entries.map(({ measure }, i) => ({ measure, i }));
  return (
    <ForestPanel
      rows={rows}
      baseline={rows[0]!}
      columns={columns}
      of={`${t('{name}; {log}, {steps} steps.', { name: forest.name, log: forest.log, steps: count(forest.steps) })} `}
      table={(): Table => ({
        columns: ['row', 'measure', 'seeds', ...COMPARISON_COLUMNS],
        rows: rows.flatMap(({ variant, entries }) =>
          entries.map((entry) => [variant.label, entry.measure.id, entry.values.size, ...comparisonCells(entry)]),
        ),
      })}
    />
  );
}
