import { openHostedRun } from '../../state/opening/linkedRun';
import { setOpening, useOpening } from '../../state/opening/openingState';
import { listed } from '../../../readings/format';
import { HostedRunQuestion } from './HostedRunQuestion';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/**
 * Notes on the link that the page was opened with: a run of another site, a shortened run, parts that could
 * not be read.
 */
export function LinkNotice() {
  const problems = useOpening((opening) => opening.linkProblems);
  const hosted = useOpening((opening) => opening.hostedRun);
  const cut = useOpening((opening) => opening.cut);
  return (
    <>
      {hosted !== null && (
        <HostedRunQuestion
          url={hosted.url}
          onAnswer={(open) => {
            setOpening({ hostedRun: null });
            if (open) void openHostedRun(hosted.url, hosted.view);
          }}
        />
      )}
      {problems.length > 0 && (
        <section className={styles.notice} role="alert" aria-label={t('The link')}>
          {problems.map((problem) => (
            <p key={problem}>{problem}</p>
          ))}
          <p className={styles.actions}>
            <button
              type="button"
              onClick={() => {
                setOpening({ linkProblems: [] });
              }}
            >
              {t('Dismiss')}
            </button>
          </p>
        </section>
      )}
      {cut.length > 0 && (
        <section className={styles.notice} role="status" aria-label={t('A run in a link')}>
          <p>{t('This run came in the link, shortened to fit. It is without {cut}.', { cut: listed(cut) })}</p>
          <p className={styles.actions}>
            <button
              type="button"
              onClick={() => {
                setOpening({ cut: [] });
              }}
            >
              {t('Dismiss')}
            </button>
          </p>
        </section>
      )}
    </>
  );
}
