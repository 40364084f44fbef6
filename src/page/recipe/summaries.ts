/** Each section of the recipe as one line. Pure. */
import type { LogSummary, ModelSummary } from '../../record/runRecord';
import { actionLossSchema, itemInterfaceSchema, PROJECTIONS, type Precision, type RunSpec } from '../../recipe/runSpec';
import { valueLabel } from '../../recipe/words';
import { compact, count, shortCount } from '../format';

/** @param chosen the precision that `auto` resolves to here, if known */
export function modelLine(spec: RunSpec, model: ModelSummary | null, chosen?: Precision): string {
  const { id, precision } = spec.model;
  const size = model?.id === id ? [shortCount(model.parameters)] : [];
  const stored = precision === 'auto' && chosen !== undefined ? `${chosen} (auto)` : precision;
  return [id, ...size, stored].join(' · ');
}

export function loraLine({ lora }: RunSpec): string {
  const { rank, alpha, targets, firstLayer } = lora;
  const all = targets.length === PROJECTIONS.length;
  const projections = all ? 'all projections' : targets.map((name) => name.replace('_proj', '')).join(', ');
  return [`rank ${rank}`, `α ${compact(alpha)}`, projections, ...(firstLayer > 0 ? [`from layer ${firstLayer}`] : [])].join(
    ' · ',
  );
}

export function logLine(spec: RunSpec, log: LogSummary | null): string {
  if (log?.id !== spec.data.id) return spec.data.id === 'sample' ? 'sample store' : spec.data.id;
  return `${log.name} · ${count(log.users)} users · ${count(log.items)} items`;
}

export function objectiveLine({ objective }: RunSpec): string {
  const { itemInterface, itemInput, itemOutput, actionLoss, similarity, temperature } = objective;
  const ids = [
    ...(itemInterface === 'token' && itemInput.endsWith('id') ? ['ID in'] : []),
    ...(itemOutput !== 'content' ? ['ID out'] : []),
  ];
  const score = similarity === 'cosine' ? `cosine τ ${compact(temperature)}` : 'dot product';
  return [valueLabel(actionLossSchema, actionLoss), valueLabel(itemInterfaceSchema, itemInterface), ...ids, score].join(' · ');
}

export function trainingLine({ training, seed }: RunSpec): string {
  const { batchSize, warmupSteps, decay } = training;
  return `${batchSize} users per step · ${warmupSteps} warm-up steps · ${decay} decay · seed ${seed}`;
}

export function evaluationLine({ evaluation }: RunSpec): string {
  const users = evaluation.sampleUsers === 'auto' ? 'auto users' : `${evaluation.sampleUsers} users`;
  const { protocol, poolSize, poolFrom } = evaluation;
  const stage =
    protocol === 'pre-ranking'
      ? `pre-ranking, ${poolFrom} pool${poolFrom === 'given' ? '' : ` of ${count(poolSize)}`}`
      : protocol;
  const measured = `${evaluation.evaluations} × ${users} · ${evaluation.probes} probes · ε ${evaluation.sinkThreshold}`;
  return protocol === 'recall' ? measured : `${stage} · ${measured}`;
}
