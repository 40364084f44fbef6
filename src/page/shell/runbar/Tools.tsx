import { message, t } from '../../../words/words';
import { OPENING } from '../actions/opening';
import { PAGE } from '../actions/page';
import { shortcutText } from '../actions/shortcut';
import { useAction } from '../actions/useActions';
import { ExportMenu } from './ExportMenu';
import { OpenButton } from '../../ui/controls/OpenButton';
import { OPENED, openChosen } from '../../state/session/open';
import { useSession } from '../../state/session/SessionContext';
import { setTheme, useView, type Side } from '../../state/view/view';
import type { Theme } from '../../../readings/choices';
import { LanguageMenu } from './LanguageMenu';
import styles from './Tools.module.css';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

const THEME_NAMES: Readonly<Record<Theme, string>> = { auto: message('auto'), light: message('light'), dark: message('dark') };

export function Tools() {
  const session = useSession();
  const theme = useView((view) => view.theme);
  const share = useAction(OPENING, 'share');
  const commands = useAction(PAGE, 'commands');
  const help = useAction(PAGE, 'help');
  return (
    <div className={styles.tools}>
      <button type="button" title={t('Links to this view and this recipe, and code to embed a figure')} onClick={share.act}>
        {share.words}
      </button>
      <ExportMenu />
      <OpenButton
        label={t('Open')}
        name={t('Open records')}
        accept={OPENED}
        onChosen={(field) => {
          openChosen(field, session);
        }}
      />
      <SideButton side="profile" />
      <SideButton side="methods" />
      <button
        type="button"
        title={t('Theme: follow the system, light, dark')}
        onClick={() => {
          setTheme(NEXT_THEME[theme]);
        }}
      >
        {t('Theme: {theme}', { theme: t(THEME_NAMES[theme]) })}
      </button>
      <LanguageMenu />
      <button
        type="button"
        title={t('Everything that can be done, by name ({keys})', { keys: shortcutText(commands.shortcut!) })}
        onClick={commands.act}
      >
        {commands.words}
      </button>
      <button type="button" aria-label={help.words} onClick={help.act}>
        ?
      </button>
    </div>
  );
}

/** Opens a panel in the right column, or closes it. */
function SideButton({ side }: { readonly side: Side }) {
  const shown = useView((view) => view.side === side);
  const { words, act } = useAction(PAGE, `side-${side}`);
  return (
    <button type="button" aria-pressed={shown} data-side-button={side} onClick={act}>
      {words}
    </button>
  );
}
