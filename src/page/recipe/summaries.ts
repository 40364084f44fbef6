/** Each section of the recipe as one line. Pure. */
import type { LogSummary, ModelSummary } from '../../record/runRecord';
import type { Precision, RunSpec } from '../../recipe/runSpec';
import { compact, count, shortCount } from '../format';

/** @param chosen what `auto` makes of the precision here, where that is known */
export function modelLine(spec: RunSpec, model: ModelSummary | null, chosen?: Precision): string {
  const { id, precision } = spec.model;
  const size = model?.id === id ? [shortCount(model.parameters)] : [];
  const stored = precision === 'auto' && chosen !== undefined ? `${chosen} (auto)` : precision;
  return [id, ...size, stored, `LoRA r ${spec.lora.rank}`].join(' · ');
}

export function logLine(spec: RunSpec, log: LogSummary | null): string {
  if (log?.id !== spec.data.id) return spec.data.id === 'sample' ? 'sample store' : spec.data.id;
  return `${log.name} · ${count(log.users)} users · ${count(log.items)} items`;
}

export function objectiveLine({ objective }: RunSpec): string {
  const similarity = objective.similarity === 'cosine' ? `cosine τ ${compact(objective.temperature)}` : 'dot';
  const { itemInterface, itemInput, itemOutput } = objective;
  const ids = [
    ...(itemInterface === 'token' && itemInput.endsWith('id') ? ['ID in'] : []),
    ...(itemOutput !== 'content' ? ['ID out'] : []),
  ];
  return [objective.actionLoss, `${itemInterface} interface`, ...ids, similarity].join(' · ');
}

export function trainingLine({ training, seed }: RunSpec): string {
  return `${training.steps} steps × ${training.batchSize} · lr ${compact(training.learningRate)} · seed ${seed}`;
}

export function evaluationLine({ evaluation }: RunSpec): string {
  const users = evaluation.sampleUsers === 'auto' ? 'auto users' : `${evaluation.sampleUsers} users`;
  const { protocol, poolSize, poolFrom } = evaluation;
  const stage = protocol === 'pre-ranking' ? `pre-ranking, ${poolFrom} pool of ${count(poolSize)}` : protocol;
  const measured = `${evaluation.evaluations} × ${users} · ${evaluation.probes} probes · ε ${evaluation.sinkThreshold}`;
  return protocol === 'recall' ? measured : `${stage} · ${measured}`;
}
