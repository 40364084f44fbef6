import { message, t } from '../../../words/words';
import type { StageProgress } from '../../../record/runEvents';
import type { StepColumns } from '../../../record/runRecord';
import { secondsPerStep } from '../../../experiment/forecast/timeLeft';
import { bytes, count } from '../../../readings/format';

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
  device: message('Requesting the GPU'),
  download: message('Downloading'),
  cache: message('Reading from the cache'),
  log: message('Reading the log'),
  compile: message('Compiling shaders'),
  certificate: message('Checking the model against ONNX Runtime'),
  features: message('Computing item features'),
  'id-model': message('Training the SASRec-size baseline'),
  'warm-up': message('Warming up'),
  baselines: message('Measuring baselines and the base model'),
  evaluation: message('Evaluating'),
  inference: message('Timing inference'),
};

export function stageTitle({ stage }: StageProgress): string {
  return t(STAGES[stage]);
}

/** `2.1 MB of 5.1 MB`, `9 of 24`, or nothing when unknown. */
export function stageAmount({ stage, done, total }: StageProgress): string {
  if (total <= 0) return '';
  const write = stage === 'download' || stage === 'cache' ? bytes : count;
  return t('{done} of {total}', { done: write(done), total: write(total) });
}
