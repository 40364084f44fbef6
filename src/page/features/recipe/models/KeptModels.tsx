import { t } from '../../../../words/words';
import { bytes } from '../../../../readings/format';
import { useExperiment } from '../../../state/run/experiment';
import { isBusy } from '../../../../runtime/experimentState';
import { useSession } from '../../../state/session/SessionContext';
import { useModels } from '../../../state/session/modelsState';
import styles from './Models.module.css';

/** What the browser stores for the next visit, how much room there is, and how to delete it. */
export function KeptModels() {
  const session = useSession();
  const kept = useModels((models) => models.kept);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const fetching = useExperiment((experiment) => experiment.fetch === 'fetching');
  if (kept === null) return null;
  return (
    <details className={styles.kept}>
      <summary>
        {t('Stored in this browser: {size}', { size: bytes(kept.groups.reduce((sum, group) => sum + group.bytes, 0)) })}
      </summary>
      {kept.groups.length > 0 && (
        <ul>
          {kept.groups.map(({ group, files, bytes: size, whole }) => (
            <li key={group}>
              <span className={styles.group} translate="no">
                {group}
              </span>
              <span className={styles.facts}>
                {whole
                  ? t('{n, plural, one {# file, {size}} other {# files, {size}}}', { n: files, size: bytes(size) })
                  : t('{n, plural, one {# file, {size}, incomplete} other {# files, {size}, incomplete}}', {
                      n: files,
                      size: bytes(size),
                    })}
              </span>
              <button
                type="button"
                className="plain"
                disabled={busy || fetching}
                aria-label={t('Delete {run}', { run: group })}
                onClick={() => {
                  session.models.remove(group);
                }}
              >
                {t('Delete')}
              </button>
            </li>
          ))}
        </ul>
      )}
      {kept.problem !== null && (
        <p className={styles.problem} role="alert">
          {kept.problem}
        </p>
      )}
      <HowLong lasting={kept.lasting} />
    </details>
  );
}

/** How long files are kept, by the browser's rules. */
function HowLong({ lasting }: { readonly lasting: boolean }) {
  const room = useModels((models) => models.room);
  const persisted = useModels((models) => models.persisted);
  if (!lasting)
    return <p className={styles.facts}>{t('This browser stores no files for this page: models are lost when it is closed.')}</p>;
  return (
    <p className={styles.facts}>
      {room !== null &&
        `${t('The page uses {used} of the {room} that the browser allows.', { used: bytes(room.usage), room: bytes(room.quota) })} `}
      {persisted === true && t('The browser keeps them until you delete them.')}
      {persisted === false && t('The browser may delete them when it needs space.')}
    </p>
  );
}
