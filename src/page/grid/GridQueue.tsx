import type { Job } from '../../experiment/grid/plan';
import { useRuns } from '../runs/runsState';
import { useExperiment } from '../state/experiment';
import { isBusy } from '../../runtime/experimentState';
import { useSession } from '../state/SessionContext';
import { hubQuestion, newHub, useHubs } from '../models/hubs';
import { CostLine } from './CostLine';
import { cancelJob, keepGrid, moveJob, useGrid, type KeptGrid } from './gridState';
import { pauseQueue, queuedJobs, startQueue, type JobState } from './queue';
import styles from './Grid.module.css';

/** The runs of the grid in order, and actions on them. */
export function GridQueue({ kept }: { readonly kept: KeptGrid }) {
  const session = useSession();
  const plan = useGrid((grid) => grid.plan);
  const running = useGrid((grid) => grid.running);
  const current = useGrid((grid) => grid.current);
  const entries = useRuns((runs) => runs.entries);
  const busy = useExperiment((experiment) => isBusy(experiment.phase));
  const missing = useExperiment((experiment) => experiment.device.state === 'missing');
  const hubs = useHubs();
  const jobs = queuedJobs({ kept, plan, current }, entries);
  const left = jobs.flatMap(({ job, state }) => (state === 'waiting' || state === 'running' ? [job] : []));
  const hub = left.map(({ spec }) => newHub(spec.model, hubs)).find((origin) => origin !== null);
  const done = jobs.filter(({ state }) => state === 'finished').length;
  return (
    <>
      <p className={styles.actions}>
        {running ? (
          <button
            type="button"
            title="Stops the current run; it starts again from its first step"
            onClick={() => {
              pauseQueue(session);
            }}
          >
            Pause the queue
          </button>
        ) : (
          <button
            type="button"
            disabled={busy || missing || left.length === 0 || hub !== undefined}
            title={hub === undefined ? undefined : hubQuestion(hub)}
            onClick={() => {
              startQueue(session);
            }}
          >
            {done === 0 ? 'Start the queue' : 'Resume the queue'}
          </button>
        )}
        <button
          type="button"
          disabled={running}
          title="Back to the form; this grid stays below, its finished runs under Runs"
          onClick={() => {
            keepGrid(null);
          }}
        >
          New grid
        </button>
        <span role="status" aria-label="Queue">
          {done} of {jobs.length} runs finished
        </span>
      </p>
      <CostLine jobs={left} log={kept.log} />
      <details open={done < jobs.length}>
        <summary>Queue</summary>
        <ol className={styles.queue} aria-label="Runs of the grid">
          {jobs.map(({ job, state }, place) => (
            <JobLine
              key={job.id}
              job={job}
              state={state}
              failure={kept.failures[job.id]}
              first={place === 0}
              last={place === jobs.length - 1}
            />
          ))}
        </ol>
      </details>
    </>
  );
}

interface JobLineProps {
  readonly job: Job;
  readonly state: JobState;
  readonly failure: string | undefined;
  readonly first: boolean;
  readonly last: boolean;
}

function JobLine({ job, state, failure, first, last }: JobLineProps) {
  const name = `${job.spec.name}, seed ${job.spec.seed}`;
  const move = (by: -1 | 1, label: string, sign: string, disabled: boolean) => (
    <button
      type="button"
      aria-label={`${label} ${name}`}
      disabled={disabled}
      onClick={() => {
        moveJob(job.id, by);
      }}
    >
      {sign}
    </button>
  );
  const out = state === 'cancelled' || state === 'failed';
  return (
    <li data-state={state}>
      <span className={styles.state} title={failure}>
        {state}
      </span>
      <span className={styles.job}>
        {name} <span className={styles.note}>{job.spec.arms.map(({ label }) => label).join(', ')}</span>
      </span>
      {state !== 'finished' && state !== 'running' && (
        <span className={styles.buttons}>
          {move(-1, 'Earlier:', '↑', first)}
          {move(1, 'Later:', '↓', last)}
          <button
            type="button"
            aria-label={`${out ? 'Put back' : 'Cancel'} ${name}`}
            onClick={() => {
              cancelJob(job.id, !out);
            }}
          >
            {out ? 'Put back' : 'Cancel'}
          </button>
        </span>
      )}
    </li>
  );
}
