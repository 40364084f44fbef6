import { t } from '../../../words/words';
import { useEffect, useEffectEvent } from 'react';
import { endPresenting, present, usePresenting } from '../../state/view/presenting';

/** What a key does: next step, previous step, or exit. */
type Moves = Readonly<Record<string, 1 | -1 | 0>>;
/** What a presenter's remote control sends: it works whatever was clicked last. */
const REMOTE: Moves = { PageDown: 1, PageUp: -1 };
const KEYS: Moves = { ArrowRight: 1, ArrowLeft: -1, Escape: 0 };

function isIn(target: EventTarget | null, parts: string): boolean {
  return target instanceof Element && target.closest(parts) !== null;
}

/** Starts and ends presenting, during which keys and a presenter's remote control move from step to step. */
export function PresentButton({ onMove }: { readonly onMove: (by: 1 | -1) => void }) {
  const on = usePresenting((state) => state.on);
  const move = useEffectEvent(onMove);
  useEffect(() => {
    if (!on) return undefined;
    const take = (event: KeyboardEvent, keys: Moves, leaves: string): void => {
      const by = keys[event.key];
      if (by === undefined || event.defaultPrevented || isIn(event.target, leaves)) return;
      event.preventDefault();
      event.stopPropagation();
      if (by === 0) endPresenting();
      else move(by);
    };
    const onRemote = (event: KeyboardEvent): void => {
      take(event, REMOTE, 'dialog');
    };
    // After charts, maps, tabs and menus, which keep the keys that they use, and before the page's shortcuts.
    const onKeyDown = (event: KeyboardEvent): void => {
      take(event, KEYS, 'dialog, input, select, textarea');
    };
    // In full screen the browser handles Escape itself.
    const onFullScreen = (): void => {
      if (document.fullscreenElement === null) endPresenting();
    };
    document.addEventListener('keydown', onRemote, { capture: true });
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('fullscreenchange', onFullScreen);
    return () => {
      document.removeEventListener('keydown', onRemote, { capture: true });
      document.removeEventListener('keydown', onKeyDown);
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
