import { useMemo } from 'react';
import type { InspectionQuestion } from '../../record/inspection';
import { useExperiment } from '../state/experiment';
import { check, useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';

/** Asks the worker; null while nobody could answer: no device, a run that is being prepared, or a recipe with fields to correct. */
export function useAsk(): ((question: InspectionQuestion) => void) | null {
  const session = useSession();
  const draft = useRecipe((recipe) => recipe.draft);
  const able = useExperiment(({ device, phase }) => device.state === 'ready' && phase !== 'preparing');
  return useMemo(() => {
    const { spec } = check(draft);
    if (!able || spec === null) return null;
    return (question) => {
      session.inspect(question, spec);
    };
  }, [session, draft, able]);
}
