import { useRef, useState, type PointerEvent } from 'react';
import { pointerIn, type At, type Rectangle } from '../pointer';

/** Pixels that a pointer moves before it draws. */
export const LEAST_DRAWN = 6;

export interface Brushing {
  /** What is being drawn. */
  readonly drawn: Rectangle | null;
  readonly onPointerDown: (event: PointerEvent) => void;
  /** @returns whether a rectangle is being drawn, so that nothing is read */
  readonly onPointerMove: (event: PointerEvent) => boolean;
  /** For the chart's `<svg>` as they are. */
  readonly ends: { readonly onPointerUp: (event: PointerEvent) => void; readonly onPointerCancel: () => void };
  /** Draws no further; nothing was drawn. */
  readonly cancel: () => void;
}

/**
 * Drawing a rectangle in a chart by dragging.
 * @param onDrawn called when the pointer is lifted; undefined if nothing can be drawn
 * @param placed where a position of the pointer counts, such as inside the chart's area; default: where it is
 */
export function useBrush(
  onDrawn: ((drawn: Rectangle, event: PointerEvent) => void) | undefined,
  placed: (at: At) => At = (at) => at,
): Brushing {
  const from = useRef<At | null>(null);
  const [drawn, setDrawn] = useState<Rectangle | null>(null);
  const cancel = (): void => {
    from.current = null;
    setDrawn(null);
  };
  return {
    drawn,
    onPointerDown: (event) => {
      if (onDrawn && event.button === 0) from.current = placed(pointerIn(event));
    },
    onPointerMove: (event) => {
      if (from.current === null) return false;
      const [a, b] = [from.current, placed(pointerIn(event))];
      if (drawn === null) {
        if (Math.hypot(b.x - a.x, b.y - a.y) < LEAST_DRAWN) return false;
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      setDrawn({
        left: Math.min(a.x, b.x),
        right: Math.max(a.x, b.x),
        top: Math.min(a.y, b.y),
        bottom: Math.max(a.y, b.y),
      });
      return true;
    },
    ends: {
      onPointerUp: (event) => {
        cancel();
        if (drawn) onDrawn?.(drawn, event);
      },
      onPointerCancel: cancel,
    },
    cancel,
  };
}
