import { t } from '../../words/words';
import { RECIPE } from './actions/opening';
import { shortcutText } from './actions/shortcut';
import { useAction } from './actions/useActions';

/** Undoes and redoes changes of the recipe; the shortcuts work outside text fields. */
export function UndoRedo() {
  return (
    <>
      <HistoryButton id="undo" label={t('Undo')} /> <HistoryButton id="redo" label={t('Redo')} />
    </>
  );
}

function HistoryButton({ id, label }: { readonly id: 'undo' | 'redo'; readonly label: string }) {
  const { hindrance, shortcut, act } = useAction(RECIPE, id);
  return (
    <button
      type="button"
      className="plain"
      disabled={hindrance !== null}
      title={t('{action} ({shortcut})', { action: label, shortcut: shortcutText(shortcut!) })}
      onClick={act}
    >
      {label}
    </button>
  );
}
