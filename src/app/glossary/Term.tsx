import { useId, type ReactNode } from 'react';
import { TERMS, type TermId } from './terms';
import styles from './Term.module.css';

/** A word with its definition on hover and on focus. */
export function Term({ id, children }: { readonly id: TermId; readonly children: ReactNode }) {
  const tip = useId();
  return (
    <span className={styles.term} tabIndex={0} aria-describedby={tip}>
      {children}
      <span id={tip} role="tooltip" className={styles.tip}>
        {TERMS[id]}
      </span>
    </span>
  );
}
