import { lazy, Suspense, useMemo, useState } from 'react';
import { t } from '../../../../words/words';
import { Checkbox } from '../../../ui/controls/Choice';
import { count } from '../../../../readings/format';
import { useRuns } from '../../../state/runs/runsState';
import { forgetGrid, gridKey, gridLabels, keepGrid, resultsOf, useGrid, type KeptGrid } from '../../../state/grid/gridState';
import { usePlanned } from './usePlanned';
import styles from './Grid.module.css';

const GridsCompared = lazy(async () => ({ default: (await import('./GridsCompared')).GridsCompared }));

/** Grids that were on the page before, to open again, and two of all against each other. */
export function KeptGrids() {
  const earlier = useGrid((grid) => grid.earlier);
  const kept = useGrid((grid) => grid.kept);
  const running = useGrid((grid) => grid.running);
  const [compared, setCompared] = useState(false);
  const all = useMemo(() => (kept === null ? earlier : [kept, ...earlier]), [kept, earlier]);
  const labels = useMemo(() => gridLabels(all), [all]);
  if (earlier.length === 0) return null;
  return (
    <section className={styles.kept} aria-labelledby="kept-grids">
      <h3 id="kept-grids" className={styles.legend}>
        {t('Earlier grids')}
      </h3>
      <ul className={styles.queue} aria-label={t('Earlier grids')}>
        {earlier.map((grid) => (
          <GridLine key={gridKey(grid)} grid={grid} label={labels[all.indexOf(grid)]!} running={running} />
        ))}
      </ul>
      {all.length > 1 && <Checkbox label={t('Compare two grids')} checked={compared} onChange={setCompared} />}
      <Suspense>{compared && all.length > 1 && <GridsCompared grids={all} labels={labels} />}</Suspense>
    </section>
  );
}

interface GridLineProps {
  readonly grid: KeptGrid;
  readonly label: string;
  /** Whether the queue of another grid runs. */
  readonly running: boolean;
}

/** Forgetting asks once: runs are kept, but the order of the queue and the notes are not. */
function GridLine({ grid, label, running }: GridLineProps) {
  const [asked, setAsked] = useState(false);
  const entries = useRuns((runs) => runs.entries);
  const cells = usePlanned(grid, label)?.plan.cells ?? [];
  const results = resultsOf(entries);
  const done = cells.filter(({ key }) => results.has(key)).length;
  const filled = { log: grid.logTitle, done: count(done), n: count(cells.length) };
  return (
    <li>
      <span className={styles.job}>
        <span translate="no">{label}</span>{' '}
        <span className={styles.note}>
          {grid.notes === ''
            ? t('{log}, {done} of {n} cells filled', filled)
            : t('{log}, {done} of {n} cells filled: {notes}', { ...filled, notes: grid.notes })}
        </span>
      </span>
      <span className={styles.buttons}>
        {asked ? (
          <>
            <button
              type="button"
              autoFocus
              onClick={() => {
                forgetGrid(gridKey(grid));
              }}
            >
              {t('Confirm delete')}
            </button>
            <button
              type="button"
              onClick={() => {
                setAsked(false);
              }}
            >
              {t('Keep')}
            </button>
          </>
        ) : (
          <>
            <button
              type="button"
              aria-label={t('Open {name}', { name: label })}
              disabled={running || cells.length === 0}
              title={
                running
                  ? t('Pause the queue first')
                  : cells.length === 0
                    ? t('This version of the page cannot read it')
                    : undefined
              }
              onClick={() => {
                keepGrid(grid);
              }}
            >
              {t('Open')}
            </button>
            <button
              type="button"
              aria-label={t('Delete {name}', { name: label })}
              onClick={() => {
                setAsked(true);
              }}
            >
              {t('Delete')}
            </button>
          </>
        )}
      </span>
    </li>
  );
}
