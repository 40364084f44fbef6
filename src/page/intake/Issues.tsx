import type { LogIssue } from '../../log/types';
import { count } from '../format';
import styles from './Intake.module.css';

const SHOWN = 50;

/** Log issues with their place: `clicks.csv:14 time: …`. */
export function Issues({ issues }: { readonly issues: readonly LogIssue[] }) {
  return (
    <ul className={styles.issues}>
      {issues.slice(0, SHOWN).map((issue, i) => (
        <li key={i}>
          <code>{place(issue)}</code>
          {issue.column !== undefined && <b>{issue.column}: </b>}
          {issue.message}
        </li>
      ))}
      {issues.length > SHOWN && <li>… and {count(issues.length - SHOWN)} more</li>}
    </ul>
  );
}

function place({ file, line }: LogIssue): string {
  return line > 0 ? `${file}:${line}` : file;
}
