import { forestedRows, type Forest } from '../../../experiment/grid/forest';
import type { Table } from '../../../charts/export/table';
import { count } from '../../../readings/format';
import { COMPARISON_COLUMNS, comparisonCells } from '../../../readings/grid/comparisonCells';
import { ForestPanel } from '../../features/experiments/grid/ForestPanel';
import { t } from '../../../words/words';

/** The differences of a grid from its first row. */
export function EmbeddedForest({ forest }: { readonly forest: Forest }) {
  const rows = forestedRows(forest);
  const { name, log, steps } = forest;
  const origin =
    steps === null ? t('{name}; {log}.', { name, log }) : t('{name}; {log}, {steps} steps.', { name, log, steps: count(steps) });
  const columns = rows[0]!.entries.map(({ measure }, i) => ({ measure, i }));
  return (
    <ForestPanel
      rows={rows}
      baseline={rows[0]!}
      columns={columns}
      of={`${origin} `}
      table={(): Table => ({
        columns: ['row', 'measure', 'seeds', ...COMPARISON_COLUMNS],
        rows: rows.flatMap(({ variant, entries }) =>
          entries.map((entry) => [variant.label, entry.measure.id, entry.values.size, ...comparisonCells(entry)]),
        ),
      })}
    />
  );
}
