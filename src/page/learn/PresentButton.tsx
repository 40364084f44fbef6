import { t } from '../../words/words';
import { useEffect, useEffectEvent } from 'react';
import { endPresenting, present, usePresenting } from '../state/presenting';

/** What a key does: next step, previous step, or exit. */
const KEYS: Readonly<Record<string, 1 | -1 | 0>> = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1, Escape: 0 };

/** Starts and ends presenting, during which keys and a presenter's remote control move from step to step. */
export function PresentButton({ onMove }: { readonly onMove: (by: 1 | -1) => void }) {
  const on = usePresenting((state) => state.on);
  const move = useEffectEvent(onMove);
  useEffect(() => {
    if (!on) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const by = KEYS[event.key];
      const { target } = event;
      // A chart to draw on uses the arrow keys itself.
      if (by === undefined || (target instanceof Element && target.closest('input, select, textarea, dialog, [role="slider"]')))
        return;
      event.preventDefault();
      if (by === 0) endPresenting();
      else move(by);
    };
    // In full screen the browser handles Escape itself.
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
      {on ? t('End presenting') : t('Present')}
    </button>
  );
}
