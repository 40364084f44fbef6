import type { Finding } from '../../log/findings';
import { placesText } from './placesText';
import styles from './Findings.module.css';

/** Oddities of a log: count, what is done, the first lines. Values from the log are shown as text. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className={styles.findings}>
      {findings.map((finding) => (
        <li key={finding.message} data-level={finding.level}>
          <b>{finding.message}</b>
          <span>{finding.done}</span>
          {finding.first.length > 0 && <code translate="no">{placesText(finding.first)}</code>}
          {finding.example !== '' && <q translate="no">{finding.example}</q>}
        </li>
      ))}
    </ul>
  );
}
