import { t } from '../../../words/words';
import { needsSweep, runsOf, type Lesson } from '../../../learn/lesson';
import { recordedLabel } from '../../../recipe/recordedLabel';
import { useShippedSweep } from '../../state/opening/shippedSweep';
import { loadRun, useLoading, useEvidenceRuns } from './evidenceState';
import styles from './Learn.module.css';

/** What is loading, and what could not be loaded. */
export function LoadingLine({ lessons }: { readonly lessons: readonly Lesson[] }) {
  const runs = useEvidenceRuns((state) => state.runs);
  const shipped = useShippedSweep();
  const needed = [...new Set(lessons.flatMap(runsOf))];
  const failed = needed.flatMap((id) => {
    const run = runs.get(id);
    return run?.state === 'failed' ? [{ id, reason: run.reason }] : [];
  });
  const waiting = useLoading(lessons);
  return (
    <>
      {waiting && (
        <p role="status" className={styles.waiting}>
          {t('Loading the recorded run…')}
        </p>
      )}
      {failed.map(({ id, reason }) => (
        <p key={id} role="alert">
          {t('The recorded run {run} could not be had. {reason}', { run: recordedLabel(id), reason })}{' '}
          <button
            type="button"
            onClick={() => {
              void loadRun(id);
            }}
          >
            {t('Try again')}
          </button>
        </p>
      ))}
      {lessons.some(needsSweep) && (shipped.state === 'absent' || shipped.state === 'unreadable') && (
        <p role="alert">
          {shipped.state === 'unreadable'
            ? t('The findings over learning rates could not be had: {reason}.', { reason: shipped.reason })
            : t('The findings over learning rates could not be had.')}
        </p>
      )}
    </>
  );
}
