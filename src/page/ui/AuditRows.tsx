import type { ReactNode } from 'react';
import { message, t } from '../../words/words';
import type { AuditLevel } from '../../log/audit/check';
import styles from './Audit.module.css';

const LEVELS: Readonly<Record<AuditLevel, string>> = {
  red: message('Invalid'),
  amber: message('Mention'),
  green: message('Fine'),
};

/** One check of a log, with its level as a word. */
export function AuditRow({ level, children }: { readonly level: AuditLevel; readonly children: ReactNode }) {
  return (
    <li data-level={level}>
      <span className={styles.level}>{t(LEVELS[level])}</span>
      <div>{children}</div>
    </li>
  );
}

/** What to conclude from the checks, in a sentence. */
export function auditVerdict(audit: readonly { readonly level: AuditLevel }[]): string {
  const counted = (level: AuditLevel): number => audit.filter((finding) => finding.level === level).length;
  const [red, amber] = [counted('red'), counted('amber')];
  if (red > 0)
    return t(
      '{red, plural, one {Results would be invalid: # of {n} checks fails} other {Results would be invalid: # of {n} checks fail}}',
      { red, n: audit.length },
    );
  if (amber > 0)
    return t('No check makes results invalid; {amber} of {n} should be reported with them', { amber, n: audit.length });
  return t('Nothing found in {n} checks', { n: audit.length });
}
