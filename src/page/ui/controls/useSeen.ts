import { useEffect, useRef, useState, type RefObject } from 'react';

/** Whether an element has come near the viewport: a little before it is seen, but not before the page is scrolled there. */
export function useSeen<T extends Element>(): readonly [place: RefObject<T | null>, seen: boolean] {
  const place = useRef<T>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || !place.current) return;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setSeen(true);
      },
      { rootMargin: '100px 0px' },
    );
    watch.observe(place.current);
    return () => {
      watch.disconnect();
    };
  }, [seen]);
  return [place, seen];
}
