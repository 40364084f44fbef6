import type { Folding } from './chrome';
import styles from './Panel.module.css';

/** The question of a panel, which folds it where panels can be folded. */
export function FoldTitle({ folding: { foldable, open, toggle }, title }: { readonly folding: Folding; readonly title: string }) {
  return (
    <h2 className={styles.title}>
      {foldable ? (
        <button type="button" className={styles.fold} aria-expanded={open} onClick={toggle}>
          {title}
        </button>
      ) : (
        title
      )}
    </h2>
  );
}
