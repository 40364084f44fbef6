import { count } from '../format';
import { agreeTo, hostOf, newHub, useHubs } from '../models/hubs';
import { useExperiment } from '../state/experiment';
import { useKeptRun } from '../state/keptRun';
import { useSession } from '../state/SessionContext';
import styles from './Notices.module.css';

/** Offers to resume a run that a reload or a crash interrupted. */
export function KeptRunNotice() {
  const session = useSession();
  const kept = useKeptRun((state) => state.kept);
  const able = useExperiment(({ device }) => device.state === 'ready');
  const hubs = useHubs();
  if (kept === null) return null;
  const { spec, step } = kept;
  const hub = newHub(spec.model, hubs);
  return (
    <section className={styles.notice} role="status" aria-label="Interrupted run">
      <h2>A run was interrupted</h2>
      <p>
        {spec.name} had completed {count(step)} of {count(spec.training.steps)} steps. It resumes with the numbers of an
        uninterrupted run, provided that the GPU is the same.
        {hub !== null && ` Its model is requested from ${hostOf(hub)}, which you have not approved on this device.`}
      </p>
      <p className={styles.actions}>
        <button
          type="button"
          disabled={!able}
          onClick={() => {
            if (hub !== null) agreeTo(hub);
            session.goOn(spec);
          }}
        >
          {hub !== null && `Use ${hostOf(hub)} and resume`}
          {hub === null && `Resume at step ${count(step)}`}
        </button>
        <button type="button" onClick={session.dropKept}>
          Discard it
        </button>
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
    <section className={styles.notice} role="status" aria-label="GPU lost">
      <p>
        The browser lost the GPU{times > 1 && ` ${times} times`}. The run continues from{' '}
        {step === null ? 'its start' : `step ${count(step)}`} on another device; its numbers are the same.
      </p>
    </section>
  );
}
