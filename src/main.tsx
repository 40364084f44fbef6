import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { ErrorBoundary } from './app/ErrorBoundary';
import { prepareOffline } from './app/offline/offline';
import { setOpening } from './app/opening/openingState';
import { loadRecordedRun } from './app/opening/recordedRun';
import { loadGrid } from './app/grid/gridState';
import { driveQueue } from './app/grid/queue';
import { keepRuns } from './app/runs/keepRuns';
import { loadRuns } from './app/runs/runsState';
import { readLink } from './app/sharing/shareLink';
import { setRecipe } from './app/state/recipe';
import { startSession } from './app/state/session';
import { SessionContext } from './app/state/SessionContext';
import { setView } from './app/state/view';
import './app/theme.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

const link = readLink(location.hash);
if (link.kind === 'recipe') setRecipe(link.preset.id, link.spec);
if (link.kind === 'unreadable')
  setOpening({ problem: `The recipe in the address could not be read: ${link.reason}. The preset is shown.` });
if (innerWidth <= 700) setView({ recipeOpen: false });

const session = startSession(
  () => new Worker(new URL('./worker/trainingWorker.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./worker/intakeWorker.ts', import.meta.url), { type: 'module' }),
);
session.probe();
keepRuns();
driveQueue(session);
void loadRuns();
void loadGrid();
void loadRecordedRun(new AbortController().signal);
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
