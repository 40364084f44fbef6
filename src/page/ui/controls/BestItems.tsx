import type { ReactNode } from 'react';
import styles from './BestItems.module.css';

interface BestItem {
  readonly title: ReactNode;
  readonly score: number;
  /** Whether it is the item that came next. */
  readonly hit: boolean;
}

interface BestItemsProps {
  readonly name?: string;
  /** Best first. */
  readonly items: readonly BestItem[];
  /** The mark of the item that came next. */
  readonly hit: string;
}

/** A model's best items with their scores. */
export function BestItems({ name, items, hit }: BestItemsProps) {
  return (
    <ol className={styles.top} aria-label={name}>
      {items.map((item, place) => (
        <li key={place} data-hit={item.hit || undefined}>
          <span>{place + 1}</span>
          {item.title}
          {item.hit && <em>{hit}</em>}
          <span className={styles.score}>{item.score.toFixed(2)}</span>
        </li>
      ))}
    </ol>
  );
}
