import { SAMPLE_LOG } from '../../log/sampleLog';
import type { LogSummary } from '../../record/runRecord';
import { useExperiment } from './experiment';
import { useRecipe } from './recipe';

/** The user's own log, if it is open and the recipe is set to it; null for the sample. */
export function useOwnLog(): LogSummary | null {
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  return dataId !== SAMPLE_LOG.id && opened?.id === dataId ? opened : null;
}
