/** Each section of the recipe as one line. Pure. */
import { t } from '../../../../words/words';
import { numbersText } from '../../../../record/fileStorage';
import type { MemoryForecast } from '../../../../record/memoryPlan';
import type { LogSummary, ModelSummary } from '../../../../record/runRecord';
import { codeSizes } from '../../../../recipe/codeIndex';
import {
  NO_LAYER,
  actionLossSchema,
  itemInterfaceSchema,
  poolSourceSchema,
  PROJECTIONS,
  protocolSchema,
  type RunSpec,
} from '../../../../recipe/runSpec';
import { valueLabel } from '../../../../recipe/words';
import { compact, count, shortCount } from '../../../../readings/format';

/** @param memory its precision is what `auto` resolves to here, if known */
export function modelLine(
  spec: RunSpec,
  model: ModelSummary | null,
  memory: Pick<MemoryForecast, 'precision' | 'fileStorage'> | null,
): string {
  const { id, precision, arithmetic } = spec.model;
  const size = model?.id === id ? [shortCount(model.parameters)] : [];
  const chosen = precision === 'auto' ? memory?.precision : undefined;
  const text = numbersText({ precision: chosen ?? precision, arithmetic }, memory?.fileStorage);
  const stored = chosen === undefined ? text : t('{format} (auto)', { format: text });
  return [id, ...size, stored].join(' · ');
}

export function loraLine({ lora }: RunSpec): string {
  const { rank, alpha, targets, firstLayer } = lora;
  if (firstLayer === NO_LAYER) return t('no layer is adapted');
  const all = targets.length === PROJECTIONS.length;
  const projections = all ? t('all projections') : targets.map((name) => name.replace('_proj', '')).join(', ');
  return [
    t('rank {rank}', { rank }),
    `α ${compact(alpha)}`,
    projections,
    ...(firstLayer > 0 ? [t('from layer {layer}', { layer: firstLayer })] : []),
  ].join(' · ');
}

export function logLine(spec: RunSpec, log: LogSummary | null): string {
  if (log?.id !== spec.data.id) return spec.data.id === 'sample' ? t('sample store') : spec.data.id;
  return t('{log} · {users} users · {items} items', { log: log.name, users: count(log.users), items: count(log.items) });
}

export function objectiveLine({ objective }: RunSpec): string {
  const { itemInterface, actionLoss, similarity, temperature } = objective;
  const { itemInput, itemOutput } = objective;
  const semantic = itemInterface === 'semantic';
  const ids = [
    ...(itemInterface === 'token' && itemInput.endsWith('id') ? [t('ID in')] : []),
    ...(!semantic && itemOutput !== 'content' ? [t('ID out')] : []),
    ...(semantic ? [codeSizes(objective).join(' × ')] : []),
  ];
  const score = similarity === 'cosine' ? t('cosine τ {temperature}', { temperature: compact(temperature) }) : t('dot product');
  return [valueLabel(actionLossSchema, actionLoss), valueLabel(itemInterfaceSchema, itemInterface), ...ids, score].join(' · ');
}

export function trainingLine({ training, seed }: RunSpec): string {
  const { batchSize, warmupSteps, decay } = training;
  return decay === 'linear'
    ? t('{users} users per step · {warmup} warm-up steps · linear decay · seed {seed}', {
        users: String(batchSize),
        warmup: String(warmupSteps),
        seed: String(seed),
      })
    : t('{users} users per step · {warmup} warm-up steps · cosine decay · seed {seed}', {
        users: String(batchSize),
        warmup: String(warmupSteps),
        seed: String(seed),
      });
}

export function evaluationLine({ evaluation }: RunSpec): string {
  const { protocol, poolSize, poolFrom, sampleUsers } = evaluation;
  const values = {
    evaluations: String(evaluation.evaluations),
    users: String(sampleUsers),
    probes: String(evaluation.probes),
    threshold: String(evaluation.sinkThreshold),
  };
  const measured = t('{evaluations} × {users} users · {probes} probes · ε {threshold}', values);
  if (protocol === 'recall') return measured;
  const stage = t('{protocol} · {measured}', { protocol: valueLabel(protocolSchema, protocol), measured });
  if (protocol !== 'pre-ranking') return stage;
  const from = valueLabel(poolSourceSchema, poolFrom);
  return poolFrom === 'given'
    ? t('pre-ranking, {from} pool · {measured}', { from, measured })
    : t('pre-ranking, {from} pool of {size} · {measured}', { from, size: count(poolSize), measured });
}
