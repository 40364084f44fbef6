import { t } from '../../../words/words';
import { Issues } from './Issues';
import { useIntake } from '../../state/session/intakeState';
import styles from './steps/Intake.module.css';

/** Why files are not a log, and what to do. */
export function Refused() {
  const refusal = useIntake((intake) => intake.refusal);
  if (refusal === null) return null;
  const issues = refusal.issues.filter(({ message, line }) => line > 0 || !refusal.message.includes(message));
  return (
    <section role="alert" className={styles.refused}>
      <h3>{refusal.message}</h3>
      {issues.length > 0 && <Issues issues={issues} />}
      <p>{t('The previous log stays loaded.')}</p>
    </section>
  );
}
