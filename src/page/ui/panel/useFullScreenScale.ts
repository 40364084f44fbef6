import { useEffect, useState, type RefObject } from 'react';

/** Vertical padding of a panel in full screen. */
const PADDING = 64;

/**
 * The factor by which a panel's charts must be higher to fill the screen in full screen; 1 otherwise.
 * @param body the element with the charts; the rest of the panel keeps its height
 */
export function useFullScreenScale(panel: RefObject<HTMLElement | null>, body: RefObject<HTMLElement | null>): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const measure = (): void => {
      if (!panel.current || !body.current || document.fullscreenElement !== panel.current) {
        setScale(1);
        return;
      }
      const rest = [...panel.current.children].reduce(
        (sum, child) => (child === body.current ? sum : sum + child.getBoundingClientRect().height),
        0,
      );
      setScale((before) => {
        const height = body.current!.getBoundingClientRect().height / before;
        return Math.max(1, (innerHeight - PADDING - rest - 32) / height);
      });
    };
    document.addEventListener('fullscreenchange', measure);
    return () => {
      document.removeEventListener('fullscreenchange', measure);
    };
  }, [panel, body]);
  return scale;
}
