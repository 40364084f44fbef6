import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './page/App';
import { ErrorBoundary } from './page/ErrorBoundary';
import { SAMPLE_LOG } from './log/sample';
import { prepareOffline } from './page/offline/offline';
import { setOpening } from './page/opening/openingState';
import { loadRecordedRun } from './page/opening/recordedRun';
import { loadGrid } from './page/grid/gridState';
import { driveQueue } from './page/grid/queue';
import { keepRuns } from './page/runs/keepRuns';
import { loadRuns } from './page/runs/runsState';
import { followShownRun, showKeptRun } from './page/runs/shownRun';
import { useExperiment } from './page/state/experiment';
import { allowOwnScripts } from './page/ownScripts';
import { readLink } from './page/sharing/shareLink';
import { keepState, keptRecipe, keptView } from './page/state/keptState';
import { joinSchema } from './page/state/local';
import { setRecipe } from './page/state/recipe';
import { followRecipe } from './page/state/recipeHistory';
import { startSession } from './page/state/session';
import { SessionContext } from './page/state/SessionContext';
import { setView } from './page/state/view';
import './page/theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

allowOwnScripts();
// Before anything is read or written.
joinSchema();
const link = readLink(location.hash);
// A link says what to show; without one the page is as it was left.
const kept = link.kind === 'none' ? keptRecipe() : null;
if (link.kind === 'recipe') {
  setRecipe(link.preset.id, link.spec);
  setOpening({ wantedLog: link.log });
}
if (kept !== null) setRecipe(kept.presetId, { ...kept.draft, data: { ...kept.draft.data, id: SAMPLE_LOG.id } });
const view = keptView();
setView(view);
if (link.kind === 'unreadable')
  setOpening({ problem: `The recipe in the link could not be read. ${link.reason} The preset is shown.` });
// A link to a lesson.
if (new URLSearchParams(location.search).has('lesson')) setView({ centre: 'learn' });
if (innerWidth <= 700) setView({ recipeOpen: false });

const session = startSession(
  () => new Worker(new URL('./runtime/trainingWorker.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./runtime/intakeWorker.ts', import.meta.url), { type: 'module' }),
);
session.probe();
if (kept !== null && kept.draft.data.id !== SAMPLE_LOG.id) {
  const name = kept.draft.data.id;
  setOpening({ wantedLog: { name, hash: null } });
  session.restoreLog(name);
}
keepState();
followRecipe();
keepRuns();
driveQueue(session);
void loadRuns();
void loadGrid();
void showRun();
void prepareOffline();

/** What was on the page when it was left, else the recorded run; both as they were looked at. */
async function showRun(): Promise<void> {
  if (!(await showKeptRun())) await loadRecordedRun();
  const attention = useExperiment.getState().record?.base.attention;
  if (attention && (view.layer ?? 0) < attention.layers && (view.head ?? 0) < attention.heads)
    setView({ ...(view.layer !== undefined && { layer: view.layer }), ...(view.head !== undefined && { head: view.head }) });
  followShownRun();
}

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <SessionContext value={session}>
        <App />
      </SessionContext>
    </ErrorBoundary>
  </StrictMode>,
);
