import { useRef, type KeyboardEvent } from 'react';
import { t } from '../../../words/words';
import type { InspectedItem } from '../../../record/inspection';
import { setHistory } from '../../state/session/inspection';
import { Picture } from '../../ui/pictures/Picture';
import styles from './Inspector.module.css';

/** The history, oldest first: Delete removes an item, Alt with arrow keys moves it. */
export function HistoryList({ items, seen }: { readonly items: readonly InspectedItem[]; readonly seen: number }) {
  const list = useRef<HTMLOListElement>(null);
  const focus = (index: number) => {
    // After the list has been rendered again.
    requestAnimationFrame(() => {
      list.current?.querySelectorAll<HTMLElement>('li')[Math.max(0, index)]?.focus();
    });
  };
  const remove = (index: number) => {
    setHistory(items.toSpliced(index, 1));
    focus(Math.min(index, items.length - 2));
  };
  const move = (index: number, by: -1 | 1) => {
    const to = index + by;
    const item = items[index];
    if (!item || to < 0 || to >= items.length) return;
    setHistory(items.toSpliced(index, 1).toSpliced(to, 0, item));
    focus(to);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const act = () => {
      if (event.key === 'Delete' || event.key === 'Backspace') remove(index);
      else if (event.altKey && event.key === 'ArrowLeft') move(index, -1);
      else if (event.altKey && event.key === 'ArrowRight') move(index, 1);
      else if (event.key === 'ArrowLeft') focus(index - 1);
      else if (event.key === 'ArrowRight') focus(Math.min(items.length - 1, index + 1));
      else return false;
      return true;
    };
    if (event.target !== event.currentTarget || !act()) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ol ref={list} className={styles.history} aria-label={t('History, oldest first')}>
      {items.map((item, index) => (
        <li
          // An item may occur twice.
          key={`${item.item} ${items.slice(0, index).filter((other) => other.item === item.item).length}`}
          tabIndex={0}
          data-unseen={index < items.length - seen || undefined}
          title={item.category}
          aria-keyshortcuts="Delete Alt+ArrowLeft Alt+ArrowRight"
          onKeyDown={(event) => {
            onKeyDown(event, index);
          }}
        >
          <button
            type="button"
            tabIndex={-1}
            aria-label={t('Move {item} earlier', { item: item.title })}
            disabled={index === 0}
            onClick={() => {
              move(index, -1);
            }}
          >
            ‹
          </button>
          <span translate="no">
            {item.pixels && <Picture pixels={item.pixels} />} {item.title}
          </span>
          <button
            type="button"
            tabIndex={-1}
            aria-label={t('Move {item} later', { item: item.title })}
            disabled={index === items.length - 1}
            onClick={() => {
              move(index, 1);
            }}
          >
            ›
          </button>
          <button
            type="button"
            tabIndex={-1}
            aria-label={t('Remove {item}', { item: item.title })}
            onClick={() => {
              remove(index);
            }}
          >
            ×
          </button>
        </li>
      ))}
    </ol>
  );
}
