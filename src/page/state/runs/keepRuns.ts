/** Every run that takes a step is saved automatically: at each evaluation, so that little is lost with the tab, and at its end. */
import { useExperiment } from '../run/experiment';
import type { Experiment } from '../../../runtime/experimentState';
import { useTabs } from '../run/tabs';
import { describeRun, runId, type RunStatus } from '../../../readings/runs/runEntry';
import { askForFolder, writeFinished } from './runFolder';
import { keepRun, useRuns } from './runsState';

const ENDS: Partial<Record<Experiment['phase'], RunStatus>> = { finished: 'finished', stopped: 'stopped', failed: 'failed' };

/** Watches the experiment until the returned function is called. */
export function keepRuns(): () => void {
  let startedAt = performance.now();
  /** The current run; null once it has ended, so that later events are not taken for part of it. */
  let open: string | null = null;
  let evaluations = 0;
  return useExperiment.subscribe((now, before) => {
    if (now.phase === 'preparing' && before.phase !== 'preparing') {
      startedAt = performance.now();
      if (!useTabs.getState().watching) void askForFolder();
    }
    const { record } = now;
    // The tab that trains saves its run.
    if (now.source !== 'live' || !record || useTabs.getState().watching) return;
    if (record.createdAt !== before.record?.createdAt) {
      open = runId(record);
      evaluations = 0;
    }
    if (open === null) return;
    if (useRuns.getState().live !== open) useRuns.setState({ live: open });
    const end = ENDS[now.phase];
    const measured = record.arms.reduce((sum, arm) => sum + arm.evaluations.length, 0);
    const stepped = record.arms.some((arm) => arm.steps.step.length > 0);
    if (stepped && (end !== undefined || measured > evaluations)) {
      evaluations = measured;
      const outcome = {
        status: end ?? ('interrupted' as const),
        failure: end === 'failed' ? (now.failure?.message ?? null) : null,
        wallSeconds: (performance.now() - startedAt) / 1000,
      };
      const entry = describeRun(record, outcome);
      void keepRun(entry, record);
      if (end === 'finished') void writeFinished(entry, record);
    }
    if (end !== undefined) {
      open = null;
      useRuns.setState({ live: null });
    }
  });
}
