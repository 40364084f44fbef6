import { lazy, Suspense, useMemo, useState } from 'react';
import { saveFile } from '../../charts/export/saveFile';
import { Check, Select } from '../controls/Choice';
import { count } from '../format';
import { OpenButton } from '../opening/OpenButton';
import { packRuns } from './archive';
import { RunCurves } from './RunCurves';
import type { RunEntry } from './runEntry';
import { RunTable } from './RunTable';
import { undoDelete, useRuns, withRecords } from './runsState';
import { measuresOfRuns, tableRows, type TableState } from './runTable';
import { baselineChoices, runsTable, tabledGroups, tabledRuns } from './runsTable';
import styles from './Runs.module.css';

const CompareRuns = lazy(async () => ({ default: (await import('./CompareRuns')).CompareRuns }));
const TableDialog = lazy(async () => ({ default: (await import('../paper/TableDialog')).TableDialog }));

const FIRST: TableState = { sort: 'when', descending: true, filter: '', measure: 'hr@10', withHidden: true };

/** Every saved run, and actions on them. */
export function RunsView() {
  const entries = useRuns((runs) => runs.entries);
  const loaded = useRuns((runs) => runs.loaded);
  const lasting = useRuns((runs) => runs.lasting);
  const [table, setTable] = useState(FIRST);
  const [curves, setCurves] = useState(false);
  const [compared, setCompared] = useState(false);
  const rows = tableRows(entries, table);
  const change = (part: Partial<TableState>) => {
    setTable((before) => ({ ...before, ...part }));
  };
  const measures = measuresOfRuns(entries);
  const measure = measures.find(({ id }) => id === table.measure) ?? measures[0];
  return (
    <section className={styles.view} aria-labelledby="runs-title">
      <div className={styles.head}>
        <h2 id="runs-title" className={styles.title}>
          Runs
        </h2>
        <p className={styles.note}>
          {entries.length === 0 ? '' : `${entries.length === 1 ? 'One run' : `${count(entries.length)} runs`}, saved `}
          {entries.length > 0 && (lasting ? 'in this browser.' : 'until this page is closed: the browser stores nothing for it.')}
        </p>
        <Files />
      </div>
      <Undo />
      {entries.length === 0 ? (
        <p className={styles.note}>
          {!loaded && 'Loading the saved runs…'}
          {loaded && lasting && 'Every run is saved here automatically. '}
          {loaded && 'Run an experiment, or open run files.'}
        </p>
      ) : (
        <>
          <div className={styles.controls}>
            <label className={styles.filter}>
              Filter{' '}
              <input
                type="text"
                value={table.filter}
                placeholder="name, tag, arm, log…"
                onChange={(event) => {
                  change({ filter: event.currentTarget.value });
                }}
              />
            </label>
            <Select
              label="Measure"
              value={measure?.id ?? table.measure}
              options={measures.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(id) => {
                change({ measure: id });
              }}
            />
            <Check
              label="Show hidden runs"
              checked={table.withHidden}
              onChange={(withHidden) => {
                change({ withHidden });
              }}
            />
            <span className={styles.note}>
              {rows.length < entries.length && `${count(rows.length)} of ${count(entries.length)} shown`}
            </span>
          </div>
          {measure && <RunTable rows={rows} entries={entries} table={table} measure={measure} onSort={change} />}
          <div className={styles.controls}>
            <Check label="Curves of the runs shown" checked={curves} onChange={setCurves} />
            <Check label="Compare the runs shown" checked={compared} onChange={setCompared} />
            <PaperTable rows={rows} />
          </div>
          {curves && measure && <RunCurves rows={rows} measure={measure} />}
          <Suspense>{compared && measure && <CompareRuns rows={rows} measure={measure} />}</Suspense>
          <p className={styles.caption}>
            <b>Best</b>: the best value among the evaluations while training, on the sampled users, and its step: the best of
            several evaluations, so it is optimistic. <b>Last</b>: the last evaluation, on all users and their test targets where
            the run is finished. A run is one seed.
          </p>
        </>
      )}
    </section>
  );
}

/** The finished runs among those shown as a table of results: recipes over their seeds. */
function PaperTable({ rows }: { readonly rows: readonly RunEntry[] }) {
  const [open, setOpen] = useState(false);
  const groups = useMemo(() => (open ? tabledGroups(rows) : []), [open, rows]);
  return (
    <>
      <button
        type="button"
        disabled={tabledRuns(rows).length === 0}
        onClick={() => {
          setOpen(true);
        }}
      >
        Table for a paper
      </button>
      <Suspense>
        {open && (
          <TableDialog
            tableAgainst={(baseline) => runsTable(groups, baseline)}
            baselines={baselineChoices(groups)}
            onClose={() => {
              setOpen(false);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

/** The last deletion, until the next one. */
function Undo() {
  const removed = useRuns((runs) => runs.removed);
  const problem = useRuns((runs) => runs.problem);
  const [first] = removed;
  return (
    <>
      {problem !== null && (
        <p className={styles.notice} role="alert">
          {problem}
        </p>
      )}
      {first && (
        <p className={styles.notice} role="status">
          Deleted {removed.length === 1 ? `“${first.entry.spec.name}”, seed ${first.entry.spec.seed}` : `${removed.length} runs`}.{' '}
          <button type="button" className="plain" onClick={undoDelete}>
            Undo
          </button>
        </p>
      )}
    </>
  );
}

function Files() {
  const entries = useRuns((runs) => runs.entries);
  const [busy, setBusy] = useState(false);
  const saveAll = async () => {
    setBusy(true);
    try {
      saveFile('karma-runs.zip', new Blob([await packRuns(await withRecords(entries))], { type: 'application/zip' }));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.files}>
      <OpenButton label="Open run files" name="Open run files or a collection" />
      <button
        type="button"
        disabled={busy || entries.length === 0}
        onClick={() => {
          void saveAll();
        }}
      >
        {busy ? 'Packing…' : 'Save all as ZIP'}
      </button>
    </div>
  );
}
