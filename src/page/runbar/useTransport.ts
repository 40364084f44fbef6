import { useExperiment } from '../state/experiment';
import { hubQuestion, newHub, useHubs } from '../models/hubs';
import { isBusy } from '../../runtime/experimentState';
import { check, useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';
import { setView } from '../state/view';

export interface Transport {
  /** Run, pause or resume, depending on the phase. */
  readonly toggle: () => void;
  readonly step: () => void;
  readonly stop: () => void;
  /** Why a run cannot start now, null when it can. */
  readonly hindrance: string | null;
}

export function useTransport(): Transport {
  const session = useSession();
  const missing = useExperiment((experiment) => experiment.device.state === 'missing');
  const draft = useRecipe((recipe) => recipe.draft);
  const { spec, errors } = check(draft);
  const hub = useHubs((hubs) => (spec === null ? null : newHub(spec.model, hubs)));
  const hindrance = missing
    ? 'Training needs WebGPU'
    : spec === null
      ? [...errors.values()].slice(0, 2).join(' ')
      : hub === null
        ? null
        : hubQuestion(hub);
  const phase = (): ReturnType<typeof useExperiment.getState>['phase'] => useExperiment.getState().phase;
  return {
    hindrance,
    toggle: () => {
      if (phase() === 'running') session.pause();
      else if (phase() === 'paused') session.resume();
      else if (phase() !== 'preparing' && spec && hindrance === null) {
        setView({ centre: 'figure' });
        session.run(spec);
      }
    },
    step: () => {
      if (isBusy(phase()) ? phase() !== 'preparing' : hindrance === null) {
        if (spec) session.step(spec);
      }
    },
    stop: () => {
      if (isBusy(phase())) session.stop();
    },
  };
}
