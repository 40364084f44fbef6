import { useMemo } from 'react';
import type { ModelQuery } from '../../../runtime/protocol';
import { useOpening } from './openingState';
import { useExperiment } from '../run/experiment';
import { check, useRecipe } from '../recipe/recipe';

/**
 * The models that inspector and texts ask: the arms of the recorded run while it is on the page, unless the
 * recipe has another model or log; else those that were trained here, or the recipe's base model. Null while
 * the recipe has fields to correct.
 */
export function useAsked(): ModelQuery | null {
  const draft = useRecipe((recipe) => recipe.draft);
  const shown = useOpening((opening) => opening.shown);
  const recorded = useExperiment(({ source, record }) => (source === 'recorded' && record ? record.spec : null));
  return useMemo(() => {
    if (recorded && shown && recorded.model.id === draft.model.id && recorded.data.id === draft.data.id)
      return { spec: recorded, recorded: shown };
    const { spec } = check(draft);
    return spec && { spec };
  }, [draft, shown, recorded]);
}
