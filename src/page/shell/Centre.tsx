import { lazy, Suspense } from 'react';
import { CENTRE_NAMES } from './actions/page';
import { Apart } from '../ui/ErrorBoundary';
import { Figure } from '../features/figure/Figure';
import { useRuns } from '../state/runs/runsState';
import { setView, useView } from '../state/view/view';
import { CENTRES } from '../../readings/choices';
import styles from './Centre.module.css';
import { t } from '../../words/words';

// The figure is shown first; the other views are loaded on demand, not with the first load.
const InspectorView = lazy(async () => ({ default: (await import('../features/inspector/InspectorView')).InspectorView }));
const RunsView = lazy(async () => ({ default: (await import('../features/experiments/runs/RunsView')).RunsView }));
const Lessons = lazy(async () => ({ default: (await import('./Lessons')).Lessons }));
const GridView = lazy(async () => ({ default: (await import('../features/experiments/grid/GridView')).GridView }));

/** The view beside the recipe: the figure of one experiment, the inspector, all saved runs, a grid of runs, or lessons. */
export function Centre() {
  const centre = useView((view) => view.centre);
  const runs = useRuns((state) => state.entries.length);
  return (
    <div className={styles.centre}>
      <nav className={styles.tabs} aria-label={t('Views')} data-chrome>
        {CENTRES.map((id) => (
          <button
            key={id}
            type="button"
            aria-current={centre === id ? 'page' : undefined}
            onClick={() => {
              setView({ centre: id });
            }}
          >
            {id === 'runs' && runs > 0 ? t('Runs {count}', { count: runs }) : t(CENTRE_NAMES[id])}
          </button>
        ))}
      </nav>
      <Apart key={centre} name={t('This view')}>
        {centre === 'figure' && <Figure />}
        <Suspense fallback={<p role="status">{t('Loading…')}</p>}>
          {centre === 'inspector' && <InspectorView />}
          {centre === 'runs' && <RunsView />}
          {centre === 'grid' && <GridView />}
          {centre === 'learn' && <Lessons />}
        </Suspense>
      </Apart>
    </div>
  );
}
