import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

interface HostedRunQuestionProps {
  readonly url: string;
  readonly onAnswer: (open: boolean) => void;
}

/** Asked before anything is requested from another site. */
export function HostedRunQuestion({ url, onAnswer }: HostedRunQuestionProps) {
  const { host } = new URL(url);
  return (
    <section className={styles.notice} role="status" aria-label={t('A run of another site')}>
      <h2>{t('Load the run from {host}?', { host })}</h2>
      <p>
        {t(
          'The link names a run at {url}. That server would see your network address; nothing else is sent. Nothing has been requested yet.',
          { url },
        )}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          onClick={() => {
            onAnswer(true);
          }}
        >
          {t('Load it')}
        </button>
        <button
          type="button"
          onClick={() => {
            onAnswer(false);
          }}
        >
          {t('Do not load it')}
        </button>
      </p>
    </section>
  );
}
