import { message, t } from '../../../../words/words';
import { useId } from 'react';
import type { PreviewQuestion, TemplatePreview } from '../../../../record/templatePreview';
import { count } from '../../../../readings/format';
import styles from './Templates.module.css';

type Asked = Partial<PreviewQuestion>;

interface ExampleProps {
  readonly preview: TemplatePreview;
  readonly search: string;
  readonly onChange: (part: Asked) => void;
}

/** Chooses the item shown: the previous one, the next, or another by words of its title. */
export function ExampleChoice({ preview: { item, items, found, matches }, search, onChange }: ExampleProps) {
  const id = useId();
  return (
    <div className={styles.example}>
      <Walk
        kind="item"
        index={item.index}
        length={items}
        onGo={(index) => {
          onChange({ item: index });
        }}
      >
        <b translate="no">{item.title}</b>
      </Walk>
      <input
        id={id}
        type="search"
        aria-label={t('Find an item by its title')}
        placeholder={t('Find another by its title')}
        value={search}
        onChange={(event) => {
          onChange({ search: event.currentTarget.value });
        }}
      />
      {search.trim() !== '' && (
        <ul className={styles.found} aria-label={t('Items found')}>
          {found.map(({ index, title }) => (
            <li key={index}>
              <button
                type="button"
                onClick={() => {
                  onChange({ item: index, search: '' });
                }}
              >
                <span translate="no">{title}</span>
              </button>
            </li>
          ))}
          {matches > found.length && <li className={styles.note}>{t('and {n} more', { n: count(matches - found.length) })}</li>}
          {matches === 0 && <li className={styles.note}>{t('No title contains these words.')}</li>}
        </ul>
      )}
    </div>
  );
}

/** Chooses the query shown. */
export function QueryChoice({ preview: { query, queries }, onChange }: Omit<ExampleProps, 'search'>) {
  if (query === null) return null;
  return (
    <Walk
      kind="query"
      index={query.index}
      length={queries}
      onGo={(index) => {
        onChange({ query: index });
      }}
    >
      <b translate="no">{query.text}</b>
    </Walk>
  );
}

interface WalkProps {
  readonly kind: 'item' | 'query';
  readonly index: number;
  readonly length: number;
  readonly onGo: (index: number) => void;
  readonly children: React.ReactNode;
}

const WALKS = {
  item: { example: message('Example item'), previous: message('Previous item'), next: message('Next item') },
  query: { example: message('Example query'), previous: message('Previous query'), next: message('Next query') },
} as const;

/** Steps through a list, wrapping around. */
function Walk({ kind, index, length, onGo, children }: WalkProps) {
  const words = WALKS[kind];
  const button = (label: string, sign: string, step: number) => (
    <button
      type="button"
      aria-label={label}
      disabled={length < 2}
      onClick={() => {
        onGo((index + step + length) % length);
      }}
    >
      {sign}
    </button>
  );
  return (
    <div className={styles.walk} role="group" aria-label={t(words.example)}>
      {button(t(words.previous), '‹', -1)}
      <span>
        {children}
        <small>
          {kind === 'item'
            ? t('item {n} of {length}', { n: count(index + 1), length: count(length) })
            : t('query {n} of {length}', { n: count(index + 1), length: count(length) })}
        </small>
      </span>
      {button(t(words.next), '›', 1)}
    </div>
  );
}
