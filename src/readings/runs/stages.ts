/** Stages of a run before and after its steps, in words. Pure. */
import type { StageProgress } from '../../record/runEvents';
import { message, t } from '../../words/words';
import { bytes, count } from '../format';

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
