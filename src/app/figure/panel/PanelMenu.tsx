import { useEffect, useRef, useState } from 'react';
import styles from './Panel.module.css';

interface PanelMenuProps {
  readonly drawn: boolean;
  readonly tableOpen: boolean;
  readonly onTable: () => void;
  readonly onSave: (kind: 'svg' | 'png' | 'csv') => void;
  readonly onFullScreen: () => void;
}

/** What one can do with a figure. Closes on Escape, on a choice and when the focus leaves it. */
export function PanelMenu({ drawn, tableOpen, onTable, onSave, onFullScreen }: PanelMenuProps) {
  const [open, setOpen] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (open) list.current?.querySelector('button')?.focus();
  }, [open]);
  const entries: readonly (readonly [string, () => void])[] = [
    [tableOpen ? 'Hide data table' : 'Data table', onTable],
    [
      'CSV',
      () => {
        onSave('csv');
      },
    ],
    ...(drawn
      ? ([
          [
            'SVG',
            () => {
              onSave('svg');
            },
          ],
          [
            'PNG',
            () => {
              onSave('png');
            },
          ],
        ] as const)
      : []),
    ...(document.fullscreenEnabled ? [['Full screen', onFullScreen] as const] : []),
  ];
  return (
    <div
      className={styles.menu}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        type="button"
        aria-label="Options"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        ⋯
      </button>
      {open && (
        <ul ref={list}>
          {entries.map(([label, act]) => (
            <li key={label}>
              <button
                type="button"
                onClick={() => {
                  setOpen(false);
                  act();
                }}
              >
                {label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
