import type { RunEvent, StageProgress } from '../../record/runEvents';
import { followStage, stageSecondsLeft, type StageSoFar } from './stageTime';

/** Reports a stage's progress with how much longer the stage will take, as far as that can be told. */
export function stageReports(emit: (event: RunEvent) => void): (progress: StageProgress) => void {
  let stage: StageSoFar | null = null;
  return (progress) => {
    const now = performance.now();
    stage = followStage(stage, progress, now);
    const secondsLeft = stageSecondsLeft(stage, now);
    emit({ type: 'progress', progress: secondsLeft === null ? progress : { ...progress, secondsLeft } });
  };
}
