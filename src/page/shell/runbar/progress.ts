import type { StepColumns } from '../../../record/runRecord';
import { secondsPerStep } from '../../../experiment/forecast/timeLeft';

export interface ArmProgress {
  readonly step: number;
  readonly examples: number;
  readonly seconds: number;
  /** Steps per second over the last steps; null before the second one. */
  readonly rate: number | null;
}

export function armProgress(columns: StepColumns): ArmProgress {
  const perStep = secondsPerStep(columns);
  return {
    step: columns.step.at(-1) ?? 0,
    seconds: columns.seconds.at(-1) ?? 0,
    examples: columns.examples.at(-1) ?? 0,
    rate: perStep === null ? null : 1 / perStep,
  };
}
