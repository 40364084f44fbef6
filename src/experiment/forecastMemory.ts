/** Memory of a run on a device, told before the run: from a log alone while a recipe is edited, exactly once its data are prepared. */
import type { InteractionLog, Split } from '../data/types';
import { trainableUsers } from '../data/sampling';
import { limitProblem, memoryPlan, type PlanSizes } from '../engine/memoryPlan';
import type { BufferLimits } from '../gpu/dryGpu';
import type { DecoderConfig } from '../model/decoderConfig';
import type { MemoryForecast } from '../spec/memoryPlan';
import type { RunSpec } from '../spec/runSpec';
import { featureWidth } from './featureTables';
import { MAX_EXPOSED } from './preparedData';
import { MAX_QUERY_TOKENS } from './tokens';

/** Thrown before a run takes memory that its device or model cannot give; the message says what to change. */
export class DoesNotFitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DoesNotFitError';
  }
}

export function forecastMemory(config: DecoderConfig, spec: RunSpec, sizes: PlanSizes, limits: BufferLimits): MemoryForecast {
  try {
    const plan = memoryPlan(config, spec, sizes, limits);
    const problem = limitProblem(plan, limits);
    return { plan, problem: problem === null ? null : `${problem.message} ${problem.advice}` };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { plan: null, problem: error.message };
  }
}

/**
 * Sizes of a log without tokenising it: a query is taken to have as many tokens as may enter a prompt.
 * @throws RangeError where the recipe wants embeddings that the log does not bring
 */
export function logSizes(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  spec: RunSpec,
  config: Pick<DecoderConfig, 'hidden'>,
): PlanSizes {
  let exposed = 0;
  let queries = false;
  for (const { events } of log.users) {
    for (const event of events) {
      exposed = Math.max(exposed, event.exposed.length);
      queries ||= event.query !== '';
    }
  }
  return {
    items: log.items.length,
    featureWidth: featureWidth(spec, config, log),
    users: trainableUsers(log, split).length,
    maxExposed: Math.min(exposed, MAX_EXPOSED),
    maxQueryTokens: spec.objective.useQuery && queries ? MAX_QUERY_TOKENS : 0,
  };
}
