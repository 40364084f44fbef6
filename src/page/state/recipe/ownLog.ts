import { SAMPLE_LOG } from '../../../log/sampleLog';
import type { LogSummary } from '../../../record/runRecord';
import type { Experiment } from '../../../runtime/experimentState';
import { useExperiment } from '../run/experiment';
import { useRecipe } from './recipe';

/** The user's own log, if it is open and a recipe is set to it; null for the sample. */
export function ownLog({ log }: Pick<Experiment, 'log'>, dataId: string): LogSummary | null {
  return log !== null && dataId !== SAMPLE_LOG.id && log.summary.id === dataId ? log.summary : null;
}

/** `ownLog` for the recipe on the page. */
export function useOwnLog(): LogSummary | null {
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  return useExperiment((experiment) => ownLog(experiment, dataId));
}
