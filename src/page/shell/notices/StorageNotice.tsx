import { useState } from 'react';
import { useGrid } from '../../state/grid/gridState';
import { isBusy } from '../../../runtime/experimentState';
import { useRuns } from '../../state/runs/runsState';
import { useExperiment } from '../../state/run/experiment';
import { useLocal } from '../../state/kept/local';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/**
 * Says in every view what the browser does not store, and why: storage was denied, is full or broken, or
 * belongs to a newer version of the page.
 */
export function StorageNotice() {
  const { keeps, newer } = useLocal();
  const said = useUnkept();
  const [dismissed, setDismissed] = useState('');
  if (newer) {
    return (
      <section className={styles.notice} role="status" aria-label={t('Newer version')}>
        <p>
          {t(
            'A newer version of this page has been opened in this browser. To leave what it saved as it is, this tab saves nothing from now on. Save what you need as files, then reload.',
          )}
        </p>
        <p className={styles.actions}>
          <button
            type="button"
            onClick={() => {
              location.reload();
            }}
          >
            {t('Reload')}
          </button>
        </p>
      </section>
    );
  }
  const all = [...(keeps ? [] : [t('Recipe, view and other choices last until the page is closed.')]), ...said];
  if (all.length === 0 || all.join('\n') === dismissed) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('Not saved')}>
      <h2>{t('Not saved in this browser')}</h2>
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
          {t('Dismiss')}
        </button>
      </p>
    </section>
  );
}

function useUnkept(): string[] {
  const { lasting, loaded, problem: runs, unkept } = useRuns();
  const grid = useGrid((state) => state.unkept);
  const log = useExperiment((experiment) => experiment.logUnkept);
  const resumable = useExperiment(({ checkpoint }) => unkept && checkpoint?.problem === null);
  const run = useExperiment(({ checkpoint, phase }) => (isBusy(phase) ? (checkpoint?.problem ?? null) : null));
  return [
    ...(loaded && !lasting ? [t('Runs last until the page is closed. Save them as files.')] : []),
    ...(runs === null ? [] : [runs]),
    ...(resumable
      ? [t('The last checkpoint of the run that has ended is kept until the next run: the next visit can resume it there.')]
      : []),
    ...(grid === null ? [] : [t('The grid and its queue: {grid}', { grid })]),
    ...(log === null ? [] : [t('The opened log: {log} Open it again at the next visit.', { log })]),
    ...(run === null ? [] : [t('The run under way: {run} It is lost when the page is closed.', { run })]),
  ];
}
