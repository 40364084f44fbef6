import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { pointerIn } from '../pointer';
import type { LinePlot } from './linePlot';
import { rangeBetween, shifted, zoomed, type XRange } from './range';

export interface Zoom {
  /** Pixels between which a range is being drawn. */
  readonly brush: readonly [number, number] | null;
  readonly onPointerDown: (event: PointerEvent<SVGSVGElement>) => void;
  /** @returns whether a range is being drawn, so that nothing is read */
  readonly onPointerMove: (event: PointerEvent<SVGSVGElement>) => boolean;
  readonly onPointerUp: () => void;
  /** @returns whether the key was for zooming */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/** Pixels that a pointer moves before it draws a range. */
const LEAST = 6;

/**
 * Zoom of the x axis: drag for a range, wheel with Ctrl or ⌘, double-click for all; by keyboard +, − and 0, and Shift with arrows to move.
 * @param read x of the point that is read, around which keys zoom; null for the middle
 * @param onZoom undefined if the chart does not zoom
 */
export function useZoom(
  svg: RefObject<SVGSVGElement | null>,
  { x, whole, area }: Pick<LinePlot, 'x' | 'whole' | 'area'>,
  range: XRange | null,
  read: number | null,
  onZoom: ((range: XRange | null) => void) | undefined,
): Zoom {
  const from = useRef<number | null>(null);
  const [brush, setBrush] = useState<readonly [number, number] | null>(null);
  const within = (pixel: number): number => Math.max(area.left, Math.min(area.right, pixel));
  const wheel = useEffectEvent((event: WheelEvent) => {
    if (!onZoom || !(event.ctrlKey || event.metaKey) || !svg.current) return;
    event.preventDefault();
    const at = x.invert(within(pointerIn({ currentTarget: svg.current, clientX: event.clientX, clientY: event.clientY }).x));
    onZoom(zoomed(range ?? whole, at, 2 ** (Math.max(-50, Math.min(50, event.deltaY)) / 50), whole));
  });
  // React's handler would be passive: the page would be enlarged, too.
  useEffect(() => {
    const element = svg.current;
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element?.removeEventListener('wheel', wheel);
    };
  });
  return {
    brush,
    onPointerDown: (event) => {
      if (onZoom && event.button === 0) from.current = within(pointerIn(event).x);
    },
    onPointerMove: (event) => {
      if (from.current === null) return false;
      const to = within(pointerIn(event).x);
      if (brush === null && Math.abs(to - from.current) < LEAST) return false;
      if (brush === null) event.currentTarget.setPointerCapture(event.pointerId);
      setBrush([Math.min(from.current, to), Math.max(from.current, to)]);
      return true;
    },
    onPointerUp: () => {
      from.current = null;
      setBrush(null);
      if (brush && brush[1] - brush[0] >= LEAST) onZoom?.(rangeBetween(x.invert(brush[0]), x.invert(brush[1]), whole));
    },
    onKey: ({ key, shiftKey }) => {
      if (!onZoom) return false;
      const shown = range ?? whole;
      const around = read ?? (shown[0] + shown[1]) / 2;
      if (key === 'Escape' && brush !== null) {
        from.current = null;
        setBrush(null);
      } else if (key === '+' || key === '=') onZoom(zoomed(shown, around, 0.5, whole));
      else if (key === '-') onZoom(zoomed(shown, around, 2, whole));
      else if (range !== null && (key === '0' || (key === 'Escape' && read === null))) onZoom(null);
      else if (range !== null && shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
        onZoom(shifted(range, key === 'ArrowLeft' ? -0.25 : 0.25, whole));
      } else return false;
      return true;
    },
  };
}
