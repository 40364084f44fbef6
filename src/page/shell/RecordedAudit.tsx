import { t } from '../../words/words';
import { AuditRow, auditVerdict } from '../ui/AuditRows';
import auditStyles from '../ui/Audit.module.css';
import { useMeasuredRecord } from '../state/run/useFigureArms';
import styles from '../features/learn/Learn.module.css';

/** The audit that a run record holds of its log, as the dialog shows it before training. */
export function RecordedAudit() {
  const { data } = useMeasuredRecord();
  const audit = data.audit ?? [];
  return (
    <section className={styles.recorded} aria-label={t('Audit of {log}', { log: data.name })}>
      <h3>{auditVerdict(audit)}</h3>
      <ul className={auditStyles.audit}>
        {audit.map(({ id, level, message }) => (
          <AuditRow key={id} level={level}>
            {message}
          </AuditRow>
        ))}
      </ul>
    </section>
  );
}
