import { t } from '../../../../words/words';
import type { FileTransfer, Transfer } from '../../../../record/runEvents';
import { EMBEDDED_MODEL } from '../../../../recipe/runSpec';
import { bytes, duration } from '../../../../readings/format';
import { useExperiment } from '../../../state/run/experiment';
import { isBusy } from '../../../../runtime/experimentState';
import { check, useRecipe } from '../../../state/recipe/recipe';
import { useSession } from '../../../state/session/SessionContext';
import { comesFromHub, hubQuestion, newHub, useHubs } from '../../../state/kept/hubs';
import { useModels } from '../../../state/session/modelsState';
import styles from './Models.module.css';

/**
 * The download of the recipe's model: files with their bytes, speed, time left, and buttons to stop and to
 * continue.
 */
export function Download() {
  const fetch = useExperiment((experiment) => experiment.fetch);
  const transfer = useExperiment((experiment) => experiment.transfer);
  const failure = useModels((models) => models.failure);
  return (
    <div className={styles.download}>
      {transfer !== null && fetch !== 'none' && !(fetch === 'here' && transfer.model === EMBEDDED_MODEL) && (
        <Files transfer={transfer} here={fetch === 'here'} />
      )}
      {transfer !== null && <Homeless transfer={transfer} />}
      {fetch === 'failed' && failure !== null && (
        <p className={styles.problem} role="alert">
          {failure.message} {failure.advice}
        </p>
      )}
      {fetch === 'cancelled' && (
        <p className={styles.facts}>{isStored(transfer) ? t('Cancelled; what has arrived is stored.') : t('Cancelled.')}</p>
      )}
      <Action />
    </div>
  );
}

function isStored(transfer: Transfer | null): boolean {
  return transfer !== null && transfer.files.length > 0 && transfer.files.every(({ kept }) => kept);
}

/** Download, cancel or continue, whichever applies. */
function Action() {
  const session = useSession();
  const draft = useRecipe((recipe) => recipe.draft);
  const fetch = useExperiment((experiment) => experiment.fetch);
  const shown = useExperiment((experiment) => experiment.transfer?.model);
  const loaded = useExperiment((experiment) => experiment.model?.id);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const hubs = useHubs();
  const { spec } = check(draft);
  if (fetch === 'fetching') {
    return (
      <button type="button" onClick={busy ? session.stop : session.models.cancel}>
        {t('Cancel')}
      </button>
    );
  }
  if (busy || spec === null || !comesFromHub(spec.model) || loaded === spec.model.id) return null;
  const begun = shown === spec.model.id && (fetch === 'cancelled' || fetch === 'failed');
  const asked = newHub(spec.model, hubs);
  return (
    <button
      type="button"
      disabled={asked !== null}
      title={asked === null ? undefined : hubQuestion(asked)}
      onClick={() => {
        session.models.fetch(spec.model);
      }}
    >
      {begun ? t('Resume') : t('Download {model}', { model: spec.model.id })}
    </button>
  );
}

function Files({ transfer, here }: { readonly transfer: Transfer; readonly here: boolean }) {
  const { model, files, bytesPerSecond, secondsLeft } = transfer;
  const network = files.some(({ origin }) => origin === 'network');
  return (
    <details open={!here || undefined}>
      <summary>
        <span translate="no">{model}:</span>{' '}
        {here
          ? network
            ? t('downloaded')
            : t('from this browser or disk')
          : network
            ? t('downloading')
            : t('reading from this browser or disk')}
        {!here && network && bytesPerSecond !== null && ` ${t('at {speed}/s', { speed: bytes(bytesPerSecond) })}`}
        {!here && secondsLeft !== null && `, ${t('{time} left', { time: duration(secondsLeft) })}`}
      </summary>
      <ul aria-label={t('Files of {dataset}', { dataset: model })}>
        {files.map((file) => (
          <FileLine key={file.file} file={file} />
        ))}
      </ul>
    </details>
  );
}

/** Files for which the browser had no room. */
function Homeless({ transfer: { files } }: { readonly transfer: Transfer }) {
  const homeless = files.filter(({ origin, kept }) => origin === 'network' && !kept);
  if (homeless.length === 0) return null;
  const size = bytes(homeless.reduce((sum, { done }) => sum + done, 0));
  return (
    <p className={styles.problem}>
      {t(
        'The browser has no room for {files} ({size}): held in memory only and downloaded again on the next visit. Deleting stored models makes room.',
        { files: homeless.map(({ file }) => file).join(', '), size },
      )}
    </p>
  );
}

function FileLine({ file: { file, done, total, origin } }: { readonly file: FileTransfer }) {
  return (
    <li>
      <span className={styles.group} translate="no">
        {file}
      </span>
      <span className={styles.facts}>
        {total === 0 || done >= total ? bytes(done) : t('{done} of {total}', { done: bytes(done), total: bytes(total) })}
        {origin === 'cache' && `, ${t('already here')}`}
      </span>
      {total > 0 && done < total && <progress value={done} max={total} aria-label={file} />}
    </li>
  );
}
