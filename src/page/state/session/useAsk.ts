import { useMemo } from 'react';
import type { HistoryQuestion } from '../../../record/inspection';
import { useExperiment } from '../run/experiment';
import { useAsked } from '../opening/asked';
import { useSession } from './SessionContext';

export interface Ask {
  readonly find: (text: string, limit: number) => void;
  readonly takeUser: (user: string | null, wanted?: () => boolean) => void;
  readonly history: (question: HistoryQuestion) => void;
}

/**
 * Asks the worker; null while it cannot answer: no device, a run in preparation, or a recipe with fields to
 * correct.
 */
export function useAsk(): Ask | null {
  const session = useSession();
  const asked = useAsked();
  const able = useExperiment(({ device, phase }) => device.state === 'ready' && phase !== 'preparing');
  return useMemo(() => {
    if (!able || asked === null) return null;
    const { inspection } = session;
    return {
      find: (text, limit) => {
        inspection.find(text, limit, asked);
      },
      takeUser: (user, wanted) => {
        inspection.takeUser(user, asked, wanted);
      },
      history: (question) => {
        inspection.ask(question, asked);
      },
    };
  }, [session, asked, able]);
}
