import { message, t } from '../../../words/words';
import { isBusy } from '../../../runtime/experimentState';
import { hubQuestion, newHub } from '../../state/kept/hubs';
import { useExperiment } from '../../state/run/experiment';
import { check, useRecipe } from '../../state/recipe/recipe';
import { useTabs } from '../../state/run/tabs';
import { setView } from '../../state/view/view';
import type { ActionGroup } from './action';

/** Run, step and stop. */
export const TRAINING: ActionGroup = {
  label: message('Training'),
  actions: (session) => {
    const { phase } = useExperiment.getState();
    const { spec } = check(useRecipe.getState().draft);
    const busy = isBusy(phase);
    const blocked =
      (useTabs.getState().watching ? t('Another tab of this page is training') : null) ??
      (phase === 'preparing' ? t('The run is being prepared') : null) ??
      (busy ? null : startHindrance());
    return [
      {
        id: 'run',
        words: phase === 'running' ? t('Pause') : phase === 'paused' ? t('Resume') : t('Run'),
        shortcut: { key: ' ' },
        hindrance: blocked,
        act: () => {
          if (phase === 'running') session.pause();
          else if (phase === 'paused') session.resume();
          else if (spec) {
            setView({ centre: 'try' });
            session.run(spec);
          }
        },
      },
      {
        id: 'step',
        words: t('Step'),
        shortcut: { key: 's' },
        hindrance: blocked ?? (spec === null ? startHindrance() : null),
        act: () => {
          if (spec) session.step(spec);
        },
      },
      {
        id: 'stop',
        words: t('Stop'),
        hindrance: useTabs.getState().watching
          ? t('Another tab of this page is training')
          : busy
            ? null
            : t('Nothing is running'),
        act: session.stop,
      },
    ];
  },
};

/** Why a run of the recipe cannot start; null if it can. */
function startHindrance(): string | null {
  if (useExperiment.getState().device.state === 'missing') return t('Training needs WebGPU');
  const { spec, errors } = check(useRecipe.getState().draft);
  if (spec === null) return [...errors.values()].slice(0, 2).join(' ');
  const hub = newHub(spec.model);
  return hub === null ? null : hubQuestion(hub);
}
