import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useModal } from '../../ui/controls/useModal';
import { count } from '../../../readings/format';
import { leaveDialog } from '../../state/view/view';
import type { ListedAction } from './action';
import { allActions } from './actions';
import { matchingActions } from './palette';
import { recentActions, rememberAction } from './recentActions';
import { isPressed, shortcutText } from './shortcut';
import { useActions } from './useActions';
import styles from './CommandPalette.module.css';
import { message, t } from '../../../words/words';

/** More is not read; typing narrows. */
const MOST = 60;

const EVERYTHING = { label: message('Commands'), actions: allActions };

/**
 * Every action of the page by name: arrows choose, Enter does it, Escape closes (ARIA's combobox with a
 * listbox).
 */
export function CommandPalette() {
  const id = useId();
  const dialog = useModal(true);
  const list = useRef<HTMLUListElement>(null);
  const actions = useActions(EVERYTHING);
  const [recent] = useState(recentActions);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const own = actions.find(({ id: one }) => one === 'commands');
  const found = matchingActions(
    actions.filter((one) => one !== own),
    text,
    recent,
  );
  const shown = found.slice(0, MOST);
  const chosen = shown[Math.min(active, shown.length - 1)];
  const option = (action: ListedAction): string => `${id}-${action.id}`;
  const hindrance = chosen?.hindrance ?? null;
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active, text]);

  const act = (action: ListedAction): void => {
    if (action.hindrance !== null) return;
    rememberAction(action.id);
    // Closed first, so that the focus is back where it was before the action moves it.
    dialog.current?.close();
    action.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = shown.length - 1;
    const to = {
      ArrowDown: active >= last ? 0 : active + 1,
      ArrowUp: active <= 0 ? last : active - 1,
      PageDown: Math.min(last, active + 10),
      PageUp: Math.max(0, active - 10),
    }[event.key];
    if (to !== undefined) setActive(to);
    else if (event.key === 'Enter') {
      if (chosen) act(chosen);
    } else if (own?.shortcut && isPressed(own.shortcut, event.nativeEvent)) dialog.current?.close();
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label={t('Commands')}
      onClose={() => {
        leaveDialog('commands');
      }}
      // The backdrop belongs to the dialog, its content to its children.
      onClick={(event) => {
        if (event.target === event.currentTarget) dialog.current?.close();
      }}
    >
      <div className={styles.inside}>
        <input
          type="text"
          role="combobox"
          aria-label={t('Command')}
          autoComplete="off"
          spellCheck={false}
          autoFocus
          placeholder={t('What to do')}
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen ? option(chosen) : undefined}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <ul ref={list} id={`${id}-list`} role="listbox" aria-label={t('Commands')} className={styles.list}>
          {shown.map((action, at) => {
            const { words, group, shortcut, hindrance: why } = action;
            return (
              <li
                key={action.id}
                id={option(action)}
                role="option"
                aria-selected={action === chosen}
                aria-disabled={why !== null}
                // Pressing must not take the focus from the field.
                onPointerDown={(event) => {
                  event.preventDefault();
                }}
                onPointerMove={() => {
                  setActive(at);
                }}
                onClick={() => {
                  act(action);
                }}
              >
                <span className={styles.words}>{words}</span> <span className={styles.group}>{group}</span>{' '}
                <span className={styles.side}>{why ?? (shortcut && <kbd translate="no">{shortcutText(shortcut)}</kbd>)}</span>
              </li>
            );
          })}
        </ul>
        <p role="status" className={styles.status}>
          {hindrance ??
            (found.length === 0
              ? t('No command has these words.')
              : found.length > shown.length
                ? t('{shown} of {found} commands: type to narrow', { shown: count(shown.length), found: count(found.length) })
                : t('{found} commands', { found: count(found.length) }))}
        </p>
      </div>
    </dialog>
  );
}
