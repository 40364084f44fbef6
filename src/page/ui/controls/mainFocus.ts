import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';

/** `id` of the page's main element, which can have the focus. */
export const MAIN = 'main';

/** Goes where reading goes on. */
export function focusMain(): void {
  document.getElementById(MAIN)?.focus({ preventScroll: true });
}

/**
 * For a part whose controls vanish when they are used: passes on the focus, which would be lost with them.
 */
export function useFocusAfter(pass: () => void = focusMain): RefObject<HTMLDivElement | null> {
  const onLost = useEffectEvent(pass);
  const part = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = part.current;
    if (!element) return;
    let focused: Element | null = null;
    const onFocus = (event: FocusEvent): void => {
      focused = event.target as Element;
    };
    const onBlur = (): void => {
      // Chromium tells it of an element that is about to be removed, too.
      queueMicrotask(() => {
        if (focused?.isConnected === true && focused !== document.activeElement) focused = null;
      });
    };
    const watch = new MutationObserver(() => {
      if (focused === null || focused.isConnected) return;
      focused = null;
      if (document.activeElement === document.body) onLost();
    });
    element.addEventListener('focusin', onFocus);
    element.addEventListener('focusout', onBlur);
    watch.observe(element, { childList: true, subtree: true });
    return () => {
      element.removeEventListener('focusin', onFocus);
      element.removeEventListener('focusout', onBlur);
      watch.disconnect();
    };
  }, []);
  return part;
}
