import { t } from '../../../../words/words';
import { count } from '../../../../readings/format';
import { REASONS } from '../../../../log/intake/reasons';
import { useIntake } from '../../../state/session/intakeState';
import { placesText } from '../../../ui/placesText';
import styles from './Intake.module.css';

/** Every row of events: in the log, or left out under one reason. */
export function LeftOut() {
  const kept = useIntake((intake) => intake.kept);
  const pending = useIntake((intake) => intake.pending);
  if (kept === null) return null;
  return (
    <section aria-labelledby="intake-rows" aria-busy={pending}>
      <h3 id="intake-rows">{t('Rows of events')}</h3>
      <table className={styles.table} aria-labelledby="intake-rows">
        <tbody>
          <tr>
            <th scope="row">{t('read')}</th>
            <td>{count(kept.read)}</td>
          </tr>
          {kept.leftOut.map(({ reason, rows, first }) => (
            <tr key={reason}>
              <th scope="row">
                {t(REASONS[reason].text)} <code translate="no">{placesText(first)}</code>
              </th>
              <td>{`−${count(rows)}`}</td>
            </tr>
          ))}
          <tr className={styles.sum}>
            <th scope="row">{t('in the log')}</th>
            <td>{count(kept.used)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}
