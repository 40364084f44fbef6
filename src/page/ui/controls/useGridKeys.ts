import { useLayoutEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from 'react';

interface GridKeysOptions {
  /** Number of rows, the headings' included. */
  readonly rows: number;
  /** What Enter does on a cell without controls. @param row from 1 */
  readonly onOpen?: (row: number) => void;
  /** What Space does on any cell. @param row from 1 */
  readonly onPick?: (row: number) => void;
}

export interface GridKeys {
  /**
   * The row that can be reached by Tab, from 0 for the headings; it has to be drawn, wherever the table is
   * scrolled.
   */
  readonly row: number;
  /** For the `<table>`; its rows have `aria-rowindex`, from 1. */
  readonly table: {
    readonly ref: RefObject<HTMLTableElement | null>;
    readonly role: 'grid';
    readonly 'aria-rowcount': number;
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onFocus: (event: FocusEvent) => void;
  };
}

const PAGE = 10;
const CONTROLS = 'button, input, select, textarea, a[href]';

/**
 * A table by keyboard, by the grid pattern of WAI-ARIA's authoring practices: Tab reaches one cell, from
 * which arrows, Home, End, Page Up and Page Down move. Enter presses a cell's only button or goes in among
 * its controls, where Tab moves on and Escape leads back.
 */
export function useGridKeys({ rows, onOpen, onPick }: GridKeysOptions): GridKeys {
  const ref = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState({ row: rows > 1 ? 1 : 0, column: 0 });
  /** Whether a key moved there, so that the focus must follow. */
  const moved = useRef(false);
  const row = Math.min(at.row, rows - 1);
  useLayoutEffect(() => {
    const cell = rove(ref.current, row, at.column);
    if (moved.current) cell?.focus();
    moved.current = false;
  });

  const go = (to: number, column: number): void => {
    const next = { row: Math.max(0, Math.min(rows - 1, to)), column: Math.max(0, column) };
    if (next.row === row && next.column === at.column) return;
    moved.current = true;
    setAt(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const cell = target.closest<HTMLElement>('th, td');
    if (!cell || event.altKey) return;
    if (target !== cell && moveInside(event.key, event.shiftKey, target, cell)) {
      event.preventDefault();
      return;
    }
    const typing = target.closest('input, select, textarea') !== null;
    if (typing || (target !== cell && (event.key === 'Enter' || event.key === ' '))) return;
    const last = cell.parentElement!.children.length - 1;
    const column = Math.min(at.column, last);
    const all = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, () => void>> = {
      ArrowUp: () => {
        go(row - 1, at.column);
      },
      ArrowDown: () => {
        go(row + 1, at.column);
      },
      ArrowLeft: () => {
        go(row, column - 1);
      },
      ArrowRight: () => {
        go(row, Math.min(last, column + 1));
      },
      PageUp: () => {
        go(Math.max(1, row - PAGE), at.column);
      },
      PageDown: () => {
        go(row + PAGE, at.column);
      },
      Home: () => {
        go(all ? 1 : row, 0);
      },
      End: () => {
        go(all ? rows - 1 : row, all ? Infinity : last);
      },
      Enter: () => {
        enter(cell, () => onOpen?.(row));
      },
      F2: () => {
        enter(cell, () => undefined);
      },
      ' ': () => {
        if (row > 0) onPick?.(row);
        else enter(cell, () => undefined);
      },
    };
    if (all && event.key !== 'Home' && event.key !== 'End') return;
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };
  const onFocus = ({ target }: FocusEvent): void => {
    const cell = target.closest('th, td');
    const here = Number(cell?.parentElement?.getAttribute('aria-rowindex')) - 1;
    if (!cell?.parentElement || !(here >= 0)) return;
    const cells = [...cell.parentElement.children];
    const column = cells.indexOf(cell);
    // A row of one cell does not forget the column.
    if (here !== row || column !== Math.min(at.column, cells.length - 1)) setAt({ row: here, column });
  };
  return { row, table: { ref, role: 'grid', 'aria-rowcount': rows, onKeyDown, onFocus } };
}

/** Makes one cell of the table, and nothing else in it, a stop of Tab. @returns that cell */
function rove(table: HTMLTableElement | null, row: number, column: number): HTMLElement | null {
  let stop: HTMLElement | null = null;
  for (const line of table?.querySelectorAll<HTMLElement>('tr[aria-rowindex]') ?? []) {
    const cells = [...line.children] as HTMLElement[];
    for (const cell of cells) {
      cell.tabIndex = -1;
      for (const control of cell.querySelectorAll<HTMLElement>(CONTROLS)) control.tabIndex = -1;
    }
    if (line.getAttribute('aria-rowindex') === String(row + 1)) stop = cells[Math.min(column, cells.length - 1)] ?? null;
  }
  if (stop) stop.tabIndex = 0;
  return stop;
}

function controlsOf(cell: HTMLElement): HTMLElement[] {
  return [...cell.querySelectorAll<HTMLElement>(CONTROLS)].filter((control) => !control.matches(':disabled'));
}

function enter(cell: HTMLElement, otherwise: () => void): void {
  const controls = controlsOf(cell);
  const [only] = controls;
  if (!only) otherwise();
  else if (controls.length === 1 && only.matches('button, input[type=radio], input[type=checkbox], a')) only.click();
  else only.focus();
}

/** @returns whether the key was for moving among a cell's controls, or out of them */
function moveInside(key: string, back: boolean, control: HTMLElement, cell: HTMLElement): boolean {
  if (key === 'Escape' || key === 'F2') {
    cell.focus();
    return true;
  }
  if (key !== 'Tab') return false;
  const controls = controlsOf(cell);
  const next = controls[controls.indexOf(control) + (back ? -1 : 1)];
  next?.focus();
  return next !== undefined;
}
