import { redoRecipe, undoRecipe, useRecipeHistory } from '../state/recipeHistory';

/** Undoes and redoes changes of the recipe; Ctrl+Z and Ctrl+Shift+Z outside text fields. */
export function UndoRedo() {
  const { past, future } = useRecipeHistory();
  return (
    <>
      <button type="button" className="plain" disabled={past.length === 0} title="Undo (Ctrl+Z)" onClick={undoRecipe}>
        Undo
      </button>{' '}
      <button type="button" className="plain" disabled={future.length === 0} title="Redo (Ctrl+Shift+Z)" onClick={redoRecipe}>
        Redo
      </button>
    </>
  );
}
