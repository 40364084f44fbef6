import { t } from '../../../words/words';
import type { LogIssue } from '../../../log/types';
import { count } from '../../../readings/format';
import styles from './steps/Intake.module.css';

const SHOWN = 50;

/** Log issues with their place: `clicks.csv:14 time: …`. */
export function Issues({ issues }: { readonly issues: readonly LogIssue[] }) {
  return (
    <ul className={styles.issues}>
      {issues.slice(0, SHOWN).map((issue, i) => (
        <li key={i}>
          <code translate="no">{place(issue)}</code>
          {issue.column !== undefined && <b translate="no">{issue.column}: </b>}
          {issue.message}
        </li>
      ))}
      {issues.length > SHOWN && <li>{t('… and {n} more', { n: count(issues.length - SHOWN) })}</li>}
    </ul>
  );
}

function place({ file, line }: LogIssue): string {
  return line > 0 ? `${file}:${line}` : file;
}
