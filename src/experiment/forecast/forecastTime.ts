/**
 * How long steps and evaluations will take on a device, told from recipe and log before anything is loaded.
 */
import { itemText } from '../../log/itemText';
import { restrictTraining } from '../../log/restrictTraining';
import { createBatchSampler, type TrainingExample } from '../../log/sampling';
import type { InteractionLog, Split } from '../../log/types';
import { predictSeconds, type DeviceSpeed } from '../../engine/deviceSpeed';
import { evaluationCosts, stepCosts, type ExampleLengths, type StepQuestion } from '../../engine/stepCost';
import type { Gpu } from '../../gpu/device';
import { targetsAtEnd } from '../../measures/ranking/userSample';
import type { RunSpec } from '../../recipe/runSpec';
import { isLargeModel, rounds, uncutSeconds } from '../evaluate/measuringPlan';
import { sasrecQuestion, sasrecRates } from '../evaluate/sasrec';
import { evaluatedAfter, SASREC_TARGETS } from '../evaluate/sasrecTuning';

/** Batches whose examples stand for those of the run. */
const BATCHES = 4;

/** Characters of a text per token, as tokenizers for English have them: no tokenizer is loaded yet. */
const CHARACTERS = 4;

/**
 * Mean lengths of the examples of a run's first steps, whose texts are not tokenised.
 * @throws RangeError as `createBatchSampler` does
 */
export function exampleLengths(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  spec: RunSpec,
): ExampleLengths {
  const { seed, data, objective, training } = spec;
  const { maxHistory, maxTextTokens, maxTitleTokens } = objective;
  const trained = restrictTraining(log, split, data);
  const { batchSize, crop, textShare: texts } = training;
  const baskets = objective.positions === 'baskets';
  const sampler = createBatchSampler(log, trained, { seed, batchSize, maxHistory, crop, baskets, texts });
  const drawn = Array.from({ length: BATCHES }, (_, step) => sampler.sampleBatch(step)).flat();
  const mean = (length: (example: TrainingExample) => number): number =>
    drawn.reduce((sum, example) => sum + length(example), 0) / drawn.length;
  const further = drawn.flatMap((example) => example.further ?? []);
  const tokens = (item: number, template: string): number =>
    Math.ceil(itemText(log.items.at(item), template).length / CHARACTERS);
  return {
    history: mean(({ history }) => history.length),
    further: further.length / drawn.length,
    furtherHistory: further.reduce((sum, { history }) => sum + history.length, 0) / Math.max(1, further.length),
    text: mean(({ textItem }) => Math.min(maxTextTokens, 1 + tokens(textItem, data.itemTemplate))),
    title: mean(({ target }) => Math.min(maxTitleTokens, 1 + tokens(target, data.historyTemplate))),
  };
}

/** Told before a run. */
export interface TimeForecast {
  /** Seconds of a step, by arm. */
  readonly steps: Readonly<Record<string, number>>;
  /**
   * Seconds of all evaluations; null where a probe decoder is trained, or where what is measured depends on
   * what it takes.
   */
  readonly evaluation: number | null;
  /** Most seconds of the trained baseline, whose training may stop early; 0 without it. */
  readonly sasrec: number;
}

/** Whom and what evaluations measure. */
export interface Evaluated {
  /** Test targets of the log, and targets that the curves' sample is drawn from. */
  readonly targets: number;
  readonly watched: number;
  /** Texts of the model's domain. */
  readonly domainTexts: number;
}

/**
 * Seconds of the parts of a run.
 * @returns null where they cannot be told before a run: where items enter as codes
 * @throws RangeError as `memoryPlan` and `createBatchSampler` do
 */
export async function forecastTime(
  gpu: Gpu,
  speed: DeviceSpeed,
  question: StepQuestion,
  evaluated: Evaluated,
): Promise<TimeForecast | null> {
  const { arms, objective } = question.spec;
  if (objective.itemInterface === 'semantic') return null;
  const steps = await stepCosts(gpu, question);
  return {
    steps: Object.fromEntries(arms.map(({ id, updates }, index) => [id, updates * predictSeconds(steps[index]!, speed)])),
    evaluation: await evaluationSeconds(gpu, speed, question, evaluated),
    sasrec: await sasrecSeconds(gpu, speed, question, evaluated),
  };
}

/** As if no training stopped early. */
async function sasrecSeconds(gpu: Gpu, speed: DeviceSpeed, asked: StepQuestion, { targets }: Evaluated): Promise<number> {
  const { evaluation, training } = asked.spec;
  const { sasrecSteps, finalUsers } = evaluation;
  if (sasrecSteps === 0) return 0;
  const question = sasrecQuestion(asked);
  const { items, featureWidth } = asked.sizes;
  const width = featureWidth ?? asked.config.hidden;
  const finals = targetsAtEnd(finalUsers, { targets, items, width, trained: training.steps * training.batchSize });
  const [step] = await stepCosts(gpu, question);
  const { user, catalogue } = await evaluationCosts(gpu, question);
  const ranking = (users: number): number => predictSeconds(catalogue, speed) + users * predictSeconds(user, speed);
  const evaluations = evaluatedAfter(sasrecSteps).length * ranking(Math.min(SASREC_TARGETS, finals));
  return sasrecRates(asked.spec).length * (sasrecSteps * predictSeconds(step!, speed) + evaluations) + ranking(finals);
}

async function evaluationSeconds(
  gpu: Gpu,
  speed: DeviceSpeed,
  question: StepQuestion,
  { targets, watched, domainTexts }: Evaluated,
): Promise<number | null> {
  const { config, spec, sizes } = question;
  const { evaluations, sampleUsers, finalUsers, probeSteps, texts } = spec.evaluation;
  if (probeSteps > 0 || sampleUsers === 'auto' || isLargeModel(config)) return null;
  const asked = {
    arms: spec.arms.length,
    evaluations: Math.min(evaluations, spec.training.steps),
    sample: sampleUsers,
    texts,
    watched,
    finals: targetsAtEnd(finalUsers, {
      targets,
      items: sizes.items,
      width: sizes.featureWidth ?? config.hidden,
      trained: spec.training.steps * spec.training.batchSize,
    }),
  };
  const { user, text, catalogue, maps } = await evaluationCosts(gpu, question);
  const times = {
    map: predictSeconds(maps, speed),
    text: predictSeconds(text, speed) * (1 + domainTexts / texts),
    // Most of its time is spent waiting, which is not told.
    token: 0,
    user: predictSeconds(user, speed),
  };
  // The final evaluations embed it once more.
  const embedded = rounds(asked) + asked.arms;
  return uncutSeconds(times, asked) + embedded * predictSeconds(catalogue, speed);
}
