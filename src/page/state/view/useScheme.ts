import { useSyncExternalStore } from 'react';
import type { Scheme } from '../../../scene/marks/ramp';
import { useView } from './view';

const QUERY = '(prefers-color-scheme: dark)';

function subscribe(onChange: () => void): () => void {
  const query = matchMedia(QUERY);
  query.addEventListener('change', onChange);
  return () => {
    query.removeEventListener('change', onChange);
  };
}

let printing = false;

function subscribeToPrinting(onChange: () => void): () => void {
  const become = (now: boolean) => (): void => {
    printing = now;
    onChange();
  };
  const [before, after] = [become(true), become(false)];
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
  return () => {
    removeEventListener('beforeprint', before);
    removeEventListener('afterprint', after);
  };
}

/** Light or dark, by the reader's choice or the system's; paper is always light. */
export function useScheme(): Scheme {
  const theme = useView((view) => view.theme);
  const systemDark = useSyncExternalStore(subscribe, () => matchMedia(QUERY).matches);
  const onPaper = useSyncExternalStore(subscribeToPrinting, () => printing);
  if (onPaper) return 'light';
  if (theme !== 'auto') return theme;
  return systemDark ? 'dark' : 'light';
}
