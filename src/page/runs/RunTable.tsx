import type { ReactNode } from 'react';
import { measureHeading } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import type { RunEntry } from './runEntry';
import { RunRow } from './RunRow';
import type { SortKey, TableState } from './runTable';
import styles from './Runs.module.css';

interface RunTableProps {
  /** Rows in display order. */
  readonly rows: readonly RunEntry[];
  /** All saved runs in chronological order, with which a run is compared. */
  readonly entries: readonly RunEntry[];
  readonly table: TableState;
  readonly measure: Measure;
  readonly onSort: (part: Pick<TableState, 'sort' | 'descending'>) => void;
}

/** One row per run, one line per arm. */
export function RunTable({ rows, entries, table, measure, onSort }: RunTableProps) {
  const heading = (sort: SortKey, children: ReactNode): ReactNode => {
    const sorted = table.sort === sort;
    return (
      <th scope="col" aria-sort={sorted ? (table.descending ? 'descending' : 'ascending') : 'none'} data-column={sort}>
        <button
          type="button"
          onClick={() => {
            onSort({ sort, descending: sorted ? !table.descending : sort !== 'name' && sort !== 'seed' && sort !== 'status' });
          }}
        >
          {children}
          <span aria-hidden="true">{sorted ? (table.descending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      </th>
    );
  };
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label="Saved runs">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Colour, pin, hide</span>
            </th>
            {heading('name', 'Name')}
            {heading('status', 'Status')}
            {heading('seed', 'Seed')}
            <th scope="col">Arm</th>
            {heading('best', `Best ${measureHeading(measure)}`)}
            {heading('last', 'Last')}
            {heading('time', 'Training')}
            {heading('when', 'When')}
            <th scope="col">Tags, notes</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((entry) => (
            <RunRow key={entry.id} entry={entry} entries={entries} measure={measure} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
