import { useEffect } from 'react';
import { recordedSteps } from '../figure/armsOf';
import { neighbourStep } from '../figure/attention/neighbourStep';
import { useTransport } from '../runbar/useTransport';
import { figureRecord } from '../state/exhibit';
import { redoRecipe, undoRecipe } from '../state/recipeHistory';
import { setView, useView } from '../state/view';

/** Space, S, arrows, L, H, ?, Ctrl+Z: everywhere but where a control has use for the key itself. */
export function useShortcuts(): void {
  const transport = useTransport();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.altKey || event.defaultPrevented) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest('input, select, textarea, dialog, [contenteditable]')) return;
      if (event.ctrlKey || event.metaKey) {
        if (event.key.toLowerCase() !== 'z') return;
        if (event.shiftKey) redoRecipe();
        else undoRecipe();
        event.preventDefault();
        return;
      }
      if (event.key === ' ' && target?.closest('button, a')) return;
      if (!act(event)) return;
      event.preventDefault();
    };
    const act = ({ key, shiftKey }: KeyboardEvent): boolean => {
      // In a lesson Space scrolls: a run is not what its reader expects.
      if (useView.getState().centre === 'learn' && (key === ' ' || key === 's')) return false;
      switch (key) {
        case ' ':
          transport.toggle();
          return true;
        case 's':
          transport.step();
          return true;
        case 'ArrowLeft':
        case 'ArrowRight':
          scrub(key === 'ArrowLeft' ? -1 : 1);
          return true;
        case 'l':
        case 'L':
          turn('layer', shiftKey ? -1 : 1);
          return true;
        case 'h':
        case 'H':
          turn('head', shiftKey ? -1 : 1);
          return true;
        case '?':
          setView({ helpOpen: true });
          return true;
        default:
          return false;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [transport]);
}

function scrub(move: -1 | 1): void {
  const record = figureRecord();
  if (record) setView({ step: neighbourStep(recordedSteps(record.arms), useView.getState().step, move) });
}

function turn(what: 'layer' | 'head', move: -1 | 1): void {
  const attention = figureRecord()?.base.attention;
  if (!attention) return;
  const size = what === 'layer' ? attention.layers : attention.heads;
  setView({ [what]: (useView.getState()[what] + move + size) % size });
}
