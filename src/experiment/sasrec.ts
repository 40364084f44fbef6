/**
 * The trained baseline: a decoder of SASRec's size (Kang & McAuley, ICDM 2018, arXiv 1808.09781) that knows items only by their IDs,
 * trained on the run's own batches by the same engine. How it differs from the published model: docs/metrics.md.
 */
import { baselineName } from '../measures/ranking/baselineNames';
import { forkRandom } from '../log/random';
import type { Target } from '../log/types';
import { Engine } from '../engine/engine';
import type { EngineInputs } from '../engine/engineInputs';
import { Evaluator } from '../engine/ranking/evaluator';
import { memoryPlan, type PlanSizes } from '../engine/memoryPlan';
import { embeddingStatistics } from '../engine/decoder/embeddingStatistics';
import { initialParameters, numbersIn } from '../engine/parameters';
import type { EncodedExample } from '../engine/decoder/sequence';
import type { TargetRanking } from '../measures/ranking/baselines';
import type { Gpu } from '../gpu/device';
import type { PlannedDevice } from '../gpu/deviceRoom';
import { randomWeights } from '../model/randomWeights';
import { readConfig } from '../model/readConfig';
import { heldWeights } from '../model/weightSource';
import type { MemoryPlan } from '../record/memoryPlan';
import { armSchema, PROJECTIONS, type RunSpec } from '../recipe/runSpec';
import { divergedAt } from './diverged';
import type { PreparedData } from './preparedData';
import type { TargetRankings } from './targetRankings';
import { t } from '../words/words';

/** Embeddings, hidden states and MLPs are all this wide. */
const WIDTH = 64;
/** Two blocks with two heads; a few tokens, of which only the one that starts a sequence is used. */
const CONFIG = readConfig({
  architectures: ['LlamaForCausalLM'],
  vocab_size: 4,
  hidden_size: WIDTH,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  intermediate_size: WIDTH,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 256,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 1,
  pad_token_id: 2,
});
const ARM = armSchema.parse({ id: 'sasrec', label: baselineName('sasrec') });
/** Features are not used; W_in and W_e have this many columns nevertheless. */
const NO_FEATURES = { hidden: new Float32Array(0), title: new Float32Array(0), width: 4 };

export interface TrainedBaseline {
  /** The given targets, and their rankings. */
  readonly targets: readonly Target[];
  readonly ranking: TargetRanking;
  readonly steps: number;
  /** Seconds of training alone. */
  readonly seconds: number;
  /** Number of trained parameters. */
  readonly parameters: number;
}

/** The baseline's recipe: the run's own, except for what makes it an ID model. With adapters of full rank, every matrix can become any other. */
export function sasrecSpec(spec: RunSpec): RunSpec {
  return {
    ...spec,
    model: { ...spec.model, precision: 'f32', arithmetic: 'f32' },
    arms: [ARM],
    lora: { rank: WIDTH, alpha: WIDTH, targets: [...PROJECTIONS], firstLayer: 0, start: null, trainInputs: true },
    objective: {
      ...spec.objective,
      itemInterface: 'token',
      itemInput: 'id',
      itemOutput: 'tied',
      headStart: 'random',
      embToken: 'learned',
      interestSkip: 'none',
      popularity: 0,
      candidates: 'all',
      embeddingSize: WIDTH,
      useQuery: false,
      maxTextTokens: 2,
    },
    training: {
      ...spec.training,
      steps: spec.evaluation.sasrecSteps,
      learningRate: spec.evaluation.sasrecLearningRate,
      checkpoint: false,
      cacheMegabytes: 0,
    },
    evaluation: { ...spec.evaluation, probes: 1 },
  };
}

/** The device memory that it takes during training, before the run's own model is loaded. @throws as `memoryPlan` does */
export function sasrecMemory(spec: RunSpec, sizes: PlanSizes, device: PlannedDevice): MemoryPlan {
  return memoryPlan(CONFIG, sasrecSpec(spec), { ...sizes, maxQueryTokens: 0, featureWidth: NO_FEATURES.width }, device);
}

/**
 * Trains it for `evaluation.sasrecSteps` steps and ranks targets with it; frees all its memory.
 * @throws DivergedError, and the signal's reason when cancelled.
 */
export async function trainSasrec(
  gpu: Gpu,
  data: PreparedData,
  run: RunSpec,
  { targets, rankings }: { readonly targets: readonly Target[]; readonly rankings: TargetRankings },
  options: { readonly onStep: (done: number, loss: number) => void; readonly signal?: AbortSignal | undefined },
): Promise<TrainedBaseline> {
  const spec = sasrecSpec(run);
  const { steps } = spec.training;
  const batchOf = (step: number): EncodedExample[] => data.batch(step, ARM).map(idsAlone);
  const inputs: EngineInputs = {
    config: CONFIG,
    features: NO_FEATURES,
    items: data.log.items.length,
    titleTokens: [],
    spec: { ...spec, training: { ...spec.training, batchSize: batchOf(0).length } },
    maxExposed: data.maxExposed,
    maxQueryTokens: 0,
  };
  const weights = heldWeights(randomWeights(CONFIG, forkRandom(run.seed, 'sasrec weights')));
  const engine = await Engine.create(gpu, { ...inputs, weights });
  try {
    const arm = engine.createArm(ARM, initialParameters(engine.layout, CONFIG, await embeddingStatistics(weights, CONFIG), spec));
    const evaluator = new Evaluator(engine, 1, 1);
    const started = performance.now();
    for (let step = 0; step < steps; step++) {
      options.signal?.throwIfAborted();
      const { action, gradNorm } = await engine.trainStep(arm, batchOf(step));
      if (!Number.isFinite(action + gradNorm))
        throw divergedAt(t('the {baseline} baseline', { baseline: baselineName('sasrec') }), step + 1, null);
      options.onStep(step + 1, action);
    }
    const seconds = (performance.now() - started) / 1000;
    const masked = run.evaluation.maskHistory ? targets.map((target) => data.historyOf(target)) : [];
    const examples = targets.map((target) => idsAlone(data.exampleFor(target)));
    const ranking = await evaluator.rank(arm, examples, masked, {
      listed: rankings.listed,
      onProgress: () => options.signal?.throwIfAborted(),
    });
    return { targets, ranking: rankings.of(ranking, targets), steps, seconds, parameters: trainedParameters(engine) };
  } finally {
    engine.destroy();
  }
}

function idsAlone(example: EncodedExample): EncodedExample {
  return { ...example, query: [], text: [] };
}

/** Without padding and parameters that no loss reaches. */
function trainedParameters({ layout }: Engine): number {
  const unused = new Set(['w_in', 'b_in', 'w_e', 'w_d', 'b_d', 'query', 'item']);
  return numbersIn(layout, (name) => !unused.has(name));
}
