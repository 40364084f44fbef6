import { useEffect, useEffectEvent, type KeyboardEvent, type RefObject } from 'react';
import { LEAST_DRAWN, useBrush, type Brushing } from '../brush/useBrush';
import { pointerIn } from '../pointer';
import type { LinePlot } from './linePlot';
import { rangeBetween, shifted, zoomed, type XRange } from '../../scene/charts/range';

export interface Zoom {
  /** Draws a range, from left to right. */
  readonly brush: Brushing;
  /** @returns whether the key was for zooming */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

/**
 * Zoom of the x axis: drag for a range, wheel with Ctrl or ⌘, double-click for all; by keyboard +, − and 0,
 * and Shift with arrows to move.
 * @param read x of the point that is read, around which keys zoom; null for the middle
 * @param onZoom undefined if the chart does not zoom
 */
export function useZoom(
  svg: RefObject<SVGSVGElement | null>,
  { axes: { x }, panel: { whole }, area }: Pick<LinePlot, 'axes' | 'panel' | 'area'>,
  range: XRange | null,
  read: number | null,
  onZoom: ((range: XRange | null) => void) | undefined,
): Zoom {
  const within = (pixel: number): number => Math.max(area.left, Math.min(area.right, pixel));
  const brush = useBrush(
    onZoom &&
      (({ left, right }) => {
        if (right - left >= LEAST_DRAWN) onZoom(rangeBetween(x.invert(left), x.invert(right), whole));
      }),
    (at) => ({ x: within(at.x), y: 0 }),
  );
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
    onKey: ({ key, shiftKey }) => {
      if (!onZoom) return false;
      const shown = range ?? whole;
      const around = read ?? (shown[0] + shown[1]) / 2;
      if (key === 'Escape' && brush.drawn !== null) brush.cancel();
      else if (key === '+' || key === '=') onZoom(zoomed(shown, around, 0.5, whole));
      else if (key === '-') onZoom(zoomed(shown, around, 2, whole));
      else if (range !== null && (key === '0' || (key === 'Escape' && read === null))) onZoom(null);
      else if (range !== null && shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
        onZoom(shifted(range, key === 'ArrowLeft' ? -0.25 : 0.25, whole));
      } else return false;
      return true;
    },
  };
}
