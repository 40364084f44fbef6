import { isBusy } from '../../runtime/experimentState';
import { useOffline } from '../offline/offline';
import { useExperiment } from '../state/experiment';
import styles from './Notices.module.css';

/** Says that a newer build of the page is available. */
export function BuildNotice() {
  const newBuild = useOffline((offline) => offline.newBuild);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  if (!newBuild) return null;
  return (
    <section className={styles.notice} role="status" aria-label="New version">
      <p>A new version of this page is here. It is used once the page is reloaded{busy && ', after the run under way'}.</p>
      <p className={styles.actions}>
        <button
          type="button"
          disabled={busy}
          onClick={() => {
            location.reload();
          }}
        >
          Reload
        </button>
        <button
          type="button"
          onClick={() => {
            useOffline.setState({ newBuild: false });
          }}
        >
          Later
        </button>
      </p>
    </section>
  );
}
