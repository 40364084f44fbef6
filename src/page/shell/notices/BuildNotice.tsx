import { isBusy } from '../../../runtime/experimentState';
import { useOffline } from '../../state/offline/offline';
import { useExperiment } from '../../state/run/experiment';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Says that a newer build of the page is available. */
export function BuildNotice() {
  const newBuild = useOffline((offline) => offline.newBuild);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  if (!newBuild) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('New version')}>
      <p>
        {busy
          ? t('A new version of this page is here. It is used once the page is reloaded, after the run under way.')
          : t('A new version of this page is here. It is used once the page is reloaded.')}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          disabled={busy}
          onClick={() => {
            location.reload();
          }}
        >
          {t('Reload')}
        </button>
        <button
          type="button"
          onClick={() => {
            useOffline.setState({ newBuild: false });
          }}
        >
          {t('Later')}
        </button>
      </p>
    </section>
  );
}
