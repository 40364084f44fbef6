/** Runs the grid's jobs one after the other through the session, as if the user pressed Run. */
import { t } from '../../../words/words';
import { remainingRun, type Job } from '../../../experiment/grid/plan';
import { logName } from '../../../experiment/grid/cellKey';
import type { RunSpec } from '../../../recipe/runSpec';
import { recordRunId, type RunEntry } from '../../../readings/runs/runEntry';
import { markRun, useRuns } from '../runs/runsState';
import { useExperiment } from '../run/experiment';
import { isBusy } from '../../../runtime/experimentState';
import type { Failure } from '../../../runtime/failure';
import type { Session } from '../session/session';
import { changeGrid, divergedCells, resultsOf, useGrid, type GridState } from './gridState';
import { setField, useRecipe } from '../recipe/recipe';

const CALIBRATION = 'calibration';

type QueueParts = Pick<GridState, 'kept' | 'plan' | 'current'>;

export type JobState = 'finished' | 'running' | 'failed' | 'cancelled' | 'waiting';

export interface QueuedJob {
  readonly job: Job;
  readonly state: JobState;
  /** The part of it that is left to train; null if nothing is. */
  readonly spec: RunSpec | null;
  /** Why it, or an arm of it, gave no result. */
  readonly failure?: string | undefined;
}

/** The grid's jobs in the order in which they run, and the state of each. */
export function queuedJobs({ kept, plan, current }: QueueParts, entries: readonly RunEntry[]): QueuedJob[] {
  if (!kept || !plan) return [];
  const finished = resultsOf(entries);
  return kept.order.flatMap((id) => {
    const job = plan.jobs.find((one) => one.id === id);
    if (!job) return [];
    const lost = job.cells.flatMap(({ key }) => (finished.has(key) ? [] : (kept.diverged[key] ?? [])));
    const spec = remainingRun(job, { has: (key) => finished.has(key) || key in kept.diverged });
    const stateNow = (): JobState => {
      if (id === current) return 'running';
      if (spec === null) return lost.length > 0 ? 'failed' : 'finished';
      if (id in kept.failures) return 'failed';
      return kept.cancelled.includes(id) ? 'cancelled' : 'waiting';
    };
    return [{ job, state: stateNow(), spec, failure: kept.failures[id] ?? (lost.length > 0 ? lost.join(' ') : undefined) }];
  });
}

/** The jobs that still have something to train, in order. */
export function waitingJobs(): { readonly job: Job; readonly spec: RunSpec }[] {
  return queuedJobs(useGrid.getState(), useRuns.getState().entries).flatMap(({ job, state, spec }) =>
    state === 'waiting' && spec ? [{ job, spec }] : [],
  );
}

export function startQueue(session: Session): void {
  useGrid.setState({ running: true, problem: null });
  runNext(session);
}

/** Measures the steps of these runs first; nothing else is started. */
export function calibrate(session: Session, specs: readonly RunSpec[]): void {
  useGrid.setState({ calibrating: specs, problem: null });
  runNext(session);
}

/** Ends the current run, which will start again from its first step, and waits. */
export function pauseQueue(session: Session): void {
  useGrid.setState({ running: false, calibrating: [] });
  if (useGrid.getState().current !== null) session.stop();
}

/** @param waited whether the log that was in transfer has arrived */
function runNext(session: Session, waited = false): void {
  const { running, current, calibrating, kept } = useGrid.getState();
  if (current !== null || isBusy(useExperiment.getState().phase)) return;
  const [short, ...rest] = calibrating;
  if (short) {
    useGrid.setState({ current: CALIBRATION, calibrating: rest });
    session.run(short);
    return;
  }
  if (!running) return;
  const [next] = waitingJobs();
  if (!next) {
    useGrid.setState({ running: false });
    void takeRate();
    return;
  }
  const { log } = useExperiment.getState();
  const open = log && logName(log.summary.id, log.summary.hash);
  if (kept && kept.log !== 'sample' && kept.log !== open) {
    if (!waited) {
      void session.logArrived().then(() => {
        runNext(session, true);
      });
      return;
    }
    useGrid.setState({
      running: false,
      problem: t('The grid uses the log “{log}”: open it again, then resume.', { log: kept.logTitle }),
    });
    return;
  }
  useGrid.setState({ current: next.job.id });
  // An interrupted cell resumes from its checkpoint.
  session.goOn(next.spec);
}

/** The outcome of a search becomes the recipe's, if that is still of the log that was searched on. */
async function takeRate(): Promise<void> {
  const { kept, plan } = useGrid.getState();
  const { log } = useExperiment.getState();
  if (!kept?.search || !plan || log === null || kept.log !== logName(log.summary.id, log.summary.hash)) return;
  const { rateFound } = await import('../../../readings/grid/rateSearch');
  const found = rateFound(plan, resultsOf(useRuns.getState().entries), divergedCells(kept, plan));
  if (found !== null && useRecipe.getState().draft.data.id === log.summary.id) setField('training.learningRate', found.rate);
}

/**
 * Watches the experiment for the end of the queue's run, until the returned function is called. Runs are
 * saved before this is called.
 */
export function driveQueue(session: Session): () => void {
  return useExperiment.subscribe((now, before) => {
    const { current } = useGrid.getState();
    // A worker that crashed sends no final event.
    const broken = now.phase === 'failed' && before.phase !== 'failed' && now.failure?.code !== 'numerics';
    if (current === null || (now.ended === before.ended && !broken)) return;
    useGrid.setState({ current: null });
    if (current === CALIBRATION && now.phase === 'finished' && now.record) {
      markRun(recordRunId(now.record), { hidden: true, tags: [CALIBRATION] });
    }
    if (now.phase === 'stopped') useGrid.setState({ running: false, calibrating: [] });
    if (now.phase === 'failed') failed(current, now.failure);
    setTimeout(() => {
      runNext(session);
    });
  });
}

/**
 * A loss that is not a number is a result of its arm's cell, or of all cells if a baseline's. Any other
 * failure would recur in the next run.
 */
function failed(job: string, failure: Pick<Failure, 'code' | 'message' | 'arm'> | null): void {
  const { kept, plan } = useGrid.getState();
  if (kept && job !== CALIBRATION && failure?.code === 'numerics') {
    const cell = plan?.jobs.find(({ id }) => id === job)?.cells.find(({ variant }) => variant.arm.id === failure.arm);
    if (cell !== undefined) {
      changeGrid({ diverged: { ...kept.diverged, [cell.key]: failure.message } });
      return;
    }
    changeGrid({ failures: { ...kept.failures, [job]: failure.message } });
    return;
  }
  useGrid.setState({ running: false, calibrating: [] });
}
