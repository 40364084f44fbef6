import { useId } from 'react';
import type { PreviewQuestion, TemplatePreview } from '../../../record/templatePreview';
import { count } from '../../format';
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
        what="item"
        index={item.index}
        length={items}
        onGo={(index) => {
          onChange({ item: index });
        }}
      >
        <b>{item.title}</b>
      </Walk>
      <input
        id={id}
        type="search"
        aria-label="Find an item by its title"
        placeholder="Find another by its title"
        value={search}
        onChange={(event) => {
          onChange({ search: event.currentTarget.value });
        }}
      />
      {search.trim() !== '' && (
        <ul className={styles.found} aria-label="Items found">
          {found.map(({ index, title }) => (
            <li key={index}>
              <button
                type="button"
                onClick={() => {
                  onChange({ item: index, search: '' });
                }}
              >
                {title}
              </button>
            </li>
          ))}
          {matches > found.length && <li className={styles.note}>and {count(matches - found.length)} more</li>}
          {matches === 0 && <li className={styles.note}>No title contains these words.</li>}
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
      what="query"
      index={query.index}
      length={queries}
      onGo={(index) => {
        onChange({ query: index });
      }}
    >
      <b>{query.text}</b>
    </Walk>
  );
}

interface WalkProps {
  readonly what: string;
  readonly index: number;
  readonly length: number;
  readonly onGo: (index: number) => void;
  readonly children: React.ReactNode;
}

/** Steps through a list, wrapping around. */
function Walk({ what, index, length, onGo, children }: WalkProps) {
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
    <div className={styles.walk} role="group" aria-label={`Example ${what}`}>
      {button(`Previous ${what}`, '‹', -1)}
      <span>
        {children}
        <small>
          {what} {count(index + 1)} of {count(length)}
        </small>
      </span>
      {button(`Next ${what}`, '›', 1)}
    </div>
  );
}
