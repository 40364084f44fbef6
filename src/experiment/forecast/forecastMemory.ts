/**
 * Forecast of a run's memory on a device: from the log alone while a recipe is edited, and exact once its
 * data are prepared.
 */
import type { InteractionLog, Split } from '../../log/types';
import { trainableUsers } from '../../log/sampling';
import { fileStorage } from '../../engine/decoder/matrixFormats';
import { limitProblem, memoryPlan, type PlanSizes } from '../../engine/memoryPlan';
import { checkProtocol } from '../../measures/ranking/protocol';
import type { DeviceRoom } from '../../gpu/deviceRoom';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { MemoryForecast } from '../../record/memoryPlan';
import { weightFormatSchema, withPrecision, type Precision, type RunSpec } from '../../recipe/runSpec';
import { featureWidth } from '../prepare/featureTables';
import { imageTable } from '../prepare/imageTable';
import { maxEarlier, mostExposed } from '../prepare/preparedData';
import { sasrecMemory } from '../evaluate/sasrec';
import { MAX_QUERY_TOKENS } from '../prepare/tokens';
import { t } from '../../words/words';

type PrecisionForecast = MemoryForecast & { readonly precision: Precision };

/** Memory of a run; with precision `auto`, in the most exact precision that fits, else in the smallest. */
export function forecastMemory(config: DecoderConfig, spec: RunSpec, sizes: PlanSizes, room: DeviceRoom): PrecisionForecast {
  const { precision, arithmetic } = spec.model;
  if (arithmetic === 'f16' && !room.f16) {
    const problem = t('This device cannot compute in half precision (it lacks shader-f16). Choose f32 under “Arithmetic”.');
    return { precision: precision === 'auto' ? 'f32' : precision, plan: null, problem };
  }
  if (precision !== 'auto') return forecastIn(precision, config, spec, sizes, room);
  const most = room.memory === null ? Infinity : MEMORY_SHARE * room.memory;
  // A GGUF file's own types lose nothing that its quantisation has not lost already.
  const choices = [...(config.fileTypes === undefined ? [] : (['file'] as const)), ...weightFormatSchema.options];
  const forecasts = choices.map((one) => forecastIn(one, config, spec, sizes, room));
  const possible = forecasts.filter(({ problem }) => problem === null);
  return possible.find(({ plan }) => plan!.total <= most) ?? possible.at(-1) ?? forecasts[0]!;
}

/** Share of the machine's memory that `auto` lets a run use: browser, page and ONNX Runtime need some too. */
const MEMORY_SHARE = 0.5;

function forecastIn(
  precision: Precision,
  config: DecoderConfig,
  spec: RunSpec,
  sizes: PlanSizes,
  room: DeviceRoom,
): PrecisionForecast {
  try {
    // The trained baseline is freed before the run's own model is loaded, so the larger of the two counts.
    const baseline = spec.evaluation.sasrecSteps > 0 ? [sasrecMemory(spec, sizes, room)] : [];
    const plans = [memoryPlan(config, withPrecision(spec, precision), sizes, room), ...baseline];
    const plan = plans.reduce((most, one) => (one.total > most.total ? one : most));
    const problem = plans.map((one) => limitProblem(one, room)).find((one) => one !== null) ?? null;
    const storage = precision === 'file' && config.fileTypes !== undefined ? { fileStorage: fileStorage(config) } : {};
    return { precision, ...storage, plan, problem: problem === null ? null : `${problem.message} ${problem.advice}` };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { precision, plan: null, problem: error.message };
  }
}

interface LogCounts {
  readonly users: number;
  readonly maxExposed: number;
  readonly hasQueries: boolean;
}

/**
 * Cached by split, which belongs to one log, so that an edit of recipe or model need not cost a pass over all
 * events.
 */
const known = new WeakMap<Split, LogCounts>();

function countsOf(log: InteractionLog, split: Split): LogCounts {
  const before = known.get(split);
  if (before !== undefined) return before;
  const counts = {
    users: trainableUsers(log, split).length,
    maxExposed: mostExposed(log),
    hasQueries: log.events.columns.queries.length > 0,
  };
  known.set(split, counts);
  return counts;
}

/**
 * Sizes of a log without tokenising it: a query is assumed to have as many tokens as may enter a prompt.
 * @throws RangeError if the recipe needs embeddings that the log lacks; ProtocolError if its protocol needs
 * shown items
 */
export function logSizes(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  spec: RunSpec,
  config: Pick<DecoderConfig, 'hidden'>,
): PlanSizes {
  checkProtocol(spec, { log, split });
  const { users, maxExposed, hasQueries } = countsOf(log, split);
  return {
    items: log.items.length,
    featureWidth: featureWidth(spec, config, log),
    users: spec.data.trainingUsers === 0 ? users : Math.min(users, spec.data.trainingUsers),
    maxExposed,
    maxEarlier: maxEarlier(log, spec.objective),
    ...(spec.arms.some(({ lambdaImg }) => lambdaImg > 0) && { imageSize: imageTable(log, spec)!.size }),
    maxQueryTokens: spec.objective.useQuery && hasQueries ? MAX_QUERY_TOKENS : 0,
  };
}
