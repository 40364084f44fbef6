/** How much longer a stage will take, from how fast it has been. Pure. */
import type { StageProgress } from '../../record/runEvents';

/** A stage before or after training. */
export interface StageSoFar extends StageProgress {
  /** When its first unit was begun, in milliseconds. */
  readonly since: number;
  /** Units that were done then. */
  readonly from: number;
}

export function followStage(before: StageSoFar | null, progress: StageProgress, now: number): StageSoFar {
  const same = before?.stage === progress.stage && before.total === progress.total && before.done <= progress.done;
  return { ...progress, since: same && progress.done > 0 ? before.since : now, from: same ? before.from : progress.done };
}

/** Units of a stage that has fewer take different times, such as the first steps of arms. */
const FEWEST_UNITS = 8;

/** Seconds; null before the second report, and if the total is unknown or small. */
export function stageSecondsLeft({ since, from, done, total }: StageSoFar, now: number): number | null {
  if (total < FEWEST_UNITS) return null;
  return done > from && total > done ? (((now - since) / 1000) * (total - done)) / (done - from) : null;
}
