/** Each section of the recipe as one line. Pure. */
import { precisionText } from '../../record/fileStorage';
import type { MemoryForecast } from '../../record/memoryPlan';
import type { LogSummary, ModelSummary } from '../../record/runRecord';
import { codeSizes } from '../../recipe/codeIndex';
import { actionLossSchema, itemInterfaceSchema, PROJECTIONS, type RunSpec } from '../../recipe/runSpec';
import { valueLabel } from '../../recipe/words';
import { compact, count, shortCount } from '../format';

/** @param memory its precision is what `auto` resolves to here, if known */
export function modelLine(
  spec: RunSpec,
  model: ModelSummary | null,
  memory: Pick<MemoryForecast, 'precision' | 'fileStorage'> | null,
): string {
  const { id, precision } = spec.model;
  const size = model?.id === id ? [shortCount(model.parameters)] : [];
  const chosen = precision === 'auto' ? memory?.precision : undefined;
  const text = precisionText(chosen ?? precision, memory?.fileStorage);
  const stored = chosen === undefined ? text : `${text} (auto)`;
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
  const { itemInterface, actionLoss, similarity, temperature } = objective;
  const { itemInput, itemOutput } = objective;
  const semantic = itemInterface === 'semantic';
  const ids = [
    ...(itemInterface === 'token' && itemInput.endsWith('id') ? ['ID in'] : []),
    ...(!semantic && itemOutput !== 'content' ? ['ID out'] : []),
    ...(semantic ? [codeSizes(objective).join(' × ')] : []),
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
