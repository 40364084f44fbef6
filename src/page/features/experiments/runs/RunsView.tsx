import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { T } from '../../../../words/T';
import { t } from '../../../../words/words';
import { Checkbox, Select } from '../../../ui/controls/Choice';
import { focusMain } from '../../../ui/controls/mainFocus';
import { count } from '../../../../readings/format';
import { OpenButton } from '../../../ui/controls/OpenButton';
import { OPENED, openChosen } from '../../../state/session/open';
import { useSession } from '../../../state/session/SessionContext';
import { NotesButton } from '../../../ui/print/NotesButton';
import { saveAllRuns } from '../../../state/runs/saveAllRuns';
import { RunCurves } from './RunCurves';
import type { RunEntry } from '../../../../readings/runs/runEntry';
import { RunTable } from './RunTable';
import { chooseRunFolder, hasFolders, leaveRunFolder, NO_FOLDERS, useRunFolder } from '../../../state/runs/runFolder';
import { undoDelete, useRuns } from '../../../state/runs/runsState';
import { measuresOfRuns, tableRows, type TableState } from '../../../../readings/runs/runTable';
import { baselineChoices, runsTable, tabledGroups, tabledRuns } from '../../../../readings/runs/runsTable';
import styles from './Runs.module.css';

const CompareRuns = lazy(async () => ({ default: (await import('./CompareRuns')).CompareRuns }));
const TableDialog = lazy(async () => ({ default: (await import('../../../ui/print/TableDialog')).TableDialog }));

const NONE: ReadonlySet<string> = new Set();

const FIRST: TableState = { sort: 'when', descending: true, filter: '', measure: 'hr@10', withHidden: true, grouped: true };

/** Every saved run, and actions on them. */
export function RunsView() {
  const entries = useRuns((runs) => runs.entries);
  const loaded = useRuns((runs) => runs.loaded);
  const lasting = useRuns((runs) => runs.lasting);
  const [table, setTable] = useState(FIRST);
  const [curves, setCurves] = useState(false);
  const [compared, setCompared] = useState(false);
  const [picked, setPicked] = useState<ReadonlySet<string>>(NONE);
  const baselineId = useRuns((runs) => runs.baseline);
  const measures = useMemo(() => measuresOfRuns(entries), [entries]);
  const measure = measures.find(({ id }) => id === table.measure) ?? measures[0];
  const rows = useMemo(() => tableRows(entries, table, measure?.better ?? null), [entries, table, measure]);
  const baseline = entries.find(({ id }) => id === baselineId) ?? null;
  const chosen = useMemo(() => rows.filter(({ id }) => picked.has(id)), [rows, picked]);
  const compare = chosen.length > 0 ? chosen : rows;
  const change = (part: Partial<TableState>) => {
    setTable((before) => ({ ...before, ...part }));
  };
  const pick = useCallback((id: string) => {
    setPicked((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  return (
    <section className={styles.view} aria-labelledby="runs-title">
      <div className={styles.head}>
        <h2 id="runs-title" className={styles.title}>
          {t('Runs')}
        </h2>
        <p className={styles.note}>
          {entries.length > 0 &&
            (lasting
              ? t('{n, plural, one {One run, saved in this browser.} other {# runs, saved in this browser.}}', {
                  n: entries.length,
                })
              : t(
                  '{n, plural, one {One run, saved until this page is closed: the browser stores nothing for it.} other {# runs, saved until this page is closed: the browser stores nothing for it.}}',
                  { n: entries.length },
                ))}
        </p>
        <Files />
      </div>
      <Folder />
      <Undo />
      {entries.length === 0 ? (
        <p className={styles.note}>
          {!loaded && t('Loading the saved runs…')}
          {loaded && lasting && `${t('Every run is saved here automatically.')} `}
          {loaded && t('Run an experiment, or open run files.')}
        </p>
      ) : (
        <>
          <div className={styles.controls}>
            <label className={styles.filter}>
              {t('Filter')}{' '}
              <input
                type="text"
                value={table.filter}
                placeholder={t('name, tag, arm, log…')}
                onChange={(event) => {
                  change({ filter: event.currentTarget.value });
                }}
              />
            </label>
            <Select
              label={t('Measure')}
              value={measure?.id ?? table.measure}
              options={measures.map((one) => ({ value: one.id, label: one.name }))}
              onChange={(id) => {
                change({ measure: id });
              }}
            />
            <Checkbox
              label={t('Show hidden runs')}
              checked={table.withHidden}
              onChange={(withHidden) => {
                change({ withHidden });
              }}
            />
            <Checkbox
              label={t('Group by log and model')}
              checked={table.grouped}
              onChange={(grouped) => {
                change({ grouped });
              }}
            />
            <span className={styles.note}>
              {rows.length < entries.length && t('{n} of {total} shown', { n: count(rows.length), total: count(entries.length) })}
            </span>
          </div>
          {measure && (
            <RunTable
              rows={rows}
              entries={entries}
              table={table}
              measure={measure}
              picked={picked}
              baseline={baseline}
              onSort={change}
              onPick={pick}
            />
          )}
          <div className={styles.controls}>
            <Checkbox
              label={t(
                '{n, plural, =0 {Curves of the runs shown} one {Curves of the run picked} other {Curves of the # runs picked}}',
                { n: chosen.length },
              )}
              checked={curves}
              onChange={setCurves}
            />
            <Checkbox
              label={t(
                '{n, plural, =0 {Compare the runs shown} one {Compare the run picked} other {Compare the # runs picked}}',
                { n: chosen.length },
              )}
              checked={compared}
              onChange={setCompared}
            />
            <PaperTable rows={compare} />
            <NotesButton
              title="runs"
              parts={compare.map(({ spec, notes }) => ({ heading: `${spec.name}, seed ${spec.seed}`, text: notes }))}
            />
            {picked.size > 0 && (
              <button
                type="button"
                onClick={() => {
                  setPicked(NONE);
                }}
              >
                {t('Pick none')}
              </button>
            )}
          </div>
          {curves && measure && <RunCurves rows={compare} measure={measure} />}
          <Suspense>{compared && measure && <CompareRuns rows={compare} measure={measure} />}</Suspense>
          <p className={styles.caption}>
            <T
              text="<b>Best</b>: the best value among the evaluations while training, on the sampled users, and its step: the best of several evaluations, so it is optimistic. <b>Last</b>: the last evaluation, on all users and their test targets where the run is finished. A run is one seed."
              values={{ b: (inside) => <b>{inside}</b> }}
            />{' '}
            {baseline && (
              <T
                text="<b>Difference</b>: of the last value from that of {recipe}, seed {seed}: from its arm of the same name, else its first; on the same targets, with the same model. It is of single runs, so it has no interval; the comparison has."
                values={{ recipe: baseline.spec.name, seed: String(baseline.spec.seed), b: (inside) => <b>{inside}</b> }}
              />
            )}
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
        {t('Table for a paper')}
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
  const restored = useRuns((runs) => runs.restored);
  const [first] = removed;
  const undo = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The button that deleted the run went with it.
    if (document.activeElement === document.body) undo.current?.focus();
  }, [removed]);
  return (
    <>
      {problem !== null && (
        <p className={styles.notice} role="alert">
          {problem}
        </p>
      )}
      {restored !== null && (
        <p className={styles.notice} role="status">
          {restored}
        </p>
      )}
      {first && (
        <p className={styles.notice} role="status">
          {t('{n, plural, one {Deleted “{recipe}”, seed {seed}.} other {Deleted # runs.}}', {
            n: removed.length,
            recipe: first.entry.spec.name,
            seed: String(first.entry.spec.seed),
          })}{' '}
          <button
            ref={undo}
            type="button"
            className="plain"
            onClick={() => {
              undoDelete();
              focusMain();
            }}
          >
            {t('Undo')}
          </button>
        </p>
      )}
    </>
  );
}

/** The folder to which finished runs are written, if the browser has such folders. */
function Folder() {
  const folder = useRunFolder((state) => state.folder);
  if (!hasFolders()) return <p className={styles.note}>{`${t(NO_FOLDERS)}. ${t('Save all runs as one file instead.')}`}</p>;
  return (
    <p className={styles.note}>
      {folder === null ? (
        <button type="button" className="plain" onClick={() => void chooseRunFolder()}>
          {t('Write every finished run to a folder, too')}
        </button>
      ) : (
        <T
          text="Finished runs are also written to the folder “{name}”. <change>Change it</change> <leave>Write to no folder</leave>"
          values={{
            name: folder.name,
            change: (inside) => (
              <button type="button" className="plain" onClick={() => void chooseRunFolder()}>
                {inside}
              </button>
            ),
            leave: (inside) => (
              <button type="button" className="plain" onClick={() => void leaveRunFolder()}>
                {inside}
              </button>
            ),
          }}
        />
      )}
    </p>
  );
}

function Files() {
  const session = useSession();
  const runs = useRuns(({ entries }) => entries.length);
  const packed = useRuns((state) => state.packed);
  return (
    <div className={styles.files}>
      <OpenButton
        label={t('Open run files')}
        name={t('Open run files or a collection')}
        accept={OPENED}
        onChosen={(field) => {
          openChosen(field, session);
        }}
      />
      <button
        type="button"
        disabled={packed !== null || runs === 0}
        onClick={() => {
          void saveAllRuns();
        }}
      >
        {packed === null ? t('Save all as ZIP') : t('Packing {n} of {total}…', { n: count(packed), total: count(runs) })}
      </button>
    </div>
  );
}
