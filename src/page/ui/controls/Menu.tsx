import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import styles from './Menu.module.css';

export type MenuEntry = readonly [label: string, act: () => void];

interface MenuProps {
  /** Name of the button and of its menu. */
  readonly label: string;
  /** The button's content; default: the label. */
  readonly children?: ReactNode;
  readonly disabled?: boolean;
  readonly entries: readonly MenuEntry[];
}

/**
 * A button with a menu, by the menu-button pattern of WAI-ARIA's authoring practices: arrow keys, Home and
 * End move, a letter goes to the next entry that starts with it, Escape returns the focus, and leaving
 * closes.
 */
export function Menu({ label, children, disabled = false, entries }: MenuProps) {
  const id = useId();
  /** The entry that gets the focus when the menu opens; null while it is closed. */
  const [first, setFirst] = useState<'first' | 'last' | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const open = first !== null;
  useEffect(() => {
    const items = itemsOf(list.current);
    if (first !== null) items.at(first === 'first' ? 0 : -1)?.focus();
  }, [first]);
  const close = (): void => {
    setFirst(null);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!open) {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      setFirst(event.key === 'ArrowDown' ? 'first' : 'last');
      return;
    }
    if (event.key === 'Tab') setFirst(null);
    else if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (moveFocus(itemsOf(list.current), event.key)) event.preventDefault();
    // The page's shortcuts do not apply here: Space chooses an entry and does not start a run.
    event.stopPropagation();
  };
  return (
    <div
      className={styles.menu}
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFirst(null);
      }}
    >
      <button
        ref={button}
        id={`${id}-button`}
        type="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? `${id}-menu` : undefined}
        disabled={disabled}
        onClick={() => {
          setFirst(open ? null : 'first');
        }}
      >
        {children ?? label}
      </button>
      {open && (
        <ul ref={list} id={`${id}-menu`} role="menu" aria-label={label}>
          {entries.map(([name, act]) => (
            <li key={name} role="none">
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                onClick={() => {
                  close();
                  act();
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function itemsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

/** @returns whether the key moves the focus */
function moveFocus(items: readonly HTMLElement[], key: string): boolean {
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = (index: number): boolean => {
    items.at(index % items.length)?.focus();
    return true;
  };
  if (key === 'ArrowDown') return to(at + 1);
  if (key === 'ArrowUp') return to(at - 1);
  if (key === 'Home') return to(0);
  if (key === 'End') return to(-1);
  if (key.length !== 1 || key === ' ') return false;
  const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  after.find((item) => item.textContent.toLowerCase().startsWith(key.toLowerCase()))?.focus();
  return true;
}
