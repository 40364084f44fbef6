import { t } from '../../words/words';
import { AuditRow, auditVerdict } from '../intake/steps/AuditRows';
import auditStyles from '../intake/steps/Audit.module.css';
import { useMeasuredRecord } from '../figure/useFigureArms';
import styles from './Learn.module.css';

/** The audit that a run record holds of its log, worst first, as the dialog shows it before training. */
export function RecordedAudit() {
  const { data } = useMeasuredRecord();
  const audit = data.audit ?? [];
  const sorted = (['red', 'amber', 'green'] as const).flatMap((wanted) => audit.filter(({ level }) => level === wanted));
  return (
    <section className={styles.recorded} aria-label={t('Audit of {log}', { log: data.name })}>
      <h3>{auditVerdict(audit)}</h3>
      <ul className={auditStyles.audit}>
        {sorted.map(({ id, level, message }) => (
          <AuditRow key={id} level={level}>
            {message}
          </AuditRow>
        ))}
      </ul>
    </section>
  );
}
