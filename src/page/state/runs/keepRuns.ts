/**
 * Every run that takes a step is saved automatically: at each evaluation, so that little is lost with the
 * tab, and at its end.
 */
import { useExperiment } from '../run/experiment';
import { isBusy, type Experiment } from '../../../runtime/experimentState';
import { useTabs } from '../run/tabs';
import type { RunRecord } from '../../../record/runRecord';
import { describeRun, recordRunId, type RunStatus } from '../../../readings/runs/runEntry';
import { askForFolder, writeFinished } from './runFolder';
import { keepRun, useRuns } from './runsState';

const ENDS: Partial<Record<Experiment['phase'], RunStatus>> = { finished: 'finished', stopped: 'stopped', failed: 'failed' };

/** The run that trains in this tab. */
interface OpenRun {
  readonly id: string;
  /** Seconds of earlier visits, as far as they were saved; null if that is not known. */
  readonly earlier: number | null;
  /** Number of evaluations that need not be saved again. */
  evaluations: number;
}

/**
 * Watches the experiment until the returned function is called.
 * @param onEnd called at the end of a run with its `createdAt`; `stored`: whether it will be there at the
 * next visit
 */
export function keepRuns(onEnd: (run: string, stored: Promise<boolean>) => void = () => undefined): () => void {
  let pressedAt = performance.now();
  /** Null once the run has ended, so that later events are not taken for part of it. */
  let open: OpenRun | null = null;
  return useExperiment.subscribe((now, before) => {
    // A run that has lost its device is prepared again.
    if (now.phase === 'preparing' && !isBusy(before.phase)) {
      pressedAt = performance.now();
      if (!useTabs.getState().watching) void askForFolder();
    }
    const { record } = now;
    // The tab that trains saves its run.
    if (now.source !== 'live' || !record || useTabs.getState().watching) return;
    if (now.started !== before.started && recordRunId(record) !== open?.id) open = opened(record);
    if (open === null) return;
    if (useRuns.getState().live !== open.id) useRuns.setState({ live: open.id, unkept: false });
    const end = ENDS[now.phase];
    const measured = evaluationsOf(record);
    let stored = Promise.resolve(true);
    if (hasStepped(record) && (end !== undefined || measured > open.evaluations)) {
      open.evaluations = measured;
      const outcome = {
        status: end ?? ('interrupted' as const),
        failure: end === 'failed' ? (now.failure?.message ?? null) : null,
        wallSeconds: open.earlier === null ? null : open.earlier + (performance.now() - pressedAt) / 1000,
      };
      const entry = describeRun(record, outcome);
      stored = keepRun(entry, record);
      if (end === 'finished') void writeFinished(entry, record);
    }
    if (end !== undefined) {
      open = null;
      useRuns.setState({ live: null });
      onEnd(record.createdAt, stored);
      void stored.then((kept) => {
        if (!kept) useRuns.setState({ unkept: true });
      });
    }
  });
}

/**
 * What is in the record of a resumed run already was saved, unless another tab is the one that knows of it.
 */
function opened(record: RunRecord): OpenRun {
  const id = recordRunId(record);
  const known = useRuns.getState().entries.find((entry) => entry.id === id);
  const resumed = hasStepped(record);
  return {
    id,
    earlier: known ? known.wallSeconds : resumed ? null : 0,
    evaluations: resumed ? evaluationsOf(record) : 0,
  };
}

function hasStepped({ arms }: RunRecord): boolean {
  return arms.some(({ steps }) => steps.step.length > 0);
}

function evaluationsOf({ arms }: RunRecord): number {
  return arms.reduce((sum, { evaluations }) => sum + evaluations.length, 0);
}
