import { calibrationRuns, estimateCost } from '../../experiment/grid/cost';
import type { Job } from '../../experiment/grid/plan';
import { adapterKey } from '../../experiment/grid/results';
import { count, duration } from '../format';
import { useRuns } from '../runs/runsState';
import { useExperiment } from '../state/experiment';
import { isBusy } from '../../runtime/experimentState';
import { useSession } from '../state/SessionContext';
import { knownRuns, resultsOf, useGrid } from './gridState';
import { calibrate } from './queue';
import styles from './Grid.module.css';

/** What is left and how long it will take, from times measured on this adapter; without any, a button to measure. */
export function CostLine({ jobs, log }: { readonly jobs: readonly Job[]; readonly log: string }) {
  const session = useSession();
  const entries = useRuns((runs) => runs.entries);
  const device = useExperiment((experiment) => experiment.device);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const calibrating = useGrid((grid) => grid.current === 'calibration');
  const adapter = device.state === 'ready' ? adapterKey(device.adapter) : '';
  const cost = estimateCost(jobs, resultsOf(entries), knownRuns(entries), { adapter, log });
  if (cost.runs === 0) return <p className={styles.note}>Nothing is left to train.</p>;
  const measures = calibrationRuns(cost, log);
  const left = `${count(cost.runs)} ${cost.runs === 1 ? 'run' : 'runs'} left: ${count(cost.arms)} arms, ${count(cost.steps)} steps.`;
  return (
    <p className={styles.note} aria-label="What is left">
      {left}{' '}
      {measures.length === 0 ? (
        <>
          Training about {duration(cost.training)}
          {cost.overhead === null
            ? '; preparation and evaluation are extra and known after the first run'
            : `, preparation and evaluation about ${duration(cost.overhead)}`}
          , by step times measured on this adapter.
        </>
      ) : (
        <>
          Step times of {measures.length === 1 ? 'one kind of arm are' : `${measures.length} kinds of arms are`} not known on this
          adapter.{' '}
          <button
            type="button"
            className="plain"
            disabled={busy || device.state !== 'ready'}
            onClick={() => {
              calibrate(session, measures);
            }}
          >
            {calibrating ? 'Measuring…' : `Measure (${measures.length} × 3 steps)`}
          </button>
        </>
      )}
    </p>
  );
}
