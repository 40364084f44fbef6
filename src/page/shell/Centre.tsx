import { lazy, Suspense, useEffect, useRef } from 'react';
import { Apart } from '../ui/ErrorBoundary';
import { Figure } from '../features/figure/Figure';
import { useView } from '../state/view/view';
import { viewOf } from '../../readings/choices';
import { Experiments } from './runbar/Views';
import { t } from '../../words/words';

// The figure is shown first; the other views are loaded on demand, not with the first load.
const InspectorView = lazy(async () => ({ default: (await import('../features/inspector/InspectorView')).InspectorView }));
const OperationsView = lazy(async () => ({
  default: (await import('../features/operations/OperationsView')).OperationsView,
}));
const RunsView = lazy(async () => ({ default: (await import('../features/experiments/runs/RunsView')).RunsView }));
const Lessons = lazy(async () => ({ default: (await import('./Lessons')).Lessons }));
const GridView = lazy(async () => ({ default: (await import('../features/experiments/grid/GridView')).GridView }));

/**
 * What the page shows below its bar: the figure of one experiment, with the inspector where one is tried;
 * saved runs, a grid of runs, or lessons.
 */
export function Centre() {
  const centre = useView((view) => view.centre);
  const view = viewOf(centre);
  return (
    <div>
      {view === 'experiments' && <Experiments />}
      <Apart key={view === 'try' ? view : centre} name={t('This view')}>
        {view === 'story' && <Figure />}
        {view === 'try' && (
          <Figure>
            <Inspector />
          </Figure>
        )}
        <Suspense fallback={<p role="status">{t('Loading…')}</p>}>
          {centre === 'runs' && <RunsView />}
          {centre === 'grid' && <GridView />}
          {centre === 'learn' && <Lessons />}
        </Suspense>
      </Apart>
    </div>
  );
}

/** The inspector, below the figure; scrolled to where it is asked for. */
function Inspector() {
  const asked = useView((view) => view.centre === 'inspector');
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (asked) place.current?.scrollIntoView({ block: 'start' });
  }, [asked]);
  return (
    <section ref={place} aria-label={t('Inspector')}>
      <Suspense fallback={<p role="status">{t('Loading…')}</p>}>
        <InspectorView />
        <OperationsView />
      </Suspense>
    </section>
  );
}
