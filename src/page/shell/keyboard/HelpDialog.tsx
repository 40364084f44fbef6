import { allActions } from '../actions/actions';
import { shortcutText } from '../actions/shortcut';
import { Checkbox } from '../../ui/controls/Choice';
import { useModal } from '../../ui/controls/useModal';
import { useSession } from '../../state/session/SessionContext';
import { leaveDialog, setKeys, useView } from '../../state/view/view';
import styles from './HelpDialog.module.css';
import { message, t } from '../../../words/words';

/** Keys that belong to what has the focus. */
const LOCAL_KEYS: readonly (readonly [string, string])[] = [
  ['← →', message('in a chart, move over its points')],
  ['↑ ↓ ← →', message('in a map, a table or a grid, move over its cells; in the profile, over its rows')],
  ['Escape', message('close what is open')],
];

export function HelpDialog() {
  const session = useSession();
  const keys = useView((view) => view.keys);
  const dialog = useModal(true);
  const shortcuts = allActions(session).flatMap(({ shortcut, words }) =>
    shortcut ? [[shortcutText(shortcut), words] as const] : [],
  );
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={t('Help')}
      onClose={() => {
        leaveDialog('help');
      }}
    >
      <h2>{t('Keys')}</h2>
      <dl>
        {[...shortcuts, ...LOCAL_KEYS.map(([key, meaning]) => [key, t(meaning)] as const)].map(([key, meaning]) => (
          <div key={`${key} ${meaning}`}>
            <dt>
              <kbd translate="no">{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>{t('Space scrolls where text is read, and while nothing runs.')}</p>
      <Checkbox label={t('Single-key shortcuts (those with Ctrl work without)')} checked={keys} onChange={setKeys} />
      <p>
        {t(
          'Drop a log (CSV, JSON, Parquet, compressed or not), a model’s or an adapter’s folder, a run or an experiment anywhere on the page. Point at, tap or focus a word with a dotted line for its definition. Everything is computed in this tab.',
        )}
      </p>
      <form method="dialog">
        <button type="submit">{t('Close')}</button>
      </form>
    </dialog>
  );
}
