import { t } from '../../../words/words';
import type { ReactNode } from 'react';
import { go } from './learnState';
import styles from './Learn.module.css';

/** The bar above a lesson, the challenges and the quiz: the way back, and the title. */
export function LearnBar({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.bar}>
      <AllLessons className="plain" />
      <span className={styles.lessonTitle}>{title}</span>
      {children}
    </div>
  );
}

/** Back to the list. */
export function AllLessons({ className }: { readonly className: string | undefined }) {
  return (
    <button
      type="button"
      className={className}
      onClick={() => {
        go({ kind: 'home' });
      }}
    >
      {t('All lessons')}
    </button>
  );
}
