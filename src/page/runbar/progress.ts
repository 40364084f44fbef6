import type { StageProgress } from '../../record/runEvents';
import type { StepColumns } from '../../record/runRecord';
import { secondsPerStep } from '../../experiment/timeLeft';
import { bytes, count } from '../format';

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

const STAGES: Readonly<Record<StageProgress['stage'], string>> = {
  device: 'Requesting the GPU',
  download: 'Downloading',
  cache: 'Reading from the cache',
  log: 'Reading the log',
  compile: 'Compiling shaders',
  certificate: 'Checking the model against ONNX Runtime',
  features: 'Computing item features',
  'id-model': 'Training the SASRec-size baseline',
  'head-start': 'Fitting the heads',
  'warm-up': 'Warming up',
  baselines: 'Measuring baselines and the base model',
  evaluation: 'Evaluating',
  inference: 'Timing inference',
};

export function stageTitle({ stage }: StageProgress): string {
  return STAGES[stage];
}

/** `2.1 MB of 5.1 MB`, `9 of 24`, or nothing when unknown. */
export function stageAmount({ stage, done, total }: StageProgress): string {
  if (total <= 0) return '';
  const write = stage === 'download' || stage === 'cache' ? bytes : count;
  return `${write(done)} of ${write(total)}`;
}
