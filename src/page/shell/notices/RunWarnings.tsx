import { armsOf } from '../../../readings/arms/armsOf';
import { useExperiment } from '../../state/run/experiment';
import styles from '../../ui/Notices.module.css';
import { T } from '../../../words/T';
import { t } from '../../../words/words';

/** What looks wrong about the shown run, though its numbers are finite. */
export function RunWarnings() {
  const record = useExperiment((experiment) => experiment.record);
  const warned = record === null ? [] : armsOf(record).filter((arm) => (arm.record.warnings ?? []).length > 0);
  if (warned.length === 0) return null;
  return (
    <section className={styles.notice} role="status" aria-label={t('Warnings')}>
      {warned.map(({ id, label, record: { warnings = [] } }) =>
        warnings.map(({ kind, step, text }) => (
          <p key={`${id} ${kind}`}>
            <T
              text="<b>{label}</b>, step {step}: {text}"
              values={{ label, step, text, b: (inside) => <b translate="no">{inside}</b> }}
            />
          </p>
        )),
      )}
    </section>
  );
}
