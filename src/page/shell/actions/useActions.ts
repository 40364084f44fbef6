import { useCallback, useEffect, useState } from 'react';
import { useLanguage } from '../../state/kept/language';
import { useSession } from '../../state/session/SessionContext';
import { followReads } from '../../state/store';
import type { Action, ActionGroup } from './action';

/** The actions of a group; the component is rendered anew when what they say changes. */
export function useActions<Of extends Action>({ actions }: ActionGroup<Of>): readonly Of[] {
  const session = useSession();
  const words = useCallback((): string => {
    // Texts depend on it without reading it.
    useLanguage.getState();
    return actions(session)
      .map(({ id, words: said, hindrance }) => `${id} ${said} ${hindrance ?? ''}`)
      .join('\n');
  }, [actions, session]);
  const [, setSaid] = useState(words);
  useEffect(() => followReads(words, setSaid), [words]);
  // What an action does is read when it is done: a run goes on between renders.
  return actions(session).map((action) => ({
    ...action,
    act: () => {
      const now = actions(session).find(({ id }) => id === action.id);
      if (now?.hindrance === null) now.act();
    },
  }));
}

/** One of them. @throws if the group has no such action */
export function useAction(group: ActionGroup, id: string): Action {
  const action = useActions(group).find((one) => one.id === id);
  if (!action) throw new Error(`No action ${id} among ${group.label}.`);
  return action;
}
