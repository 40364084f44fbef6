import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { t } from '../../../words/words';
import type { InspectedItem } from '../../../record/inspection';
import { count } from '../../../readings/format';
import { useAsked } from '../../state/opening/asked';
import { addFound, searchedOf, useInspection } from '../../state/session/inspection';
import { useAsk } from '../../state/session/useAsk';
import styles from './Inspector.module.css';

const LIMIT = 12;
const SETTLED = 150;

/**
 * A search box over the catalogue: arrows choose, Enter adds, Escape closes (ARIA's combobox with a listbox).
 */
export function ItemSearch() {
  const id = useId();
  const ask = useAsk();
  const asked = useAsked();
  const searched = asked && searchedOf(asked);
  // Not the items of a log that was open before.
  const found = useInspection((inspection) => (inspection.found?.searched === searched ? inspection.found : null));
  const [text, setText] = useState('');
  const [wanted, setOpen] = useState(false);
  // An empty text finds nothing, and its list would only hide the content below.
  const open = wanted && text.trim() !== '';
  const [active, setActive] = useState(0);
  useEffect(() => {
    if (!open || ask === null) return;
    const timer = setTimeout(() => {
      ask.find(text, LIMIT);
      setActive(0);
    }, SETTLED);
    return () => {
      clearTimeout(timer);
    };
  }, [text, open, ask]);

  const items = found?.items ?? [];
  const option = (index: number): string => `${id}-option-${index}`;
  const add = (item: InspectedItem | undefined) => {
    if (!item) return;
    addFound(item);
    setText('');
    setActive(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => {
        setOpen(true);
        setActive(open ? Math.min(items.length - 1, active + 1) : 0);
      },
      ArrowUp: () => {
        setActive(Math.max(0, active - 1));
      },
      Enter: () => {
        // Not an item of the previous text, whose items are shown until this one's are found.
        if (open && found?.text === text) add(items[active]);
      },
      Escape: () => {
        setOpen(false);
      },
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  return (
    <div className={styles.search}>
      <label htmlFor={id}>{t('Add an item')}</label>
      <input
        id={id}
        type="text"
        role="combobox"
        autoComplete="off"
        placeholder={t('Search titles')}
        disabled={ask === null}
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && items.length > 0 ? option(active) : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
        }}
        onFocus={() => {
          setOpen(true);
        }}
        onBlur={() => {
          setOpen(false);
        }}
        onKeyDown={onKeyDown}
      />
      {open && (
        <div className={styles.options}>
          <ul id={`${id}-list`} role="listbox" translate="no" aria-label={t('Items found')}>
            {items.map((item, index) => (
              <li
                key={item.item}
                id={option(index)}
                role="option"
                aria-selected={index === active}
                // Pressing must not take the focus from the field, or the list would close before the click.
                onPointerDown={(event) => {
                  event.preventDefault();
                }}
                onClick={() => {
                  add(item);
                }}
              >
                <span>{item.title}</span>
                <span className={styles.category}>{item.category}</span>
              </li>
            ))}
          </ul>
          <p role="status">
            {found === null
              ? t('Reading the catalogue…')
              : found.total > items.length
                ? t('{n} of {total} items: type to narrow', { n: count(items.length), total: count(found.total) })
                : t('{n} items', { n: count(found.total) })}
          </p>
        </div>
      )}
    </div>
  );
}
