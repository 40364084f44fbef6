import { forestedRows, type Forest } from '../../experiment/grid/forest';
import type { Table } from '../../charts/export/table';
import { count } from '../format';
import { ForestPanel } from '../grid/ForestPanel';

/** The differences of a grid from its first row. */
export function EmbeddedForest({ forest }: { readonly forest: Forest }) {
  const rows = forestedRows(forest);
  const columns = rows[0]!.entries.map(({ measure }, i) => ({ measure, i }));
  return (
    <ForestPanel
      rows={rows}
      baseline={rows[0]!}
      columns={columns}
      of={`${forest.name}; ${forest.log}, ${count(forest.steps)} steps. `}
      table={(): Table => ({
        columns: ['row', 'measure', 'seeds', 'difference', '95 % low', '95 % high', 'p', 'p Holm', 'distinguishable'],
        rows: rows.flatMap(({ variant, entries }) =>
          entries.map(({ measure, values, comparison }) => [
            variant.label,
            measure.id,
            values.size,
            comparison?.difference ?? null,
            comparison?.low ?? null,
            comparison?.high ?? null,
            comparison?.p ?? null,
            comparison?.adjusted ?? null,
            comparison ? String(comparison.distinguishable) : null,
          ]),
        ),
      })}
    />
  );
}
