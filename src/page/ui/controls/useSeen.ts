import { useEffect, useRef, useState, type RefObject } from 'react';

/**
 * Whether an element has come near the viewport: a little before it is seen, but not before the page is
 * scrolled there.
 * @param rootMargin of the viewport: negative for what is worth its cost only once it is read
 */
export function useSeen<T extends Element>(rootMargin = '100px 0px'): readonly [place: RefObject<T | null>, seen: boolean] {
  const place = useRef<T>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (seen || !place.current) return;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setSeen(true);
      },
      { rootMargin },
    );
    watch.observe(place.current);
    return () => {
      watch.disconnect();
    };
  }, [seen, rootMargin]);
  return [place, seen];
}
