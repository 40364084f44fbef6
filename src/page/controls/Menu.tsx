import { useEffect, useRef, useState, type ReactNode } from 'react';
import styles from './Menu.module.css';

export type MenuEntry = readonly [label: string, act: () => void];

interface MenuProps {
  readonly label: string;
  /** What the button shows; the label itself unless given. */
  readonly children?: ReactNode;
  readonly disabled?: boolean;
  readonly entries: readonly MenuEntry[];
}

/** A button with a list of things to do. Closes on Escape, on a choice and when the focus leaves it. */
export function Menu({ label, children, disabled = false, entries }: MenuProps) {
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) list.current?.querySelector('button')?.focus();
  }, [open]);
  return (
    <div
      className={styles.menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        setOpen(false);
        button.current?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        aria-label={label}
        aria-expanded={open}
        disabled={disabled}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {children ?? label}
      </button>
      {open && (
        <ul ref={list}>
          {entries.map(([name, act]) => (
            <li key={name}>
              <button
                type="button"
                onClick={() => {
                  setOpen(false);
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
