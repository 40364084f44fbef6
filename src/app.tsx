import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './page/shell/App';
import { ErrorBoundary } from './page/ui/ErrorBoundary';
import { SAMPLE_LOG } from './log/sampleLog';
import { siteLogOf } from './log/siteLogs';
import { prepareOffline } from './page/state/offline/offline';
import { setOpening } from './page/state/opening/openingState';
import { loadRecordedRun } from './page/state/opening/recordedRun';
import { loadGrid } from './page/state/grid/gridState';
import { driveQueue } from './page/state/grid/queue';
import { keepRuns } from './page/state/runs/keepRuns';
import { loadRunFolder } from './page/state/runs/runFolder';
import { loadRuns } from './page/state/runs/runsState';
import { followShownRun, showKeptRun } from './page/state/runs/shownRun';
import { useExperiment } from './page/state/run/experiment';
import { allowOwnScripts } from './page/ui/ownScripts';
import { keepTruthful } from './page/state/opening/address';
import { lookAsLinked, reportLinkProblems, showLinkedRun } from './page/state/opening/linkedRun';
import { readLink } from './files/shareLink';
import { readViewLink } from './files/viewLink';
import { useLanguage } from './page/state/kept/language';
import { keepState, keepView, keptRecipe, keptView } from './page/state/session/keptState';
import { joinSchema } from './page/state/kept/local';
import { choosePreset, setRecipe } from './page/state/recipe/recipe';
import { followRecipe } from './page/state/recipe/recipeHistory';
import { startSession } from './page/state/session/session';
import { SessionContext } from './page/state/session/SessionContext';
import { setView } from './page/state/view/view';
import { isPreset } from './recipe/presets';
import { t } from './words/words';

/** Fills the page, once its language is there. */
export function startPage(): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');

  allowOwnScripts();
  // Before anything is read or written.
  joinSchema();
  const link = readLink(location.hash);
  const viewLink = readViewLink(location.search, location.hash);
  // A link says what to train; without one, or if it cannot be read, the recipe is as it was left.
  const kept = link.kind === 'recipe' ? null : keptRecipe();
  if (link.kind === 'recipe') {
    setRecipe(link.preset.id, link.spec);
    setOpening({ wantedLog: link.log });
  }
  if (kept !== null) setRecipe(kept.presetId, { ...kept.draft, data: { ...kept.draft.data, id: SAMPLE_LOG.id } });
  const view = keptView();
  setView(view);
  if (link.kind === 'unreadable')
    setOpening({
      problem:
        kept === null
          ? t('The recipe in the link could not be read. {reason} The preset is shown.', { reason: link.reason })
          : t('The recipe in the link could not be read. {reason} The recipe is as you left it.', { reason: link.reason }),
    });
  // A recipe is there to be trained, and one that could not be read to be corrected.
  if (link.kind !== 'none') setView({ centre: 'try', recipeOpen: true });
  setView(viewLink.view.centre === undefined ? {} : { centre: viewLink.view.centre });
  reportLinkProblems(viewLink.problems);
  // The recorded run of a preset brings its recipe, unless the user has edited one.
  if (kept === null && link.kind === 'none' && viewLink.run?.kind === 'shipped' && isPreset(viewLink.run.id))
    choosePreset(viewLink.run.id);
  // A link to a lesson.
  if (new URLSearchParams(location.search).has('lesson')) setView({ centre: 'learn' });
  if (innerWidth <= 700) setView({ recipeOpen: false });

  const session = startSession(
    () => new Worker(new URL('./runtime/trainingWorker.ts', import.meta.url), { type: 'module' }),
    () => new Worker(new URL('./runtime/intakeWorker.ts', import.meta.url), { type: 'module' }),
  );
  session.probe();
  const named = link.kind === 'recipe' ? siteLogOf(link.log) : null;
  if (named !== null) session.intake.openSite(named);
  if (kept !== null && kept.draft.data.id !== SAMPLE_LOG.id) {
    const name = kept.draft.data.id;
    setOpening({ wantedLog: { name, hash: null } });
    session.restoreLog(name);
  }
  keepState();
  if (link.kind !== 'none') keepView();
  followRecipe(kept?.history);
  keepTruthful();
  keepRuns(session.ended);
  driveQueue(session);
  void loadRuns().then(loadRunFolder);
  void loadGrid();
  void showRun();
  void prepareOffline();

  /**
   * Shows what the link names; else what was on the page when it was left, else the recorded run; with the
   * view at that time.
   */
  async function showRun(): Promise<void> {
    if (await showLinkedRun(viewLink)) {
      followShownRun();
      return;
    }
    if (!(await showKeptRun())) await loadRecordedRun();
    const attention = useExperiment.getState().record?.base.attention;
    if (attention && (view.layer ?? 0) < attention.layers && (view.head ?? 0) < attention.heads)
      setView({ ...(view.layer !== undefined && { layer: view.layer }), ...(view.head !== undefined && { head: view.head }) });
    // The view of a link without a run applies to this one; that of a run awaiting consent comes with that
    // run.
    if (viewLink.run === null) lookAsLinked(viewLink.view);
    followShownRun();
  }

  createRoot(root).render(
    <StrictMode>
      <ErrorBoundary>
        <SessionContext value={session}>
          <InLanguage />
        </SessionContext>
      </ErrorBoundary>
    </StrictMode>,
  );
}

/** The page anew in another language: what is memoised in components is of the earlier one. */
function InLanguage() {
  return <App key={useLanguage((language) => language.spoken.id)} />;
}
