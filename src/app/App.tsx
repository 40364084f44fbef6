import { useEffect } from 'react';
import { Figure } from './figure/Figure';
import { HelpDialog } from './keyboard/HelpDialog';
import { useShortcuts } from './keyboard/useShortcuts';
import { Notices } from './notices/Notices';
import { PageDrop } from './opening/PageDrop';
import { Recipe } from './recipe/Recipe';
import { RunBar } from './runbar/RunBar';
import { Methods } from './side/Methods';
import { setView, useView } from './state/view';
import { usePageTitle } from './usePageTitle';
import styles from './App.module.css';

export function App() {
  const theme = useView((view) => view.theme);
  const recipeOpen = useView((view) => view.recipeOpen);
  const sideOpen = useView((view) => view.sideOpen);
  useShortcuts();
  usePageTitle();
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return (
    <>
      <RunBar />
      <div className={styles.page} data-recipe={recipeOpen} data-side={sideOpen}>
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
          <Figure />
        </main>
        {sideOpen && (
          <aside className={styles.side} aria-label="Methods">
            <Methods />
          </aside>
        )}
      </div>
      <PageDrop />
      <HelpDialog />
    </>
  );
}
