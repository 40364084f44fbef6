import { Figure } from './figure/Figure';
import { RunsView } from './runs/RunsView';
import { useRuns } from './runs/runsState';
import { setView, useView, type Centre as CentreId } from './state/view';
import styles from './Centre.module.css';

/** What stands beside the recipe: the figure of one experiment, or all kept runs. */
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
      <nav className={styles.tabs} aria-label="Views">
        {tab('figure', 'Figure')}
        {tab('runs', runs > 0 ? `Runs ${runs}` : 'Runs')}
      </nav>
      {centre === 'figure' ? <Figure /> : <RunsView />}
    </div>
  );
}
