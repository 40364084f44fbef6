import { useEffect } from 'react';
import { isBusy } from '../../../runtime/experimentState';
import { allActions } from '../actions/actions';
import { isPressed } from '../actions/shortcut';
import { TRAINING } from '../actions/training';
import { useExperiment } from '../../state/run/experiment';
import { useSession } from '../../state/session/SessionContext';
import { useView } from '../../state/view/view';

/**
 * Does the action whose shortcut is pressed, everywhere except in controls that use the key themselves.
 * Single keys can be switched off; Space is the browser's where a text is read, and while no run is under
 * way.
 */
export function useShortcuts(): void {
  const session = useSession();
  useEffect(() => {
    let clicked: Element | null = null;
    const onPointerDown = ({ target }: PointerEvent): void => {
      clicked = target instanceof Element ? target : null;
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.altKey || event.defaultPrevented) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('dialog')) return;
      // A field for files has the focus after its dialog, and takes no letters.
      const typing = target?.closest('input:not([type=file]), select, textarea, [contenteditable]') != null;
      const single = !event.ctrlKey && !event.metaKey;
      if (single && (typing || !useView.getState().keys)) return;
      if (event.key === ' ' && (target?.closest('button, a, summary, input') || !spaceIsOurs(target, clicked))) return;
      const action = allActions(session).find(
        ({ shortcut }) => shortcut && isPressed(shortcut, event) && (!typing || shortcut.typing),
      );
      // In a lesson readers do not expect a key to start a run.
      if (!action || (action.group === TRAINING.label && useView.getState().centre === 'learn')) return;
      event.preventDefault();
      if (action.hindrance === null) action.act();
    };
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('pointerdown', onPointerDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('pointerdown', onPointerDown);
    };
  }, [session]);
}

/** Where Space scrolls: in prose, whether it has the focus or was clicked into. */
const PROSE = 'article, p, dd, dt, li, blockquote, figcaption';

function spaceIsOurs(target: Element | null, clicked: Element | null): boolean {
  if (!isBusy(useExperiment.getState().phase) || target?.closest(PROSE) != null) return false;
  return clicked?.closest(PROSE) == null || clicked.closest('button, a, label, dialog') !== null;
}
