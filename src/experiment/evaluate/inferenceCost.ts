/**
 * The measured cost of a request after training. The pass is the same for every arm, since the decoders are
 * not part of it. Item embeddings and the arm's LoRA, merged or laid out, are computed beforehand, as they
 * would be for serving. Definitions: docs/metrics.md.
 */
import type { Target } from '../../log/types';
import type { Arm } from '../../engine/arm';
import type { Engine } from '../../engine/engine';
import type { Evaluator } from '../../engine/ranking/evaluator';
import { numbersIn, type ParameterLayout } from '../../engine/parameters';
import { readsText, TERMS } from '../../engine/objective/terms';
import { ZeroShotRequests } from '../../measures/ranking/featureScores';
import { completion } from '../../gpu/completion';
import type { KernelRun } from '../../gpu/profiler';
import type { Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import { parameterCount } from '../../model/decoderTensors';
import type { Inference, RequestCost } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import { termsOf } from '../../recipe/terms';
import { median } from '../../statistics/statistics';
import type { PreparedData } from '../prepare/preparedData';

/**
 * Maximum and minimum number of repeats of every measurement: after `PATIENCE` milliseconds the minimum is
 * enough. After `MOST_PATIENCE`, or `MOST_SHARE` of the run until then, one is, even the first: kernels are
 * compiled ahead, so that whatever else is done only once is a small part of it.
 */
export const REPEATS = 7;
const FEWEST_REPEATS = 3;
const PATIENCE = 1000;
const MOST_PATIENCE = 4000;
const MOST_SHARE = 1 / 20;

/**
 * Histories that are read if every request is timed once, of the arms and the base model: one alone and a
 * batch.
 */
export function fewestRequests(arms: number, batch: number): number {
  return (arms + 1) * (1 + batch);
}

export interface InferenceInputs {
  readonly engine: Engine;
  readonly evaluator: Evaluator;
  readonly data: PreparedData;
  readonly spec: RunSpec;
  /** Test targets whose histories are the requests. */
  readonly targets: readonly Target[];
  readonly arms: readonly Arm[];
  /**
   * Resets the first arm, once it has been measured, to the parameters that all arms started from, so that it
   * stands for the base model.
   */
  readonly restart: () => void;
  /** [items, width] standardised features, for the zero-shot baseline. */
  readonly features: Float32Array;
  readonly width: number;
  /** Items per list. */
  readonly k: number;
  /** When the run began, in milliseconds of `performance.now()`. */
  readonly began: number;
  /** Number of repeats; default: as many as `PATIENCE` allows. */
  readonly repeats?: number | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

/** One way of answering requests. */
interface Server {
  readonly prepare: () => Promise<void>;
  readonly answer: (targets: readonly Target[]) => Promise<void>;
}

interface Times {
  readonly alone: number[];
  readonly inBatch: number[];
}

export async function inferenceCost(inputs: InferenceInputs): Promise<Inference> {
  const { engine, spec, arms, restart, k, repeats: most = REPEATS } = inputs;
  const targets = inputs.targets.slice(0, Math.max(most, engine.microBatch));
  const batch = targets.slice(0, engine.microBatch);
  const servers = [...arms.map((arm) => gpuServer(inputs, arm)), zeroShotServer(inputs)];
  let done = 0;
  let firstCounts = false;
  const started = performance.now();
  const mostPatience = Math.min(MOST_PATIENCE, MOST_SHARE * (started - inputs.began));
  const longer = (patience: number): boolean => performance.now() - started > patience;
  /** Takes turns until `enough`; in each, every server answers one single request and one batch. */
  const measure = async (some: readonly Server[], enough: (turns: number) => boolean): Promise<Times[]> => {
    const none = (): Times[] => some.map(() => ({ alone: [], inBatch: [] }));
    let times = none();
    // In turns, so that other load on the machine affects all of them; the first turn does not count unless
    // it is long.
    for (let turn = 0; turn === 0 || !enough(times[0]!.alone.length); turn++) {
      for (const [index, server] of some.entries()) {
        await server.prepare();
        const alone = await milliseconds(() => server.answer([targets[turn % targets.length]!]));
        const inBatch = await milliseconds(() => server.answer(batch));
        times[index]!.alone.push(alone);
        times[index]!.inBatch.push(inBatch / batch.length);
        inputs.onProgress(++done, (servers.length + 1) * (most + 1));
      }
      if (turn > 0) continue;
      // Of the base model as of the arms.
      if (some === servers) firstCounts = longer(mostPatience);
      if (!firstCounts) times = none();
    }
    return times;
  };
  const late = (turns: number): boolean => (longer(mostPatience) ? turns >= 1 : longer(PATIENCE) && turns >= FEWEST_REPEATS);
  const trained = await measure(servers, (turns) => turns === most || late(turns));
  const zeroShotTimes = trained.pop()!;
  const repeats = zeroShotTimes.alone.length;
  const dispatches: (readonly KernelRun[])[] = [];
  for (const server of servers.slice(0, -1)) dispatches.push(await dispatchesOf(engine, server, targets[0]!));
  restart();
  const base = servers[0]!;
  const [baseTimes] = await measure([base], (turns) => turns === repeats);
  const baseRuns = await dispatchesOf(engine, base, targets[0]!);
  const parameters = (arm: Arm['spec'] | null): RequestCost['parameters'] =>
    requestParameters(engine.layout, engine.inputs.config, spec, engine.inputs.maxQueryTokens > 0, arm);
  return {
    k,
    users: batch.length,
    repeats,
    arms: Object.fromEntries(
      arms.map((arm, i) => [arm.spec.id, gpuCost(trained[i]!, dispatches[i]!, parameters(arm.spec))] as const),
    ),
    base: gpuCost(baseTimes!, baseRuns, parameters(null)),
    zeroShot: {
      ...medians(zeroShotTimes),
      on: 'processor',
      flops: 2 * inputs.data.log.items.length * inputs.width,
      kernels: {},
      parameters: { used: 0, training: 0 },
    },
  };
}

function gpuServer({ engine, evaluator, data, spec, k }: InferenceInputs, arm: Arm): Server {
  let catalogue: Tensor | null = null;
  return {
    prepare: async () => {
      engine.use(arm);
      catalogue = evaluator.embedCatalogue(arm);
      // A request must not wait for it.
      const { device } = engine.context.gpu;
      await completion(device, device.queue.onSubmittedWorkDone());
    },
    answer: async (targets) => {
      const examples = targets.map((target) => data.exampleFor(target));
      const masked = spec.evaluation.maskHistory ? targets.map((target) => data.historyOf(target)) : [];
      await evaluator.recommend(arm, { catalogue: catalogue!, examples, masked }, k, spec.evaluation.beamWidth);
    },
  };
}

function zeroShotServer({ data, spec, features, width, k }: InferenceInputs): Server {
  const requests = new ZeroShotRequests(features, data.log.items.length, width);
  return {
    prepare: () => Promise.resolve(),
    answer: (targets) => {
      const histories = targets.map((target) => data.historyOf(target));
      const masked = histories.map((history) => new Set(spec.evaluation.maskHistory ? history : []));
      requests.recommend(histories, masked, k);
      return Promise.resolve();
    },
  };
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function dispatchesOf(engine: Engine, server: Server, target: Target): Promise<readonly KernelRun[]> {
  await server.prepare();
  return engine.context.recorder.listen(() => server.answer([target]));
}

function medians({ alone, inBatch }: Times): Pick<RequestCost, 'msAlone' | 'msInBatch'> {
  return { msAlone: median(alone), msInBatch: median(inBatch) };
}

function gpuCost(times: Times, runs: readonly KernelRun[], parameters: RequestCost['parameters']): RequestCost {
  const kernels: Record<string, number> = {};
  for (const { kernel, dispatches } of runs) kernels[kernel] = (kernels[kernel] ?? 0) + dispatches;
  return { ...medians(times), on: 'gpu', flops: runs.reduce((sum, { flops }) => sum + flops, 0), kernels, parameters };
}

/**
 * Parts of the layout that no request reads: the decoders of L_rec and L_img, the temperature, and the
 * parameters of the catalogue's embeddings.
 */
const NOT_READ = ['w_d', 'b_d', 'log_scale', 'w_e', ...TERMS.img.parameters];
/**
 * Parts of the catalogue's embeddings, which are computed beforehand unless items are decoded code by code.
 */
const FREE = ['z', 'u'];

/** @param arm null for the base model */
function requestParameters(
  layout: ParameterLayout,
  config: DecoderConfig,
  { objective }: RunSpec,
  queries: boolean,
  arm: Arm['spec'] | null,
): RequestCost['parameters'] {
  const terms = arm === null ? [] : termsOf(arm);
  const trained = new Set(terms.flatMap((term) => TERMS[term].parameters));
  const unused = new Set([
    ...NOT_READ,
    ...(objective.itemInterface === 'semantic' ? ['w_in', 'b_in'] : FREE),
    ...(objective.itemInterface === 'text' ? ['w_in', 'b_in'] : ['item']),
    ...(queries ? [] : ['query']),
  ]);
  const head = config.tiedHead ? 0 : config.vocabulary * config.hidden;
  return {
    used: parameterCount(config) - head + numbersIn(layout, (name) => !unused.has(name)),
    training: numbersIn(layout, (name) => trained.has(name)) + (arm !== null && readsText(arm) ? head : 0),
  };
}
