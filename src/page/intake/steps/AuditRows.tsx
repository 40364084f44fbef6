import type { ReactNode } from 'react';
import type { AuditLevel } from '../../../log/audit/check';
import styles from './Audit.module.css';

const LEVELS: Readonly<Record<AuditLevel, string>> = { red: 'Red', amber: 'Amber', green: 'Green' };

/** One check of a log, with its level as a word. */
export function AuditRow({ level, children }: { readonly level: AuditLevel; readonly children: ReactNode }) {
  return (
    <li data-level={level}>
      <span className={styles.level}>{LEVELS[level]}</span>
      <div>{children}</div>
    </li>
  );
}

/** What to conclude from the checks, in a sentence. */
export function auditVerdict(audit: readonly { readonly level: AuditLevel }[]): string {
  const counted = (level: AuditLevel): number => audit.filter((finding) => finding.level === level).length;
  const [red, amber] = [counted('red'), counted('amber')];
  if (red > 0) return `Results would be invalid: ${red} of ${audit.length} checks ${red === 1 ? 'is' : 'are'} red`;
  if (amber > 0) return `No check makes results invalid; ${amber} of ${audit.length} should be reported with them`;
  return `Nothing found in ${audit.length} checks`;
}
