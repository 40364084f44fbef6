import { message, t } from '../../../../words/words';
import type { AuditFinding } from '../../../../log/audit';
import { MOST_PER_HOUR } from '../../../../log/audit/busyUsers';
import type { LogFilters, SplitRecipe } from '../../../../recipe/logRecipe';
import { useSession } from '../../../state/session/SessionContext';
import { useIntake } from '../../../state/session/intakeState';
import { AuditRow, auditVerdict } from '../../../ui/AuditRows';
import { KnownTitles } from './KnownTitles';
import styles from '../../../ui/Audit.module.css';

/** Leaks, and what share of the targets is easy, hard or unreachable. */
export function AuditStep() {
  const checks = useIntake((intake) => intake.audit);
  const known = useIntake((intake) => intake.knownTitles);
  const audit = known === null ? checks : [...checks, known];
  const pending = useIntake((intake) => intake.pending);
  const worries = audit.filter(({ level }) => level !== 'green');
  const fine = audit.filter(({ level }) => level === 'green');
  return (
    <section aria-labelledby="intake-audit" aria-busy={pending}>
      <h3 id="intake-audit">{checks.length === 0 ? t('Looking for leaks…') : auditVerdict(audit)}</h3>
      <p className={styles.legend}>
        {t(
          'Invalid: results would be wrong; change filters or split. Mention: say it where you report results. Fine: nothing to do. The run record stores these checks, except that of titles.',
        )}
      </p>
      {checks.length > 0 && <KnownTitles />}
      <ul className={styles.audit}>
        {worries.map((finding) => (
          <Worry key={finding.id} finding={finding} />
        ))}
      </ul>
      <ul className={styles.audit} aria-label={t('Fine')}>
        {fine.map((finding) => (
          <AuditRow key={finding.id} level="green">
            {finding.message}
          </AuditRow>
        ))}
      </ul>
    </section>
  );
}

/** A check that found something, with what can be done about it. */
export function Worry({ finding }: { readonly finding: AuditFinding }) {
  const { level, message, advice, first } = finding;
  return (
    <AuditRow level={level}>
      <b>{message}</b>
      {advice !== '' && <p>{advice}</p>}
      {first.length > 0 && <p className={styles.first}>{t('First: {rows}', { rows: first.join(' · ') })}</p>}
      <Remedy finding={finding} />
    </AuditRow>
  );
}

interface RemedyChange {
  readonly label: string;
  readonly filters?: Partial<LogFilters>;
  readonly split?: SplitRecipe;
}

/** What a click can do about a check, by its ID. */
const REMEDIES: Readonly<Record<string, readonly RemedyChange[]>> = {
  'later-events': [
    { label: message('Leave out later events'), filters: { later: 'drop' } },
    { label: message('Use leave last out instead'), split: { kind: 'leave-last-out' } },
  ],
  'shared-events': [{ label: message('Leave out later events'), filters: { later: 'drop' } }],
  'later-training': [{ label: message('Use one cut-off time'), split: { kind: 'time', validation: 0.1, test: 0.1 } }],
  'busy-users': [{ label: message('Leave out users above 200 events an hour'), filters: { mostPerHour: MOST_PER_HOUR } }],
  ties: [
    { label: message('Predict the last basket'), split: { kind: 'last-basket' } },
    { label: message('Keep one event of each'), filters: { baskets: 'one' } },
  ],
  repeats: [{ label: message('Keep the first only'), filters: { repeats: 'first' } }],
};
/** If IDs replace titles. */
const NUMBERS: readonly RemedyChange[] = [{ label: message('Use random numbers'), filters: { withoutText: 'number' } }];

function Remedy({ finding: { id, level } }: { readonly finding: AuditFinding }) {
  const { intake: session } = useSession();
  if (level === 'green') return null;
  const remedies = id === 'id-order' && level === 'red' ? NUMBERS : (REMEDIES[id] ?? []);
  if (remedies.length === 0) return null;
  const buttons = remedies.map(({ label, filters, split }) => (
    <button
      key={label}
      type="button"
      className="plain"
      onClick={() => {
        if (filters !== undefined) session.changeFilters(filters);
        if (split !== undefined) session.changeSplit(split);
      }}
    >
      {t(label)}
    </button>
  ));
  return <p className={styles.remedies}>{buttons}</p>;
}
