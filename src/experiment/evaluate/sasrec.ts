/**
 * The trained baseline: a decoder of SASRec's size (Kang & McAuley, ICDM 2018, arXiv 1808.09781) that knows
 * items only by their IDs, trained on the run's own batches by the same engine. How it differs from the
 * published model: docs/metrics.md.
 */
import { baselineName } from '../../measures/ranking/baselineNames';
import { forkRandom } from '../../log/random';
import type { Target } from '../../log/types';
import { Engine } from '../../engine/engine';
import type { EngineInputs } from '../../engine/engineInputs';
import { Evaluator } from '../../engine/ranking/evaluator';
import { memoryPlan, type PlanSizes } from '../../engine/memoryPlan';
import type { StepQuestion } from '../../engine/stepCost';
import { embeddingStatistics } from '../../engine/decoder/embeddingStatistics';
import { initialParameters, numbersIn } from '../../engine/parameters';
import type { EncodedExample } from '../../engine/decoder/sequence';
import type { TargetRanking } from '../../measures/ranking/baselines';
import { SASREC_RATES } from '../../measures/ranking/baselineSettings';
import { averageRank } from '../../measures/ranking/ranking';
import { write } from '../../gpu/tensor';
import type { Gpu } from '../../gpu/device';
import type { PlannedDevice } from '../../gpu/deviceRoom';
import { randomWeights } from '../../model/randomWeights';
import { readConfig } from '../../model/readConfig';
import { heldWeights } from '../../model/weightSource';
import type { MemoryPlan } from '../../record/memoryPlan';
import type { BaselineTuning } from '../../record/runRecord';
import { armSchema, PROJECTIONS, type RunSpec } from '../../recipe/runSpec';
import { divergedAt } from '../train/diverged';
import type { PreparedData } from '../prepare/preparedData';
import { bestState, evaluatedAfter, SASREC_K, type RateTraining } from './sasrecTuning';
import type { TargetRankings } from './targetRankings';
import { t } from '../../words/words';

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
  /** Steps and peak learning rate of the state that is ranked. */
  readonly steps: number;
  readonly learningRate: number;
  /** Seconds of training alone, at all rates. */
  readonly seconds: number;
  /** Number of trained parameters. */
  readonly parameters: number;
  /** What was tried on validation targets; absent without any. */
  readonly tuning?: BaselineTuning;
}

/** Peak learning rates that are tried, in that order. */
export function sasrecRates({ evaluation }: RunSpec): readonly number[] {
  return SASREC_RATES.slice(0, evaluation.baselineTrials);
}

/**
 * The baseline's recipe: the run's own, except for what makes it an ID model. With adapters of full rank,
 * every matrix can become any other.
 */
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
      checkpoint: false,
      cacheMegabytes: 0,
    },
    evaluation: { ...spec.evaluation, probes: 1 },
  };
}

/**
 * The device memory that it takes during training, before the run's own model is loaded.
 * @throws as `memoryPlan` does
 */
export function sasrecMemory(spec: RunSpec, sizes: PlanSizes, device: PlannedDevice): MemoryPlan {
  return memoryPlan(CONFIG, sasrecSpec(spec), sasrecSizes(sizes), device);
}

/** What its steps and evaluations cost is asked of, in place of the run's own model. */
export function sasrecQuestion({ spec, sizes, lengths }: StepQuestion): StepQuestion {
  return { config: CONFIG, spec: sasrecSpec(spec), sizes: sasrecSizes(sizes), lengths };
}

function sasrecSizes(sizes: PlanSizes): PlanSizes {
  return { ...sizes, maxQueryTokens: 0, featureWidth: NO_FEATURES.width };
}

/** What it is tuned and ranked on. */
interface SasrecTargets {
  /**
   * Of validation, on which steps and rate are chosen; if there are none, it takes all steps at the first
   * rate.
   */
  readonly judged: readonly Target[];
  readonly targets: readonly Target[];
  readonly rankings: TargetRankings;
}

/**
 * Trains it for at most `evaluation.sasrecSteps` steps at each rate, and ranks targets with its best state
 * (docs/metrics.md); frees all its memory.
 * @throws DivergedError, and the signal's reason when cancelled.
 */
export async function trainSasrec(
  gpu: Gpu,
  data: PreparedData,
  run: RunSpec,
  { judged, targets, rankings }: SasrecTargets,
  options: {
    /** @param done steps, of those of all rates; a training that stops early leaves some out */
    readonly onStep: (done: number, loss: number, rate: number) => void;
    readonly signal?: AbortSignal | undefined;
  },
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
    const initial = initialParameters(engine.layout, CONFIG, await embeddingStatistics(weights, CONFIG), spec);
    const arm = engine.createArm(ARM, initial);
    const evaluator = new Evaluator(engine, 1, 1);
    const rank = (some: readonly Target[], listed: number): ReturnType<Evaluator['rank']> => {
      const masked = run.evaluation.maskHistory ? some.map((target) => data.historyOf(target)) : [];
      const examples = some.map((target) => idsAlone(data.exampleFor(target)));
      return evaluator.rank(arm, examples, masked, { listed, onProgress: () => options.signal?.throwIfAborted() });
    };
    const rates = sasrecRates(run).slice(0, judged.length === 0 ? 1 : undefined);
    let seconds = 0;
    const training = (rate: number): RateTraining<Float32Array> => {
      // The same tensors, begun anew.
      const begun = { ...arm, spec: { ...ARM, learningRate: rate }, step: 0 };
      engine.writeParameters(arm, initial);
      const nothing = new Float32Array(engine.layout.trained);
      for (const moment of [arm.m, arm.v]) write(gpu.device, moment, nothing);
      const before = rates.indexOf(rate) * steps;
      return {
        to: async (end) => {
          const started = performance.now();
          while (begun.step < end) {
            options.signal?.throwIfAborted();
            const { action, gradNorm } = await engine.trainStep(begun, batchOf(begun.step));
            if (!Number.isFinite(action + gradNorm))
              throw divergedAt(t('the {baseline} baseline', { baseline: baselineName('sasrec') }), begun.step, null);
            options.onStep(before + begun.step, action, rate);
          }
          seconds += (performance.now() - started) / 1000;
        },
        judge: async () => {
          if (judged.length === 0) return 0;
          const { above, equal } = await rank(judged, 0);
          return above.filter((count, row) => averageRank(count, equal[row]!) <= SASREC_K).length / judged.length;
        },
        keep: () => engine.readParameters(arm),
      };
    };
    const { tried, chosen, state } = await bestState(rates, judged.length === 0 ? [steps] : evaluatedAfter(steps), training);
    engine.writeParameters(arm, state);
    const best = tried[chosen]!;
    return {
      targets,
      ranking: rankings.of(await rank(targets, rankings.listed), targets),
      steps: best.step,
      learningRate: best.rate,
      seconds,
      parameters: trainedParameters(engine),
      ...(judged.length > 0 && {
        tuning: {
          targets: judged.length,
          k: SASREC_K,
          tried: tried.map(({ rate, step, hr }) => ({ setting: { learningRate: rate, step }, hr })),
          chosen,
        },
      }),
    };
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
