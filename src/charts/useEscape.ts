import { useEffect, useEffectEvent } from 'react';

/** Does something on Escape while `active`, wherever the focus is; the key keeps its other uses: a dialog around it closes all the same. */
export function useEscape(active: boolean, act: () => void): void {
  const onEscape = useEffectEvent(act);
  useEffect(() => {
    if (!active) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onEscape();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKeyDown, { capture: true });
    };
  }, [active]);
}
