/**
 * Undo and redo of the recipe's draft. Changes that follow each other closely, as when a number is typed, are
 * one.
 */
import { create } from '../store';
import { useRecipe, type RecipeState } from './recipe';

export interface RecipeHistory {
  /** Oldest first. */
  readonly past: readonly RecipeState[];
  /** Next first. */
  readonly future: readonly RecipeState[];
}

const MOST = 100;
/** Milliseconds. */
const CLOSE = 600;

export const useRecipeHistory = create<RecipeHistory>()(() => ({ past: [], future: [] }));

/**
 * Follows the recipe from now on.
 * @param before the history of the current recipe
 * @param now milliseconds
 * @returns a function that stops this
 */
export function followRecipe(
  { past, future }: RecipeHistory = { past: [], future: [] },
  now: () => number = () => performance.now(),
): () => void {
  let changedAt = -Infinity;
  useRecipeHistory.setState({ past, future });
  return useRecipe.subscribe((recipe, before) => {
    // Opening a log is not a change of the recipe by the user.
    if (moving || recipe.draft === before.draft || recipe.draft.data.id !== before.draft.data.id) return;
    const { past } = useRecipeHistory.getState();
    const one = now() - changedAt < CLOSE && past.length > 0;
    changedAt = now();
    useRecipeHistory.setState({ past: one ? past : [...past.slice(1 - MOST), before], future: [] });
  });
}

/** Whether the recipe is being set from the history. */
let moving = false;

function show(recipe: RecipeState): void {
  moving = true;
  try {
    // The log is the open one, whatever the recipe from the history says.
    const { id } = useRecipe.getState().draft.data;
    useRecipe.setState({ ...recipe, draft: { ...recipe.draft, data: { ...recipe.draft.data, id } } });
  } finally {
    moving = false;
  }
}

export function undoRecipe(): void {
  const { past, future } = useRecipeHistory.getState();
  const before = past.at(-1);
  if (!before) return;
  useRecipeHistory.setState({ past: past.slice(0, -1), future: [useRecipe.getState(), ...future] });
  show(before);
}

export function redoRecipe(): void {
  const { past, future } = useRecipeHistory.getState();
  const [next, ...later] = future;
  if (!next) return;
  useRecipeHistory.setState({ past: [...past, useRecipe.getState()], future: later });
  show(next);
}
