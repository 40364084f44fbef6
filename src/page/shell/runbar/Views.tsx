import { useRuns } from '../../state/runs/runsState';
import { setView, useView } from '../../state/view/view';
import { VIEW_CENTRES, viewOf, type CentreId, type ViewId } from '../../../readings/choices';
import { CENTRE_NAMES, VIEW_NAMES } from '../actions/page';
import styles from './Views.module.css';
import { t } from '../../../words/words';

const VIEWS = Object.entries(VIEW_CENTRES) as readonly (readonly [ViewId, readonly [CentreId, ...CentreId[]]])[];

/** The page's four views. */
export function Views() {
  const centre = useView((view) => view.centre);
  return (
    <nav className={styles.views} aria-label={t('Views')} data-part="views" data-chrome>
      {VIEWS.map(([id, [first]]) => (
        <button
          key={id}
          type="button"
          aria-current={viewOf(centre) === id ? 'page' : undefined}
          onClick={() => {
            setView({ centre: first });
          }}
        >
          {t(VIEW_NAMES[id])}
        </button>
      ))}
    </nav>
  );
}

/** What there is of experiments: runs, and grids of them. */
export function Experiments() {
  const centre = useView((view) => view.centre);
  const runs = useRuns((state) => state.entries.length);
  return (
    <nav className={styles.experiments} aria-label={t('Experiments')} data-chrome>
      {VIEW_CENTRES.experiments.map((id) => (
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
  );
}
