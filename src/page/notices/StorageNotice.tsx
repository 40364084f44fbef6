import { useState } from 'react';
import { useGrid } from '../grid/gridState';
import { isBusy } from '../../runtime/experimentState';
import { useRuns } from '../runs/runsState';
import { useExperiment } from '../state/experiment';
import { useLocal } from '../state/local';
import styles from './Notices.module.css';

/** Says in every view what the browser does not store, and why: storage was denied, is full or broken, or belongs to a newer version of the page. */
export function StorageNotice() {
  const { keeps, newer } = useLocal();
  const said = useUnkept();
  const [dismissed, setDismissed] = useState('');
  if (newer) {
    return (
      <section className={styles.notice} role="status" aria-label="Newer version">
        <p>
          A newer version of this page has been opened in this browser. To leave what it saved as it is, this tab saves nothing
          from now on. Save what you need as files, then reload.
        </p>
        <p className={styles.actions}>
          <button
            type="button"
            onClick={() => {
              location.reload();
            }}
          >
            Reload
          </button>
        </p>
      </section>
    );
  }
  const all = [...(keeps ? [] : ['Recipe, view and other choices last until the page is closed.']), ...said];
  if (all.length === 0 || all.join('\n') === dismissed) return null;
  return (
    <section className={styles.notice} role="status" aria-label="Not saved">
      <h2>Not saved in this browser</h2>
      {all.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            setDismissed(all.join('\n'));
          }}
        >
          Dismiss
        </button>
      </p>
    </section>
  );
}

function useUnkept(): string[] {
  const { lasting, loaded, problem: runs } = useRuns();
  const grid = useGrid((state) => state.unkept);
  const log = useExperiment((experiment) => experiment.logUnkept);
  const run = useExperiment(({ checkpoint, phase }) => (isBusy(phase) ? (checkpoint?.problem ?? null) : null));
  return [
    ...(loaded && !lasting ? ['Runs last until the page is closed. Save them as files.'] : []),
    ...(runs === null ? [] : [runs]),
    ...(grid === null ? [] : [`The grid and its queue: ${grid}`]),
    ...(log === null ? [] : [`The opened log: ${log} Open it again at the next visit.`]),
    ...(run === null ? [] : [`The run under way: ${run} It is lost when the page is closed.`]),
  ];
}
