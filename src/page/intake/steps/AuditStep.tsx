import type { AuditFinding } from '../../../log/audit';
import type { AuditLevel } from '../../../log/audit/check';
import type { LogFilters, SplitRecipe } from '../../../recipe/logRecipe';
import { useSession } from '../../state/SessionContext';
import { useIntake } from '../intakeState';
import styles from './Audit.module.css';

const LEVELS: Readonly<Record<AuditLevel, string>> = { red: 'Red', amber: 'Amber', green: 'Green' };

/** Leaks, and what share of the targets is easy, hard or unreachable. */
export function AuditStep() {
  const audit = useIntake((intake) => intake.audit);
  const pending = useIntake((intake) => intake.pending);
  return (
    <section aria-labelledby="intake-audit" aria-busy={pending}>
      <h3 id="intake-audit">What this log and its split can show</h3>
      <p className={styles.legend}>
        Red: results would be invalid. Amber: report it with the results. Green: no problem. The run record keeps the audit.
      </p>
      {audit.length === 0 && <p>Looking…</p>}
      <ul className={styles.audit}>
        {audit.map((finding) => (
          <li key={finding.id} data-level={finding.level}>
            <span className={styles.level}>{LEVELS[finding.level]}</span>
            <div>
              <b>{finding.message}</b>
              {finding.advice !== '' && <p>{finding.advice}</p>}
              <Remedy finding={finding} />
              {finding.first.length > 0 && finding.level !== 'green' && <code>{finding.first.join(' · ')}</code>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface RemedyChange {
  readonly label: string;
  readonly filters?: Partial<LogFilters>;
  readonly split?: SplitRecipe;
}

/** What a click can do about a check, by its id. */
const REMEDIES: Readonly<Record<string, readonly RemedyChange[]>> = {
  'later-events': [
    { label: 'Leave out later events', filters: { later: 'drop' } },
    { label: 'Use leave last out instead', split: { kind: 'leave-last-out' } },
  ],
  'shared-events': [{ label: 'Leave out later events', filters: { later: 'drop' } }],
  'busy-users': [{ label: 'Leave them out', filters: { mostPerHour: 200 } }],
  ties: [{ label: 'Last basket', split: { kind: 'last-basket' } }],
  repeats: [{ label: 'Keep the first only', filters: { repeats: 'first' } }],
};
/** Where ids stand in for titles. */
const NUMBERS: readonly RemedyChange[] = [{ label: 'Use random numbers', filters: { withoutText: 'number' } }];

function Remedy({ finding: { id, level } }: { readonly finding: AuditFinding }) {
  const { intake: session } = useSession();
  if (level === 'green') return null;
  const remedies = id === 'id-order' && level === 'red' ? NUMBERS : (REMEDIES[id] ?? []);
  return remedies.map(({ label, filters, split }) => (
    <button
      key={label}
      type="button"
      className="plain"
      onClick={() => {
        if (filters !== undefined) session.changeFilters(filters);
        if (split !== undefined) session.changeSplit(split);
      }}
    >
      {label}
    </button>
  ));
}
