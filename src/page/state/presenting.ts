/** Presenting: one lesson or figure on a projector, larger and with nothing around it (theme.css: `data-presenting`). */
import { create } from 'zustand';

export const usePresenting = create<{ readonly on: boolean }>()(() => ({ on: false }));

/** Fills the screen where the browser allows it; the window alone otherwise. */
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
