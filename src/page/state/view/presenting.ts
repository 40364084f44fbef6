/** Presenting: one lesson or figure on a projector, enlarged and with nothing around it (theme.css: `data-presenting`). */
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
