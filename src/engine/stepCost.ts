/**
 * What training steps and evaluations will cost. Those of a recipe are recorded on a GPU that runs nothing,
 * and their dispatches are added up by the speed that limits each.
 */
import type { Gpu } from '../gpu/device';
import type { Dispatch } from '../gpu/recorder';
import { rehearsalGpu } from '../gpu/rehearsalGpu';
import type { DecoderConfig } from '../model/decoderConfig';
import type { RunSpec } from '../recipe/runSpec';
import type { EncodedExample } from './decoder/sequence';
import type { Arm } from './arm';
import { Engine } from './engine';
import { plannedInputs, type PlanSizes } from './memoryPlan';
import { Evaluator } from './ranking/evaluator';
import { MOST_LISTED } from './ranking/itemLists';
import { stepSizes } from './stepSizes';

/** Smaller sides of products whose speeds are measured: LoRA's are as thin as its rank. */
export const THIN_SIDES = [8, 32, 128] as const;

export interface StepCost {
  /**
   * Multiply-adds count two; by the smaller side of the result, as thin as `THIN_SIDES`, those between in
   * shares.
   */
  readonly products: readonly number[];
  /** Operations of attention. */
  readonly attention: number;
  /** Threads of all other kernels. */
  readonly threads: number;
  readonly dispatches: number;
}

/** Mean lengths of the examples that a run will draw. */
export interface ExampleLengths {
  /** Items. */
  readonly history: number;
  /** Further texts of an example, and the items before each of them. */
  readonly further: number;
  readonly furtherHistory: number;
  /** Tokens of y, its end token included, and of an item in a history in the `text` interface. */
  readonly text: number;
  readonly title: number;
}

export interface StepQuestion {
  readonly config: DecoderConfig;
  /** With its precision resolved. */
  readonly spec: RunSpec;
  readonly sizes: PlanSizes;
  readonly lengths: ExampleLengths;
}

/** What an evaluation of an arm consists of. */
export interface EvaluationCosts {
  /** Of ranking the catalogue for one user and measuring its sinks. */
  readonly user: StepCost;
  /** Of embedding the catalogue. */
  readonly catalogue: StepCost;
  /** Of the attention maps of the probe histories with their items in one order. */
  readonly maps: StepCost;
  /** Of the LM's loss on one text. */
  readonly text: StepCost;
}

/**
 * What one step of each arm costs on that device, in the order of the arms.
 * @throws RangeError as `memoryPlan` does, and in the `semantic` interface, where items need codes
 */
export function stepCosts(gpu: Gpu, question: StepQuestion): Promise<readonly StepCost[]> {
  return rehearsed(gpu, question, async ({ engine, arms, batch, costOf }) => {
    const costs: StepCost[] = [];
    for (const arm of arms) costs.push(await costOf(engine.microBatch, () => engine.trainStep(arm, batch)));
    return costs;
  });
}

/** What the parts of the first arm's evaluations cost. @throws RangeError as `stepCosts` does */
export function evaluationCosts(gpu: Gpu, question: StepQuestion): Promise<EvaluationCosts> {
  return rehearsed(gpu, question, async ({ engine, arms, batch, costOf }) => {
    const { spec, sizes, lengths } = question;
    const arm = arms[0]!;
    const { probes, texts: spokenTexts } = spec.evaluation;
    const evaluator = new Evaluator(engine, probes, stepSizes(engine.inputs).probeRows);
    const catalogue = await costOf(1, () => Promise.resolve(evaluator.embedCatalogue(arm)));
    // As many as a pass holds; each reads its own items.
    const users = Array.from({ length: engine.readBatch }, (_, user): EncodedExample => {
      const { history, ...rest } = batch[user % batch.length]!;
      return { ...rest, history: history.map((item) => (item + user) % sizes.items) };
    });
    const listed = Math.min(sizes.items, MOST_LISTED);
    const ranked = await costOf(users.length, () => evaluator.rehearseRank(arm, users, [], listed));
    const probed = new Array<EncodedExample>(probes).fill({ ...users[0]!, query: [] });
    const maps = await costOf(probes, () => evaluator.attention(arm, probed));
    const texts = Array.from({ length: spokenTexts }, (_, index) => tokens(spread(lengths.text, index)));
    const spoken = await costOf(texts.length, () => evaluator.textNll(arm, texts));
    return { user: share(less(ranked, catalogue), users.length), catalogue, maps, text: share(spoken, texts.length) };
  });
}

/** An engine on a GPU that runs nothing, and what is recorded on it. */
interface Rehearsed {
  readonly engine: Engine;
  readonly arms: readonly Arm[];
  /** A batch as the run's first ones are. */
  readonly batch: readonly EncodedExample[];
  /** @param sequences in a pass */
  readonly costOf: (sequences: number, body: () => Promise<unknown>) => Promise<StepCost>;
}

async function rehearsed<T>(
  gpu: Gpu,
  { config, spec, sizes, lengths }: StepQuestion,
  use: (rehearsed: Rehearsed) => Promise<T>,
): Promise<T> {
  if (spec.objective.itemInterface === 'semantic') throw new RangeError('the codes of items are not known before a run');
  const planned = plannedInputs(config, spec, sizes);
  const engine = Engine.allocate(rehearsalGpu(gpu), {
    ...planned,
    titleTokens: { length: sizes.items, at: (item) => tokens(spread(lengths.title, item)) },
    counts: new Float64Array(sizes.items).fill(1),
  });
  try {
    const { recorder } = engine.context;
    const initial = new Float32Array(engine.layout.size);
    const costOf = async (sequences: number, body: () => Promise<unknown>): Promise<StepCost> => {
      const cost = { products: THIN_SIDES.map(() => 0), attention: 0, threads: 0, dispatches: 0 };
      await recorder.watch((call) => {
        add(cost, call, { headSize: config.headSize, sequences });
      }, body);
      return cost;
    };
    return await use({
      engine,
      arms: spec.arms.map((spoken) => engine.createArm(spoken, initial)),
      batch: examples(planned.spec, sizes, lengths),
      costOf,
    });
  } finally {
    engine.destroy();
  }
}

function less(whole: StepCost, part: StepCost): StepCost {
  return {
    products: whole.products.map((flops, index) => flops - part.products[index]!),
    attention: whole.attention - part.attention,
    threads: whole.threads - part.threads,
    dispatches: whole.dispatches - part.dispatches,
  };
}

/** A cost divided among so many. */
function share({ products, attention, threads, dispatches }: StepCost, among: number): StepCost {
  return {
    products: products.map((flops) => flops / among),
    attention: attention / among,
    threads: threads / among,
    dispatches: dispatches / among,
  };
}

type Mutable = { -readonly [K in keyof StepCost]: StepCost[K] } & { products: number[] };

function add(
  cost: Mutable,
  call: Dispatch,
  { headSize, sequences }: { readonly headSize: number; readonly sequences: number },
): void {
  cost.dispatches += 1;
  const { kernel, flops = 0, params } = call;
  if (flops > 0) {
    sharesOf(Math.min(params.M ?? Infinity, params.N ?? Infinity)).forEach((share, index) => {
      cost.products[index]! += share * flops;
    });
  } else if ('heads' in params && 'rows' in params) {
    // q·k and weights·v forward; backward both kernels compute q·k again, and one or two products more each.
    const products = kernel.name === 'attention_backward_kv' ? 4 : kernel.name === 'attention_backward_q' ? 3 : 2;
    // A row sees half of its sequence on average.
    const seen = (params.rows / sequences + 1) / 2;
    cost.attention += 2 * products * params.rows * seen * params.heads * headSize;
  } else cost.threads += 'threads' in call ? call.threads : call.workgroups.reduce((product, count) => product * count, 64);
}

/** Shares of the neighbours in `THIN_SIDES` by which the logarithm of a side lies between them. */
export function sharesOf(side: number): number[] {
  const logs = THIN_SIDES.map((thin) => Math.log(thin));
  const at = Math.min(Math.max(Math.log(side), logs[0]!), logs.at(-1)!);
  return logs.map((log, index) => {
    const below = logs[index - 1] ?? log - 1;
    const above = logs[index + 1] ?? log + 1;
    return Math.max(0, at <= log ? 1 - (log - at) / (log - below) : 1 - (at - log) / (above - log));
  });
}

/** Lengths one after the other whose mean is the given one. */
function spread(mean: number, index: number): number {
  return Math.max(1, Math.floor((index + 1) * mean) - Math.floor(index * mean));
}

function tokens(count: number): number[] {
  return new Array<number>(count).fill(3);
}

/** Examples of these lengths: what they say does not change what a step costs. */
function examples(
  { training: { batchSize, textShare }, objective: { lambdaExp } }: Pick<RunSpec, 'training' | 'objective'>,
  { items, maxExposed, maxQueryTokens, imageSize }: PlanSizes,
  lengths: ExampleLengths,
): EncodedExample[] {
  const others = (count: number, from: number): number[] => Array.from({ length: count }, (_, place) => (from + place) % items);
  const query = tokens(maxQueryTokens);
  const further = (index: number): EncodedExample => {
    const history = others(spread(lengths.furtherHistory, index), index);
    return { history, target: index % items, query, text: tokens(spread(lengths.text, index)), exposed: [] };
  };
  let more = 0;
  return Array.from({ length: batchSize }, (_, index) => {
    const text = tokens(spread(lengths.text, index));
    const texts = Math.floor((index + 1) * lengths.further) - Math.floor(index * lengths.further);
    const image =
      imageSize === undefined ? undefined : { v: new Float32Array(imageSize), time: 0.5, noise: new Float32Array(imageSize) };
    const history = others(spread(lengths.history, index), index);
    return {
      history,
      ...(lambdaExp > 0 && { historyExposed: history.map((item) => others(maxExposed, item + 1)) }),
      target: index % items,
      query,
      text: index < Math.max(1, Math.round(textShare * batchSize)) ? text : [],
      exposed: others(maxExposed, index),
      further: Array.from({ length: texts }, () => further(more++)),
      described: { item: index % items, text },
      replayed: text,
      ...(image && { image }),
    };
  });
}
