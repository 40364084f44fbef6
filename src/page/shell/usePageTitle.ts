import { useEffect } from 'react';
import { useExperiment } from '../state/run/experiment';
import { t } from '../../words/words';

/** Shows the run's progress in the tab's title, for users in another tab. */
export function usePageTitle(): void {
  const phase = useExperiment((experiment) => experiment.phase);
  const step = useExperiment((experiment) => experiment.record?.arms[0]?.steps.step.at(-1) ?? 0);
  const steps = useExperiment((experiment) => experiment.record?.spec.training.steps ?? 0);
  const state =
    phase === 'running' || phase === 'paused'
      ? `${step}/${steps} `
      : phase === 'finished'
        ? `${t('Done')} `
        : phase === 'failed'
          ? `${t('Failed')} `
          : '';
  useEffect(() => {
    document.title = `${state}KARMA Playground`;
  }, [state]);
}
