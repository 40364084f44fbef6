import type { PointerEvent } from 'react';

/**
 * For `onPointerLeave`: ignores fingers, which leave when they are lifted, so that what they pointed at can
 * still be read.
 */
export function unlessLifted(leave: () => void): (event: PointerEvent) => void {
  return ({ pointerType }) => {
    if (pointerType !== 'touch') leave();
  };
}

/** In CSS pixels of an element that may be enlarged (theme.css: presenting and full screen). */
export interface At {
  readonly x: number;
  readonly y: number;
}

/** Of the same pixels. */
export interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Factor by which an element is drawn larger than its own pixels; 1 if the browser does not say. */
export function zoomOf(element: Element): number {
  return (element as { readonly currentCSSZoom?: number }).currentCSSZoom ?? 1;
}

/**
 * Position of a pointer in the element that handles its event, from the upper left corner, in the element's
 * own pixels.
 */
export function pointerIn({
  currentTarget,
  clientX,
  clientY,
}: {
  readonly currentTarget: Element;
  readonly clientX: number;
  readonly clientY: number;
}): At {
  const box = currentTarget.getBoundingClientRect();
  const zoom = zoomOf(currentTarget);
  return { x: (clientX - box.left) / zoom, y: (clientY - box.top) / zoom };
}
