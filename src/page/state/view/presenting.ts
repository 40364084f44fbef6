/**
 * Presenting: one lesson or figure on a projector, enlarged and with nothing around it (theme.css:
 * `data-presenting`).
 */
import { useEffect, useEffectEvent } from 'react';
import { create } from '../store';

export const usePresenting = create<{ readonly on: boolean }>()(() => ({ on: false }));

/** Fills the screen if the browser allows it, otherwise only the window. */
export function present(): void {
  set(true);
  if (document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => undefined);
}

export function endPresenting(): void {
  if (!usePresenting.getState().on) return;
  set(false);
  if (document.fullscreenElement === document.documentElement) void document.exitFullscreen();
}

function set(on: boolean): void {
  usePresenting.setState({ on });
  document.documentElement.toggleAttribute('data-presenting', on);
}

/** What a key does: next step, previous step, or exit. */
type Moves = Readonly<Record<string, 1 | -1 | 0>>;
/** What a presenter's remote control sends: it works whatever was clicked last. */
const REMOTE: Moves = { PageDown: 1, PageUp: -1 };
const KEYS: Moves = { ArrowRight: 1, ArrowLeft: -1, Escape: 0 };

function isIn(target: EventTarget | null, parts: string): boolean {
  return target instanceof Element && target.closest(parts) !== null;
}

/**
 * While presenting, keys and a presenter's remote control move from step to step, and Escape ends it, as does
 * leaving the component.
 * @returns whether it is on
 */
export function usePresentKeys(onMove: (by: 1 | -1) => void): boolean {
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
  return on;
}
