import { useEffect, useRef } from 'react';
import { Centre } from './Centre';
import { IntakeDialog } from './intake/IntakeDialog';
import { HelpDialog } from './keyboard/HelpDialog';
import { useShortcuts } from './keyboard/useShortcuts';
import { Notices } from './notices/Notices';
import { PageDrop } from './opening/PageDrop';
import { Recipe } from './recipe/Recipe';
import { RunBar } from './runbar/RunBar';
import { Methods } from './side/Methods';
import { ProfilePanel } from './side/profile/ProfilePanel';
import { setView, useView, type Side } from './state/view';
import { usePageTitle } from './usePageTitle';
import styles from './App.module.css';

export function App() {
  const theme = useView((view) => view.theme);
  const recipeOpen = useView((view) => view.recipeOpen);
  const side = useView((view) => view.side);
  useShortcuts();
  usePageTitle();
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    <>
      <RunBar />
      <div className={styles.page} data-recipe={recipeOpen}>
        <aside className={styles.recipe} aria-label="Recipe">
          <button
            type="button"
            className={styles.fold}
            aria-expanded={recipeOpen}
            onClick={() => {
              setView({ recipeOpen: !recipeOpen });
            }}
          >
            Recipe
          </button>
          {recipeOpen && <Recipe />}
        </aside>
        <main className={styles.figure}>
          <Notices />
          <Centre />
        </main>
        {side !== null && <SidePanel key={side} side={side} />}
      </div>
      <PageDrop />
      <IntakeDialog />
      <HelpDialog />
    </>
  );
}

function SidePanel({ side }: { readonly side: Side }) {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone it stands below the figure.
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <aside ref={panel} className={styles.side} data-side={side} aria-label={side === 'methods' ? 'Methods' : 'Profiler'}>
      {side === 'methods' ? <Methods /> : <ProfilePanel />}
    </aside>
  );
}
