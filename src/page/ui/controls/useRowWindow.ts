import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { rowWindow, type RowPart } from './rowWindow';

/** Number of rows from which only those are drawn that are seen. */
const MANY = 100;
/** Pixels of scrolling after which rows are drawn anew. */
const STRIDE = 200;

interface RowWindowOptions {
  /** Of every row, in order; drawn rows have it as `data-row`. */
  readonly keys: readonly string[];
  /** Height in pixels of a row that was not drawn yet. */
  readonly estimate: (index: number) => number;
  /** Index of a row that is drawn in any case. */
  readonly kept: number;
}

/**
 * Rows of a table that scrolls in a box of its own: all of them, or those that are seen if there are many.
 * @param box the element that scrolls
 */
export function useRowWindow(box: RefObject<HTMLElement | null>, { keys, estimate, kept }: RowWindowOptions): readonly RowPart[] {
  const many = keys.length > MANY;
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());
  const observer = useRef<ResizeObserver>(null);
  useEffect(() => {
    const element = box.current;
    if (!element || !many) return;
    const look = (): void => {
      const next = { top: STRIDE * Math.floor(element.scrollTop / STRIDE), height: element.clientHeight + STRIDE };
      setSeen((before) => (before.top === next.top && before.height === next.height ? before : next));
    };
    element.addEventListener('scroll', look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, [box, many]);
  useEffect(() => {
    if (!many) return;
    observer.current = new ResizeObserver((entries) => {
      setHeights((before) => measured(before, entries));
    });
    return () => {
      observer.current?.disconnect();
      observer.current = null;
    };
  }, [many]);
  // After every render, since rows come and go with scrolling; one that is observed already is not observed
  // twice.
  useLayoutEffect(() => {
    for (const row of box.current?.querySelectorAll('tr[data-row]') ?? []) observer.current?.observe(row);
  });
  if (!many) return keys.map((_, index) => index);
  return rowWindow(
    keys.map((key, index) => heights.get(key) ?? estimate(index)),
    seen.top,
    seen.height,
    kept,
  );
}

function measured(before: ReadonlyMap<string, number>, entries: readonly ResizeObserverEntry[]): ReadonlyMap<string, number> {
  const changed = entries.flatMap(({ target, borderBoxSize }) => {
    const key = target.getAttribute('data-row');
    const height = borderBoxSize[0]?.blockSize ?? 0;
    // A row that was removed has no height.
    return key !== null && height > 0 && before.get(key) !== height ? [[key, height] as const] : [];
  });
  return changed.length === 0 ? before : new Map([...before, ...changed]);
}
