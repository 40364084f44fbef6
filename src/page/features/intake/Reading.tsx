import type { ReactNode } from 'react';
import { t } from '../../../words/words';
import { bytes, count } from '../../../readings/format';
import { useSession } from '../../state/session/SessionContext';
import { isRead, useIntake } from '../../state/session/intakeState';
import styles from './steps/Intake.module.css';

/** Content that needs the files to be read; until then progress, with a button to stop. */
export function Reading({ children }: { readonly children: ReactNode }) {
  const { intake: session } = useSession();
  const busy = useIntake((intake) => intake.busy);
  const step = useIntake((intake) => intake.step);
  const read = useIntake(isRead);
  const progress = useIntake((intake) => intake.progress);
  if (read) return children;
  if (busy !== 'reading') {
    return (
      <p className={styles.waiting}>
        {t('The files have not been read yet.')}{' '}
        <button
          type="button"
          onClick={() => {
            session.goTo(step);
          }}
        >
          {t('Read them')}
        </button>
      </p>
    );
  }
  return (
    <div className={styles.waiting}>
      <label htmlFor="intake-progress">{progress === null ? t('Reading…') : t('Reading {file}', { file: progress.file })}</label>
      <progress id="intake-progress" max={progress?.total ?? 1} value={progress?.done ?? 0} />
      {progress !== null && (
        <p>
          {t('{done} of {total} · {events} events', {
            done: bytes(progress.done),
            total: bytes(progress.total),
            events: count(progress.events),
          })}
        </p>
      )}
      <button type="button" onClick={session.cancelReading}>
        {t('Stop reading')}
      </button>
    </div>
  );
}
