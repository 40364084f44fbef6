import { t } from '../../../../words/words';
import { count } from '../../../../readings/format';
import { Findings } from '../../../ui/Findings';
import { Pictures } from './Pictures';
import { useIntake } from '../../../state/session/intakeState';
import { LeftOut } from './LeftOut';
import { partName } from './words';
import styles from './Intake.module.css';

/** What was read, its oddities, and what is done about them. */
export function ReportStep() {
  const facts = useIntake((intake) => intake.facts);
  const findings = useIntake((intake) => intake.findings);
  const answered = useIntake((intake) => !intake.pending);
  if (facts === null) return null;
  return (
    <div className={styles.columns}>
      <section aria-labelledby="intake-findings">
        <h3 id="intake-findings">{t('What is unusual, and how it is handled')}</h3>
        {findings.length > 0 ? <Findings findings={findings} /> : <p>{answered ? t('Nothing.') : t('Looking…')}</p>}
      </section>
      <div>
        <Pictures />
        <section aria-labelledby="intake-read">
          <h3 id="intake-read">{t('Rows read')}</h3>
          <table className={styles.table}>
            <tbody>
              {facts.sources.map(({ name, part, rows }) => (
                <tr key={name}>
                  <th scope="row">
                    <code translate="no">{name}</code> {partName(part)}
                  </th>
                  <td>{count(rows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <LeftOut />
      </div>
    </div>
  );
}
