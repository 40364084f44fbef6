import { message, t } from '../../../../words/words';
import type { Job } from '../../../../experiment/grid/plan';
import { useRuns } from '../../../state/runs/runsState';
import { useExperiment } from '../../../state/run/experiment';
import { isBusy } from '../../../../runtime/experimentState';
import { useSession } from '../../../state/session/SessionContext';
import { hubQuestion, newHub, useHubs } from '../../../state/kept/hubs';
import { CostLine } from './CostLine';
import { cancelJob, keepGrid, moveJob, useGrid, type KeptGrid } from '../../../state/grid/gridState';
import { pauseQueue, queuedJobs, startQueue, type JobState } from '../../../state/grid/queue';
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
            title={t('Stops the current run; it starts again from its first step')}
            onClick={() => {
              pauseQueue(session);
            }}
          >
            {t('Pause the queue')}
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
            {done === 0 ? t('Start the queue') : t('Resume the queue')}
          </button>
        )}
        <button
          type="button"
          disabled={running}
          title={t('Back to the form; this grid stays below, its finished runs under Runs')}
          onClick={() => {
            keepGrid(null);
          }}
        >
          {t('New grid')}
        </button>
        <span role="status" aria-label={t('Queue')}>
          {t('{done} of {n} runs finished', { done, n: jobs.length })}
        </span>
      </p>
      <CostLine jobs={left} log={kept.log} />
      <details open={done < jobs.length}>
        <summary>{t('Queue')}</summary>
        <ol className={styles.queue} aria-label={t('Runs of the grid')}>
          {jobs.map(({ job, state, failure }, place) => (
            <JobLine
              key={job.id}
              job={job}
              state={state}
              failure={failure}
              first={place === 0}
              last={place === jobs.length - 1}
            />
          ))}
        </ol>
      </details>
    </>
  );
}

const STATES: Readonly<Record<JobState, string>> = {
  finished: message('finished'),
  running: message('running'),
  failed: message('failed'),
  cancelled: message('cancelled'),
  waiting: message('waiting'),
};

interface JobLineProps {
  readonly job: Job;
  readonly state: JobState;
  readonly failure: string | undefined;
  readonly first: boolean;
  readonly last: boolean;
}

function JobLine({ job, state, failure, first, last }: JobLineProps) {
  const name = t('{recipe}, seed {seed}', { recipe: job.spec.name, seed: String(job.spec.seed) });
  const move = (by: -1 | 1, label: string, sign: string, disabled: boolean) => (
    <button
      type="button"
      aria-label={label}
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
        {t(STATES[state])}
      </span>
      <span className={styles.job}>
        {name} <span className={styles.note}>{job.spec.arms.map(({ label }) => label).join(', ')}</span>
      </span>
      {state !== 'finished' && state !== 'running' && (
        <span className={styles.buttons}>
          {move(-1, t('Earlier: {run}', { run: name }), '↑', first)}
          {move(1, t('Later: {run}', { run: name }), '↓', last)}
          <button
            type="button"
            aria-label={out ? t('Put back {run}', { run: name }) : t('Cancel {run}', { run: name })}
            onClick={() => {
              cancelJob(job.id, !out);
            }}
          >
            {out ? t('Put back') : t('Cancel')}
          </button>
        </span>
      )}
    </li>
  );
}
