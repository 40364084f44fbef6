import { t } from '../../../../words/words';
import { count } from '../../../../readings/format';
import { useIntake } from '../../../state/session/intakeState';
import audited from '../../../ui/Audit.module.css';
import { Worry } from './AuditStep';
import { ExampleUsers } from './ExampleUsers';
import styles from './Intake.module.css';

/** Whether the log was understood, by what everybody can judge: how much there is, and what one user did. */
export function CheckStep() {
  const kept = useIntake((intake) => intake.kept);
  const pending = useIntake((intake) => intake.pending);
  const audit = useIntake((intake) => intake.audit);
  const invalid = audit.filter(({ level }) => level === 'red');
  if (kept === null) return null;
  const counts: readonly (readonly [string, number])[] = [
    [t('users'), kept.users],
    [t('items'), kept.items],
    [t('events'), kept.used],
  ];
  return (
    <section className={styles.check} aria-labelledby="intake-check" aria-busy={pending}>
      <div>
        <h3 id="intake-check">{t('Is this right?')}</h3>
        <dl className={styles.three}>
          {counts.map(([name, number]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{count(number)}</dd>
            </div>
          ))}
        </dl>
        <p className={styles.note}>{t('One user’s history as it was read, oldest first: who did what, and when.')}</p>
      </div>
      {invalid.length > 0 && (
        <ul className={audited.audit}>
          {invalid.map((finding) => (
            <Worry key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
      <ExampleUsers bare />
    </section>
  );
}
