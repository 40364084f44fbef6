/** Keys that do an action from anywhere on the page. Pure. */

export interface Shortcut {
  /** As in `KeyboardEvent.key`; letters in lower case. */
  readonly key: string;
  readonly shift?: true;
  /** With Ctrl, or ⌘. */
  readonly ctrl?: true;
  /** Also while a text is typed. */
  readonly typing?: true;
}

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * Whether a key press is this shortcut. Shift counts with letters only: on other keys it belongs to the
 * keyboard's layout.
 */
export function isPressed({ key, shift, ctrl }: Shortcut, event: Pressed): boolean {
  if (event.altKey || (ctrl === true) !== (event.ctrlKey || event.metaKey)) return false;
  const letter = /^[a-z]$/.test(key);
  return letter ? event.key.toLowerCase() === key && event.shiftKey === (shift === true) : event.key === key;
}

const NAMES: Readonly<Record<string, string>> = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→' };

/** `Ctrl Shift Z`, `←` */
export function shortcutText({ key, shift, ctrl }: Shortcut, apple = isApple()): string {
  const parts = [...(ctrl ? [apple ? '⌘' : 'Ctrl'] : []), ...(shift ? ['Shift'] : []), NAMES[key] ?? key.toUpperCase()];
  return parts.join(' ');
}

function isApple(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
}
