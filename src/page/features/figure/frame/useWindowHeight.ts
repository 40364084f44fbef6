import { useSyncExternalStore } from 'react';

/** The window's height in pixels. */
export function useWindowHeight(): number {
  return useSyncExternalStore(subscribe, () => innerHeight);
}

function subscribe(changed: () => void): () => void {
  addEventListener('resize', changed);
  return () => {
    removeEventListener('resize', changed);
  };
}
