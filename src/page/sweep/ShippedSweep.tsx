import { useEffect, useRef } from 'react';
import { SweepPanel } from './SweepPanel';
import { loadShippedSweep, useShippedSweep } from './shippedSweep';
import styles from './Sweep.module.css';

/** The site's finding over learning rates; nothing where the site has none. */
export function ShippedSweep() {
  const shipped = useShippedSweep((state) => state.shipped);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) void loadShippedSweep();
      },
      // A little ahead of being seen, and not before the page is scrolled.
      { rootMargin: '100px 0px' },
    );
    watch.observe(place.current);
    return () => {
      watch.disconnect();
    };
  }, []);
  return (
    <div ref={place} className={styles.place}>
      {shipped.state === 'here' && <SweepPanel sweep={shipped.sweep} name="Over the learning rate" own={false} />}
      {shipped.state === 'unreadable' && <p>The findings over learning rates could not be read. {shipped.reason}</p>}
    </div>
  );
}
