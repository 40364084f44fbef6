import { RECIPE } from '../actions/opening';
import { shortcutText } from '../actions/shortcut';
import { useAction } from '../actions/useActions';

/** Undoes and redoes changes of the recipe; the shortcuts work outside text fields. */
export function UndoRedo() {
  const undo = useAction(RECIPE, 'undo');
  const redo = useAction(RECIPE, 'redo');
  return (
    <>
      <button
        type="button"
        className="plain"
        disabled={undo.hindrance !== null}
        title={`Undo (${shortcutText(undo.shortcut!)})`}
        onClick={undo.act}
      >
        Undo
      </button>{' '}
      <button
        type="button"
        className="plain"
        disabled={redo.hindrance !== null}
        title={`Redo (${shortcutText(redo.shortcut!)})`}
        onClick={redo.act}
      >
        Redo
      </button>
    </>
  );
}
