import { lazy, Suspense, useState } from 'react';
import { OpenButton } from '../opening/OpenButton';
import { setTheme, setView, useView, type Side, type Theme } from '../state/view';
import { ExportMenu } from '../exporting/ExportMenu';
import styles from './Tools.module.css';

const ShareDialog = lazy(async () => ({ default: (await import('../sharing/ShareDialog')).ShareDialog }));

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
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        title="Links to this view and this recipe, and code to embed a figure"
        onClick={() => {
          setOpen(true);
        }}
      >
        Share
      </button>
      <Suspense>
        {open && (
          <ShareDialog
            onClose={() => {
              setOpen(false);
            }}
          />
        )}
      </Suspense>
    </>
  );
}
