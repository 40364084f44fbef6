import { useEffect, useEffectEvent } from 'react';

/**
 * Runs an action on Escape while `active`, wherever the focus is; other handlers still apply, so that a
 * surrounding dialog closes as well.
 */
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
