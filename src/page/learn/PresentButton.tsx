import { useEffect, useEffectEvent } from 'react';
import { endPresenting, present, usePresenting } from '../state/presenting';

/** Where a key leads: the next step, the last one, or out. */
const KEYS: Readonly<Record<string, 1 | -1 | 0>> = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1, Escape: 0 };

/** Begins and ends presenting. While it is on, keys and a presenter's remote control go from step to step. */
export function PresentButton({ onMove }: { readonly onMove: (by: 1 | -1) => void }) {
  const on = usePresenting((state) => state.on);
  const move = useEffectEvent(onMove);
  useEffect(() => {
    if (!on) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const by = KEYS[event.key];
      const { target } = event;
      // A chart that is drawn on has use for the arrows itself.
      if (by === undefined || (target instanceof Element && target.closest('input, select, textarea, dialog, [role="slider"]')))
        return;
      event.preventDefault();
      if (by === 0) endPresenting();
      else move(by);
    };
    // The browser takes Escape for itself in full screen.
    const onFullScreen = (): void => {
      if (document.fullscreenElement === null) endPresenting();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    document.addEventListener('fullscreenchange', onFullScreen);
    return () => {
      window.removeEventListener('keydown', onKeyDown, { capture: true });
      document.removeEventListener('fullscreenchange', onFullScreen);
    };
  }, [on]);
  useEffect(() => endPresenting, []);
  return (
    <button type="button" aria-pressed={on} onClick={on ? endPresenting : present}>
      {on ? 'End presenting' : 'Present'}
    </button>
  );
}
