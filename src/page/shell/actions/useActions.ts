import { useSyncExternalStore } from 'react';
import { useHubs } from '../../state/kept/hubs';
import { useRuns } from '../../state/runs/runsState';
import { useExhibit } from '../../state/run/exhibit';
import { useExperiment } from '../../state/run/experiment';
import { useRecipe } from '../../state/recipe/recipe';
import { useRecipeHistory } from '../../state/recipe/recipeHistory';
import { useLanguage } from '../../state/kept/language';
import { useSession } from '../../state/session/SessionContext';
import { useTabs } from '../../state/run/tabs';
import { useView } from '../../state/view/view';
import type { Action, ActionGroup } from './action';

/** What actions depend on. */
const STORES = [useExperiment, useExhibit, useRecipe, useRecipeHistory, useRuns, useTabs, useHubs, useView, useLanguage] as const;

/** The actions of a group; the component is rendered anew when what they say changes. */
export function useActions<Of extends Action>({ actions }: ActionGroup<Of>): readonly Of[] {
  const session = useSession();
  useSyncExternalStore(subscribe, () =>
    actions(session)
      .map(({ id, words, hindrance }) => `${id} ${words} ${hindrance ?? ''}`)
      .join('\n'),
  );
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

function subscribe(changed: () => void): () => void {
  const ends = STORES.map((store) => store.subscribe(changed));
  return () => {
    for (const end of ends) end();
  };
}
