import { lazy, Suspense } from 'react';
import { Apart } from './ErrorBoundary';
import { Figure } from './figure/Figure';
import { useRuns } from './runs/runsState';
import { setView, useView, type Centre as CentreId } from './state/view';
import styles from './Centre.module.css';

// The figure is shown first; the other views are loaded on demand, not with the first load.
const InspectorView = lazy(async () => ({ default: (await import('./inspector/InspectorView')).InspectorView }));
const RunsView = lazy(async () => ({ default: (await import('./runs/RunsView')).RunsView }));
const LearnView = lazy(async () => ({ default: (await import('./learn/LearnView')).LearnView }));
const GridView = lazy(async () => ({ default: (await import('./grid/GridView')).GridView }));

/** The view beside the recipe: the figure of one experiment, the inspector, all saved runs, a grid of runs, or lessons. */
export function Centre() {
  const centre = useView((view) => view.centre);
  const runs = useRuns((state) => state.entries.length);
  const tab = (id: CentreId, label: string) => (
    <button
      type="button"
      aria-current={centre === id ? 'page' : undefined}
      onClick={() => {
        setView({ centre: id });
      }}
    >
      {label}
    </button>
  );
  return (
    <div className={styles.centre}>
      <nav className={styles.tabs} aria-label="Views" data-chrome>
        {tab('figure', 'Figure')}
        {tab('inspector', 'Inspector')}
        {tab('runs', runs > 0 ? `Runs ${runs}` : 'Runs')}
        {tab('grid', 'Grid')}
        {tab('learn', 'Learn')}
      </nav>
      <Apart key={centre} name="This view">
        {centre === 'figure' && <Figure />}
        <Suspense fallback={<p role="status">Loading…</p>}>
          {centre === 'inspector' && <InspectorView />}
          {centre === 'runs' && <RunsView />}
          {centre === 'grid' && <GridView />}
          {centre === 'learn' && <LearnView />}
        </Suspense>
      </Apart>
    </div>
  );
}
