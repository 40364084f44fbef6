import { useState } from 'react';
import { OpenButton } from '../opening/OpenButton';
import { writeLink } from '../sharing/shareLink';
import { useOwnLog } from '../state/ownLog';
import { check, presetOf, useRecipe } from '../state/recipe';
import { setTheme, setView, useView, type Side, type Theme } from '../state/view';
import { ExportMenu } from '../exporting/ExportMenu';
import styles from './Tools.module.css';

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

export function Tools() {
  const theme = useView((view) => view.theme);
  return (
    <div className={styles.tools}>
      <ShareButton />
      <ExportMenu />
      <OpenButton label="Open" name="Open records" />
      <SideButton side="profile">Profile</SideButton>
      <SideButton side="methods">Methods</SideButton>
      <button
        type="button"
        title="Theme: follow the system, light, dark"
        onClick={() => {
          setTheme(NEXT_THEME[theme]);
        }}
      >
        Theme: {theme}
      </button>
      <button
        type="button"
        aria-label="Help"
        onClick={() => {
          setView({ helpOpen: true });
        }}
      >
        ?
      </button>
    </div>
  );
}

/** Opens a panel in the right column, or closes it. */
function SideButton({ side, children }: { readonly side: Side; readonly children: string }) {
  const shown = useView((view) => view.side === side);
  return (
    <button
      type="button"
      aria-pressed={shown}
      data-side-button={side}
      onClick={() => {
        setView({ side: shown ? null : side });
      }}
    >
      {children}
    </button>
  );
}

function ShareButton() {
  const draft = useRecipe((recipe) => recipe.draft);
  const presetId = useRecipe((recipe) => recipe.presetId);
  const [shared, setShared] = useState<{ link: string; copied: boolean } | null>(null);
  const { spec } = check(draft);
  const log = useOwnLog();
  const link = spec ? writeLink(spec, presetOf(presetId), log?.hash ?? null) : null;
  const share = async () => {
    if (link === null) return;
    history.replaceState(null, '', link);
    setShared({ link, copied: await copy(location.href) });
  };
  const text = shared?.link !== link ? 'Share' : shared.copied ? 'Link copied' : 'Link in the address bar';
  return (
    <button
      type="button"
      disabled={link === null}
      title="Puts the recipe into the URL and copies it"
      onClick={() => {
        void share();
      }}
    >
      {text}
    </button>
  );
}

/** False where the page may not write to the clipboard; the address bar has the link then. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}
