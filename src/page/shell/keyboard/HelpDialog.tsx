import { allActions } from '../actions/actions';
import { shortcutText } from '../actions/shortcut';
import { Checkbox } from '../../ui/controls/Choice';
import { useModal } from '../../ui/controls/useModal';
import { useSession } from '../../state/session/SessionContext';
import { leaveDialog, setKeys, setView, useView } from '../../state/view/view';
import styles from './HelpDialog.module.css';
import { message, t } from '../../../words/words';

/** Keys that belong to what has the focus. */
const LOCAL_KEYS: readonly (readonly [string, string])[] = [
  ['← →', message('in a chart, move over its points')],
  ['↑ ↓ ← →', message('in a map, a table or a grid, move over its cells; in the profile, over its rows')],
  ['Escape', message('close what is open')],
];

/** The page's parts in the order in which they are read. */
const TOUR: readonly { readonly part: string; readonly says: string }[] = [
  { part: 'finding', says: message('What was found, in two sentences.') },
  {
    part: 'maps',
    says: message('Where each model looks: a row looks, a column is looked at, and strong colour is much weight.'),
  },
  { part: 'player', says: message('Play, or drag: maps, numbers, texts and curves move through training together.') },
  { part: 'scope', says: message('Other recorded runs, a real LLM among them, in the same picture.') },
  { part: 'views', says: message('Try it trains in this tab, Experiments compares many runs, Learn has lessons.') },
];

function partOf(part: string): HTMLElement | null {
  return document.querySelector(`[data-part="${part}"]`);
}

/** Scrolls a part of the page into view, gives it the focus, and frames it for as long as it has that. */
function pointAt(part: string): void {
  // After the dialog has returned the focus, and the view has been drawn.
  setTimeout(() => {
    const place = partOf(part);
    if (place === null) return;
    place.tabIndex = -1;
    place.addEventListener(
      'blur',
      () => {
        place.removeAttribute('tabindex');
      },
      { once: true },
    );
    place.scrollIntoView({ block: 'nearest' });
    place.focus({ preventScroll: true });
  }, 100);
}

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
      <h2>{t('Where is what')}</h2>
      <ol className={styles.tour}>
        {TOUR.map(({ part, says }) => (
          <li key={part}>
            {t(says)}{' '}
            <button
              type="button"
              className="plain"
              aria-label={t('Show: {what}', { what: t(says) })}
              onClick={() => {
                leaveDialog('help');
                if (partOf(part) === null) setView({ centre: 'figure' });
                pointAt(part);
              }}
            >
              {t('Show')}
            </button>
          </li>
        ))}
      </ol>
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
