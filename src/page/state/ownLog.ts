import { SAMPLE_LOG } from '../../log/sampleLog';
import type { LogSummary } from '../../record/runRecord';
import { useExperiment } from './experiment';
import { useRecipe } from './recipe';

/** The person's own log, where it is open and the recipe is set to it; null for the sample. */
export function useOwnLog(): LogSummary | null {
  const opened = useExperiment((experiment) => experiment.log?.summary ?? null);
  const dataId = useRecipe((recipe) => recipe.draft.data.id);
  return dataId !== SAMPLE_LOG.id && opened?.id === dataId ? opened : null;
}
