import { useEffect } from 'react';
import { recordedSteps } from '../figure/armsOf';
import { neighbourStep } from '../figure/attention/neighbourStep';
import { isBusy } from '../../runtime/experimentState';
import { useTransport } from '../runbar/useTransport';
import { useExperiment } from '../state/experiment';
import { figureRecord } from '../state/exhibit';
import { redoRecipe, undoRecipe } from '../state/recipeHistory';
import { setView, useView } from '../state/view';

/**
 * Space, S, arrows, L, H, ?, Ctrl+Z, everywhere except in controls that use the key themselves. Single keys can be switched off; Space is the
 * browser's where a text is read, and while no run is under way.
 */
export function useShortcuts(): void {
  const transport = useTransport();
  useEffect(() => {
    let clicked: Element | null = null;
    const onPointerDown = ({ target }: PointerEvent): void => {
      clicked = target instanceof Element ? target : null;
    };
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
      if (!useView.getState().keys) return;
      if (event.key === ' ' && (target?.closest('button, a, summary') || !spaceIsOurs(target, clicked))) return;
      if (!act(event)) return;
      event.preventDefault();
    };
    const act = ({ key, shiftKey }: KeyboardEvent): boolean => {
      // In a lesson Space scrolls, since readers do not expect it to start a run.
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
    window.addEventListener('pointerdown', onPointerDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('pointerdown', onPointerDown);
    };
  }, [transport]);
}

/** Where Space scrolls: in prose, whether it has the focus or was clicked into. */
const PROSE = 'article, p, dd, dt, li, blockquote, figcaption';

function spaceIsOurs(target: Element | null, clicked: Element | null): boolean {
  if (!isBusy(useExperiment.getState().phase) || target?.closest(PROSE) != null) return false;
  return clicked?.closest(PROSE) == null || clicked.closest('button, a, label, dialog') !== null;
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
