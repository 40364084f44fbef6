import { useMemo } from 'react';
import type { HistoryQuestion } from '../../record/inspection';
import { useExperiment } from '../state/experiment';
import { check, useRecipe } from '../state/recipe';
import { useSession } from '../state/SessionContext';

export interface Ask {
  readonly find: (text: string, limit: number) => void;
  readonly takeUser: (user: string | null) => void;
  readonly history: (question: HistoryQuestion) => void;
}

/** Asks the worker about the recipe's models and log; null while nobody could answer: no device, a run that is being prepared, or a recipe with fields to correct. */
export function useAsk(): Ask | null {
  const session = useSession();
  const draft = useRecipe((recipe) => recipe.draft);
  const able = useExperiment(({ device, phase }) => device.state === 'ready' && phase !== 'preparing');
  return useMemo(() => {
    const { spec } = check(draft);
    if (!able || spec === null) return null;
    const { inspection } = session;
    return {
      find: (text, limit) => {
        inspection.find(text, limit, spec);
      },
      takeUser: (user) => {
        inspection.takeUser(user, spec);
      },
      history: (question) => {
        inspection.ask(question, spec);
      },
    };
  }, [session, draft, able]);
}
