import { count, duration } from '../../../readings/format';
import { agreeTo, hostOf, newHub, useHubs } from '../../state/kept/hubs';
import { useExperiment } from '../../state/run/experiment';
import { useKeptRun } from '../../state/run/keptRun';
import { useSession } from '../../state/session/SessionContext';
import styles from '../../ui/Notices.module.css';
import { t } from '../../../words/words';

/** Offers to resume a run that a reload or a crash interrupted. */
export function KeptRunNotice() {
  const session = useSession();
  const kept = useKeptRun((state) => state.kept);
  const able = useExperiment(({ device }) => device.state === 'ready');
  const hubs = useHubs();
  if (kept === null) return null;
  if ('problem' in kept) {
    return (
      <section className={styles.notice} role="status" aria-label={t('Interrupted run')}>
        <p>{t('A run was interrupted and cannot be resumed. {problem}', { problem: kept.problem })}</p>
        <p className={styles.actions}>
          <button type="button" onClick={session.dropKept}>
            {t('Discard it')}
          </button>
        </p>
      </section>
    );
  }
  const { spec, step, older } = kept;
  const hub = newHub(spec.model, hubs);
  return (
    <section className={styles.notice} role="status" aria-label={t('Interrupted run')}>
      <p>
        {t('{run} was interrupted at step {step} of {steps}.', {
          run: spec.name,
          step: count(step),
          steps: count(spec.training.steps),
        })}
        {older && <> {t('The checkpoint after that step is damaged or was cut off.')}</>}
        {hub !== null && (
          <> {t('Its model is requested from {hub}, which you have not approved on this device.', { hub: hostOf(hub) })}</>
        )}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          disabled={!able}
          title={t('It resumes with the numbers of an uninterrupted run, provided that the GPU is the same.')}
          onClick={() => {
            if (hub !== null) agreeTo(hub);
            session.goOn(spec);
          }}
        >
          {hub !== null && t('Use {hub} and resume', { hub: hostOf(hub) })}
          {hub === null && t('Resume at step {step}', { step: count(step) })}
        </button>
        <button type="button" className="plain" onClick={session.dropKept}>
          {t('Discard it')}
        </button>
      </p>
    </section>
  );
}

/** Says that the device of the run does not answer. It may still, so nothing is stopped. */
export function SilenceNotice() {
  const silence = useExperiment((experiment) => experiment.silence);
  if (silence === null) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('GPU silent')}>
      <p>
        {t(
          'The GPU has not answered for {waited}; before, it took {longest} at most. The run waits for it. Stop ends the run at once and keeps what was measured.',
          { waited: duration(Math.round(silence.waited)), longest: duration(Math.ceil(silence.longest)) },
        )}
      </p>
    </section>
  );
}

/** Says that the run lost its device and continued. */
export function RecoveryNotice() {
  const recovered = useExperiment((experiment) => experiment.recovered);
  if (recovered === null) return null;
  const { times, step } = recovered;
  return (
    <section className={styles.notice} role="status" aria-label={t('GPU lost')}>
      <p>
        {step === null
          ? t(
              'The browser lost the GPU{times, plural, =1 {} other { # times}}. The run continues from its start on another device; its numbers are the same.',
              { times },
            )
          : t(
              'The browser lost the GPU{times, plural, =1 {} other { # times}}. The run continues from step {step} on another device; its numbers are the same.',
              { times, step: count(step) },
            )}
      </p>
    </section>
  );
}
