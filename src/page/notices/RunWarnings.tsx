import { armsOf } from '../figure/armsOf';
import { useExperiment } from '../state/experiment';
import styles from './Notices.module.css';

/** What looks wrong about the shown run, though its numbers are finite. */
export function RunWarnings() {
  const record = useExperiment((experiment) => experiment.record);
  const warned = record === null ? [] : armsOf(record).filter((arm) => (arm.record.warnings ?? []).length > 0);
  if (warned.length === 0) return null;
  return (
    <section className={styles.notice} role="status" aria-label="Warnings">
      {warned.map(({ id, label, record: { warnings = [] } }) =>
        warnings.map(({ kind, step, text }) => (
          <p key={`${id} ${kind}`}>
            <b>{label}</b>, step {step}: {text}
          </p>
        )),
      )}
    </section>
  );
}
