import type { PointerEvent } from 'react';

/** For `onPointerLeave`: a finger leaves when it is lifted, and what it pointed at is read then; other pointers leave. */
export function unlessLifted(leave: () => void): (event: PointerEvent) => void {
  return ({ pointerType }) => {
    if (pointerType !== 'touch') leave();
  };
}
