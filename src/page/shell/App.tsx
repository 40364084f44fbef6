import { lazy, Suspense, useEffect, useEffectEvent, useRef, type RefObject } from 'react';
import { Centre } from './Centre';
import { MAIN, useFocusAfter } from '../ui/controls/mainFocus';
import { Dialogs } from './Dialogs';
import { Apart, BoundarySubject } from '../ui/ErrorBoundary';
import { useIntake } from '../state/session/intakeState';
import { useShortcuts } from './keyboard/useShortcuts';
import { Notices } from './notices/Notices';
import { PageDrop } from './PageDrop';
import { useSettledRecipe } from '../state/recipe/useSettledRecipe';
import { UndoRedo } from './UndoRedo';
import { useExperiment } from '../state/run/experiment';
import { RunBar } from './runbar/RunBar';
import { useSession } from '../state/session/SessionContext';
import { setView, useView, type Side } from '../state/view/view';
import { usePageTitle } from './usePageTitle';
import styles from './App.module.css';
import { viewOf } from '../../readings/choices';
import { t } from '../../words/words';

// Not part of the first load: a visit may never open these.
const Recipe = lazy(async () => ({ default: (await import('../features/recipe/Recipe')).Recipe }));
const IntakeDialog = lazy(async () => ({ default: (await import('../features/intake/IntakeDialog')).IntakeDialog }));
const Methods = lazy(async () => ({ default: (await import('../features/side/Methods')).Methods }));
const ProfilePanel = lazy(async () => ({ default: (await import('../features/side/profile/ProfilePanel')).ProfilePanel }));

/** Milliseconds without a change of the recipe before its GPU memory is computed. */
const SETTLED = 300;

export function App() {
  const theme = useView((view) => view.theme);
  const recipeOpen = useView((view) => view.recipeOpen);
  const trying = useView((view) => ['try', 'experiments'].includes(viewOf(view.centre)));
  const side = useView((view) => view.side);
  const reading = useIntake((intake) => intake.open);
  const notices = useFocusAfter();
  useShortcuts();
  usePageTitle();
  // Grids need it too, whether the recipe is open or folded.
  useSettledRecipe(useSession().forecastMemory, SETTLED);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  const shown = useExperiment((experiment) => experiment.record?.createdAt);
  return (
    <BoundarySubject value={shown}>
      <SkipLink />
      <RunBar />
      <div className={styles.page} data-recipe={trying && recipeOpen}>
        {trying && (
          <aside className={styles.recipe} aria-label={t('Recipe')} data-chrome>
            <h2 className={styles.heading}>
              <button
                type="button"
                className={styles.fold}
                aria-expanded={recipeOpen}
                onClick={() => {
                  setView({ recipeOpen: !recipeOpen });
                }}
              >
                {t('Recipe')}
              </button>
            </h2>
            {recipeOpen && (
              <Apart name={t('The recipe')}>
                <Suspense fallback={<p role="status">{t('Loading…')}</p>}>
                  <Recipe history={<UndoRedo />} />
                </Suspense>
              </Apart>
            )}
          </aside>
        )}
        <main id={MAIN} className={styles.figure} tabIndex={-1}>
          <div ref={notices} data-chrome>
            <Apart name={t('A notice')}>
              <Notices />
            </Apart>
          </div>
          <Centre />
        </main>
        {side !== null && <SidePanel key={side} side={side} />}
      </div>
      <PageDrop />
      <Apart name={t('The dialog')}>
        <Suspense>{reading && <IntakeDialog />}</Suspense>
      </Apart>
      <Apart name={t('The dialog')}>
        <Dialogs />
      </Apart>
    </BoundarySubject>
  );
}

/** Skips bar and recipe. The URL keeps its hash, which is the recipe's. */
function SkipLink() {
  return (
    <a
      href={`#${MAIN}`}
      className={styles.skip}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(MAIN)?.focus();
      }}
    >
      {t('Skip to the figure')}
    </a>
  );
}

function SidePanel({ side }: { readonly side: Side }) {
  const panel = useRef<HTMLElement>(null);
  const close = (): void => {
    const inside = panel.current?.contains(document.activeElement) === true;
    setView({ side: null });
    if (inside) document.querySelector<HTMLElement>(`[data-side-button='${side}']`)?.focus();
  };
  useClosing(close);
  return (
    <aside
      ref={panel}
      className={styles.side}
      data-side={side}
      aria-label={side === 'methods' ? t('Methods') : t('Profiler')}
      tabIndex={0}
    >
      <button type="button" className={styles.close} onClick={close}>
        {t('Close')}
      </button>
      <Apart name={t('This panel')}>
        <Suspense>
          {side === 'methods' ? <Methods /> : <ProfilePanel />}
          <InSight of={panel} />
        </Suspense>
      </Apart>
    </aside>
  );
}

/**
 * On a phone a side panel is below the figure: goes there once it has its content, and back when it is
 * closed.
 */
function InSight({ of }: { readonly of: RefObject<HTMLElement | null> }) {
  useEffect(() => {
    const panel = of.current;
    if (!panel || getComputedStyle(panel).position === 'sticky') return;
    const before = window.scrollY;
    panel.scrollIntoView({ block: 'start' });
    const there = window.scrollY;
    return () => {
      // Not if the reader has gone back already.
      if (window.scrollY > there - window.innerHeight) window.scrollTo({ top: before });
    };
  }, [of]);
  return null;
}

/** On Escape, unless a dialog, a menu or a tooltip handled the key. */
function useClosing(close: () => void): void {
  const onEscape = useEffectEvent(close);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      onEscape();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
