import { useEffect } from 'react';
import { useExperiment } from './state/experiment';

/** The tab's title tells a person in another tab how far the run is. */
export function usePageTitle(): void {
  const phase = useExperiment((experiment) => experiment.phase);
  const step = useExperiment((experiment) => experiment.record?.arms[0]?.steps.step.at(-1) ?? 0);
  const steps = useExperiment((experiment) => experiment.record?.spec.training.steps ?? 0);
  const state =
    phase === 'running' || phase === 'paused'
      ? `${step}/${steps} `
      : phase === 'finished'
        ? 'Done '
        : phase === 'failed'
          ? 'Failed '
          : '';
  useEffect(() => {
    document.title = `${state}KARMA Playground`;
  }, [state]);
}
