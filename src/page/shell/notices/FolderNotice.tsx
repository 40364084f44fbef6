import { count } from '../../../readings/format';
import { chooseRunFolder, leaveRunFolder, tryFolderAgain, useRunFolder } from '../../state/runs/runFolder';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Says in every view which finished runs are not in the folder that they should be written to, and why. */
export function FolderNotice() {
  const { folder, unwritten, problem } = useRunFolder();
  if (problem === null) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('Folder of finished runs')}>
      {folder !== null && unwritten.length > 0 && (
        <p>
          {t(
            '{n, plural, one {A finished run was not written to the folder “{name}”.} other {{shown} finished runs were not written to the folder “{name}”.}}',
            { n: unwritten.length, shown: count(unwritten.length), name: folder.name },
          )}
        </p>
      )}
      <p>
        {problem} {folder !== null && t('Runs are saved in this browser as before.')}
      </p>
      <p className={styles.actions}>
        {folder !== null && (
          <button type="button" onClick={() => void tryFolderAgain()}>
            {t('Try again')}
          </button>
        )}
        <button type="button" onClick={() => void chooseRunFolder()}>
          {t('Choose another folder')}
        </button>
        {folder !== null && (
          <button type="button" onClick={() => void leaveRunFolder()}>
            {t('Write to no folder')}
          </button>
        )}
        {folder === null && (
          <button
            type="button"
            onClick={() => {
              useRunFolder.setState({ problem: null });
            }}
          >
            {t('Dismiss')}
          </button>
        )}
      </p>
    </section>
  );
}
