import { useEffect, useRef } from 'react';
import { Centre } from './Centre';
import { IntakeDialog } from './intake/IntakeDialog';
import { HelpDialog } from './keyboard/HelpDialog';
import { useShortcuts } from './keyboard/useShortcuts';
import { Notices } from './notices/Notices';
import { PageDrop } from './opening/PageDrop';
import { Recipe } from './recipe/Recipe';
import { useSettledRecipe } from './recipe/useSettledRecipe';
import { RunBar } from './runbar/RunBar';
import { Methods } from './side/Methods';
import { ProfilePanel } from './side/profile/ProfilePanel';
import { useSession } from './state/SessionContext';
import { setView, useView, type Side } from './state/view';
import { usePageTitle } from './usePageTitle';
import styles from './App.module.css';

/** Milliseconds without a change of the recipe before its GPU memory is asked for. */
const SETTLED = 300;

export function App() {
  const theme = useView((view) => view.theme);
  const recipeOpen = useView((view) => view.recipeOpen);
  const side = useView((view) => view.side);
  useShortcuts();
  usePageTitle();
  // Grids need it too, whether the recipe is open or folded.
  useSettledRecipe(useSession().forecastMemory, SETTLED);
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
