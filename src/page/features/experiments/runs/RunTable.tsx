import { useMemo, useRef, type ReactNode } from 'react';
import { t } from '../../../../words/words';
import type { Measure } from '../../../../measures/measure';
import { useGridKeys } from '../../../ui/controls/useGridKeys';
import { useRowWindow } from '../../../ui/controls/useRowWindow';
import { WindowRows } from '../../../ui/controls/WindowRows';
import { useExperiment } from '../../../state/run/experiment';
import { openKept, showHindrance } from '../../../state/runs/openKept';
import type { RunEntry } from '../../../../readings/runs/runEntry';
import { RunRow } from './RunRow';
import { useRuns } from '../../../state/runs/runsState';
import { runPlaces, type SortKey, type TableState } from '../../../../readings/runs/runTable';
import { measureHeading } from '../../../../measures/measures';
import styles from './Runs.module.css';

interface RunTableProps {
  /** Rows in display order. */
  readonly rows: readonly RunEntry[];
  /** All saved runs in chronological order, with which a run is compared. */
  readonly entries: readonly RunEntry[];
  readonly table: TableState;
  readonly measure: Measure;
  readonly picked: ReadonlySet<string>;
  /** The run with which the others are compared. */
  readonly baseline: RunEntry | null;
  readonly onSort: (part: Pick<TableState, 'sort' | 'descending'>) => void;
  readonly onPick: (id: string) => void;
}

type Line =
  | { readonly key: string; readonly place: string; readonly runs: number }
  | { readonly key: string; readonly entry: RunEntry };

/** Pixels of a row: of one arm, and of every further one. */
const [ROW, ARM_LINE] = [62, 20];

/** One row per run, one line per arm. */
export function RunTable({ rows, entries, table, measure, picked, baseline, onSort, onPick }: RunTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const before = useMemo(() => new Map(entries.map((entry, at) => [entry.id, entries[at - 1] ?? null])), [entries]);
  const lines = useMemo(() => tableLines(rows, table.grouped), [rows, table.grouped]);
  const keys = useGridKeys({
    rows: lines.length + 1,
    onOpen: (row) => {
      const line = lines[row - 1];
      if (!line || !('entry' in line)) return;
      if (showHindrance(line.entry.id, useExperiment.getState(), useRuns.getState()) === null) void openKept(line.entry);
    },
    onPick: (row) => {
      const line = lines[row - 1];
      if (line && 'entry' in line) onPick(line.entry.id);
    },
  });
  const parts = useRowWindow(box, {
    keys: useMemo(() => lines.map(({ key }) => key), [lines]),
    estimate: (at) => {
      const line = lines[at]!;
      return 'entry' in line ? Math.max(ROW, 10 + ARM_LINE * line.entry.spec.arms.length) : 28;
    },
    kept: keys.row - 1,
  });
  const columns = baseline ? 12 : 11;
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
    <div ref={box} className={styles.scroll} role="region" aria-label={t('Saved runs')}>
      <p id="run-table-keys" className="visually-hidden">
        {t('Arrow keys move, Enter opens or presses, Space picks a run, Escape leaves what is in a cell.')}
      </p>
      <table
        {...keys.table}
        className={styles.table}
        aria-label={t('Saved runs')}
        aria-describedby="run-table-keys"
        aria-multiselectable="true"
      >
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">
              <span className="visually-hidden">{t('Pick, colour, pin, hide, baseline')}</span>
            </th>
            {heading('name', t('Name'))}
            {heading('status', t('Status'))}
            {heading('seed', t('Seed'))}
            <th scope="col">{t('Arm')}</th>
            {heading('best', t('Best {measure}', { measure: measureHeading(measure) }))}
            {heading('last', t('Last'))}
            {baseline && (
              <th scope="col" data-column="difference">
                {t('Difference')}
              </th>
            )}
            {heading('time', t('Training'))}
            {heading('when', t('When'))}
            <th scope="col">{t('Tags, notes')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('Actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <WindowRows parts={parts} columns={columns}>
            {(at) => {
              const line = lines[at]!;
              if (!('entry' in line)) {
                return (
                  <tr key={line.key} aria-rowindex={at + 2} data-row={line.key} className={styles.place}>
                    <th scope="rowgroup" colSpan={columns}>
                      <span translate="no">{line.place}</span> ·{' '}
                      {t('{n, plural, one {one run} other {# runs}}', { n: line.runs })}
                    </th>
                  </tr>
                );
              }
              const { entry } = line;
              return (
                <RunRow
                  key={entry.id}
                  index={at + 2}
                  entry={entry}
                  before={before.get(entry.id) ?? null}
                  measure={measure}
                  picked={picked.has(entry.id)}
                  baseline={baseline}
                  onPick={onPick}
                />
              );
            }}
          </WindowRows>
        </tbody>
      </table>
    </div>
  );
}

/** Rows, under the log and model that they share if there are several. */
function tableLines(rows: readonly RunEntry[], grouped: boolean): Line[] {
  const places = runPlaces(rows);
  if (!grouped || places.length < 2) return rows.map((entry) => ({ key: entry.id, entry }));
  return places.flatMap(({ key, label, rows: own }): Line[] => [
    { key, place: label, runs: own.length },
    ...own.map((entry) => ({ key: entry.id, entry })),
  ]);
}
