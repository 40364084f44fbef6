import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './page/App';
import { ErrorBoundary } from './page/ErrorBoundary';
import { prepareOffline } from './page/offline/offline';
import { setOpening } from './page/opening/openingState';
import { loadRecordedRun } from './page/opening/recordedRun';
import { loadGrid } from './page/grid/gridState';
import { driveQueue } from './page/grid/queue';
import { keepRuns } from './page/runs/keepRuns';
import { loadRuns } from './page/runs/runsState';
import { readLink } from './page/sharing/shareLink';
import { setRecipe } from './page/state/recipe';
import { startSession } from './page/state/session';
import { SessionContext } from './page/state/SessionContext';
import { setView } from './page/state/view';
import './page/theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

const link = readLink(location.hash);
if (link.kind === 'recipe') setRecipe(link.preset.id, link.spec);
if (link.kind === 'unreadable')
  setOpening({ problem: `The recipe in the link could not be read. ${link.reason} The preset is shown.` });
if (innerWidth <= 700) setView({ recipeOpen: false });

const session = startSession(
  () => new Worker(new URL('./runtime/trainingWorker.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./runtime/intakeWorker.ts', import.meta.url), { type: 'module' }),
);
session.probe();
keepRuns();
driveQueue(session);
void loadRuns();
void loadGrid();
void loadRecordedRun();
void prepareOffline();

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <SessionContext value={session}>
        <App />
      </SessionContext>
    </ErrorBoundary>
  </StrictMode>,
);
