import type { StageProgress } from '../../record/runEvents';
import type { StepColumns } from '../../record/runRecord';
import { bytes, count } from '../format';

export interface ArmProgress {
  readonly step: number;
  readonly examples: number;
  readonly seconds: number;
  /** Steps a second over the last steps; null before the second one. */
  readonly rate: number | null;
  /** Training seconds left at that rate, evaluation apart. */
  readonly left: number | null;
}

/** Steps that the rate is taken over: long enough to be calm, short enough to notice a throttled tab. */
const WINDOW = 20;

export function armProgress(columns: StepColumns, steps: number): ArmProgress {
  const n = columns.step.length;
  const step = columns.step[n - 1] ?? 0;
  const seconds = columns.seconds[n - 1] ?? 0;
  const from = Math.max(0, n - 1 - WINDOW);
  const span = seconds - (columns.seconds[from] ?? 0);
  const rate = n > 1 && span > 0 ? (step - (columns.step[from] ?? 0)) / span : null;
  return {
    step,
    seconds,
    examples: columns.examples[n - 1] ?? 0,
    rate,
    left: rate === null ? null : Math.max(0, steps - step) / rate,
  };
}

const STAGES: Readonly<Record<StageProgress['stage'], string>> = {
  device: 'Asking for the graphics device',
  download: 'Downloading',
  cache: 'Reading from the cache',
  log: 'Reading the log',
  compile: 'Compiling shaders',
  certificate: 'Checking the model against ONNX Runtime',
  features: 'Computing item features',
  'id-model': 'Training the SASRec-size baseline',
  'warm-up': 'Warming up',
  baselines: 'Measuring baselines and the base model',
  evaluation: 'Evaluating',
  inference: 'Timing requests',
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
