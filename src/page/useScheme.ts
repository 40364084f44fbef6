import { useSyncExternalStore } from 'react';
import type { Scheme } from '../charts/marks/ramp';
import { useView } from './state/view';

const QUERY = '(prefers-color-scheme: dark)';

function subscribe(onChange: () => void): () => void {
  const query = matchMedia(QUERY);
  query.addEventListener('change', onChange);
  return () => {
    query.removeEventListener('change', onChange);
  };
}

/** Light or dark, by the reader's choice or the system's. */
export function useScheme(): Scheme {
  const theme = useView((view) => view.theme);
  const systemDark = useSyncExternalStore(subscribe, () => matchMedia(QUERY).matches);
  if (theme !== 'auto') return theme;
  return systemDark ? 'dark' : 'light';
}
