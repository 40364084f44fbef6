/** How long a step of each arm will take on a device, told from recipe and log before anything is loaded. */
import { itemText } from '../log/itemText';
import { restrictTraining } from '../log/restrictTraining';
import { createBatchSampler, type TrainingExample } from '../log/sampling';
import type { InteractionLog, Split } from '../log/types';
import { predictSeconds, type DeviceSpeed } from '../engine/deviceSpeed';
import { stepCosts, type ExampleLengths, type StepQuestion } from '../engine/stepCost';
import type { Gpu } from '../gpu/device';
import type { RunSpec } from '../recipe/runSpec';

/** Batches whose examples stand for those of the run. */
const BATCHES = 4;

/** Characters of a text per token, as tokenizers for English have them: no tokenizer is loaded yet. */
const CHARACTERS = 4;

/** Mean lengths of the examples of a run's first steps, whose texts are not tokenised. @throws RangeError as `createBatchSampler` does */
export function exampleLengths(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  spec: RunSpec,
): ExampleLengths {
  const { seed, data, objective, training } = spec;
  const { maxHistory, maxTextTokens, maxTitleTokens } = objective;
  const trained = restrictTraining(log, split, data);
  const sampler = createBatchSampler(log, trained, { seed, batchSize: training.batchSize, maxHistory, crop: training.crop });
  const drawn = Array.from({ length: BATCHES }, (_, step) => sampler.sampleBatch(step)).flat();
  const mean = (length: (example: TrainingExample) => number): number =>
    drawn.reduce((sum, example) => sum + length(example), 0) / drawn.length;
  const tokens = (item: number, template: string): number =>
    Math.ceil(itemText(log.items.at(item), template).length / CHARACTERS);
  return {
    history: mean(({ history }) => history.length),
    text: mean(({ textItem }) => Math.min(maxTextTokens, 1 + tokens(textItem, data.itemTemplate))),
    title: mean(({ target }) => Math.min(maxTitleTokens, 1 + tokens(target, data.historyTemplate))),
  };
}

/**
 * Seconds of a step, by arm.
 * @returns null where they cannot be told before a run: where items enter as codes
 * @throws RangeError as `memoryPlan` and `createBatchSampler` do
 */
export async function forecastSteps(
  gpu: Gpu,
  speed: DeviceSpeed,
  question: StepQuestion,
): Promise<Readonly<Record<string, number>> | null> {
  const { arms, objective } = question.spec;
  if (objective.itemInterface === 'semantic') return null;
  const costs = await stepCosts(gpu, question);
  return Object.fromEntries(arms.map(({ id }, index) => [id, predictSeconds(costs[index]!, speed)]));
}
