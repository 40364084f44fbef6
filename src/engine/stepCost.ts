/**
 * What a training step costs, before it is run: the step of a recipe is recorded on a GPU that runs nothing, and its dispatches are added up by the speed that
 * limits them.
 */
import type { Gpu } from '../gpu/device';
import type { Dispatch } from '../gpu/recorder';
import { rehearsalGpu } from '../gpu/rehearsalGpu';
import type { DecoderConfig } from '../model/decoderConfig';
import type { RunSpec } from '../recipe/runSpec';
import type { EncodedExample } from './decoder/sequence';
import { Engine } from './engine';
import { plannedInputs, type PlanSizes } from './memoryPlan';

/** Smaller sides of products whose speeds are measured: LoRA's are as thin as its rank. */
export const THIN_SIDES = [8, 32, 128] as const;

export interface StepCost {
  /** Multiply-adds count two; by the smaller side of the result, as thin as `THIN_SIDES`, those between in shares. */
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

/**
 * What one step of each arm costs on that device, in the order of the arms.
 * @throws RangeError as `memoryPlan` does, and in the `semantic` interface, where items need codes
 */
export async function stepCosts(gpu: Gpu, { config, spec, sizes, lengths }: StepQuestion): Promise<readonly StepCost[]> {
  if (spec.objective.itemInterface === 'semantic') throw new RangeError('the codes of items are not known before a run');
  const planned = plannedInputs(config, spec, sizes);
  const engine = Engine.allocate(rehearsalGpu(gpu), {
    ...planned,
    titleTokens: { length: sizes.items, at: (item) => tokens(spread(lengths.title, item)) },
    popularity: spec.objective.logQ ? new Float64Array(sizes.items).fill(1 / sizes.items) : undefined,
  });
  try {
    const { recorder } = engine.context;
    const initial = new Float32Array(engine.layout.size);
    const batch = examples(planned.spec.training, sizes, lengths);
    const costs: StepCost[] = [];
    for (const spoken of spec.arms) {
      const cost = { products: THIN_SIDES.map(() => 0), attention: 0, threads: 0, dispatches: 0 };
      const arm = engine.createArm(spoken, initial);
      await recorder.watch(
        (call) => {
          add(cost, call, { headSize: config.headSize, sequences: engine.microBatch });
        },
        () => engine.trainStep(arm, batch),
      );
      costs.push(cost);
    }
    return costs;
  } finally {
    engine.destroy();
  }
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
  { batchSize, textShare }: RunSpec['training'],
  { items, maxExposed, maxQueryTokens, imageSize }: PlanSizes,
  lengths: ExampleLengths,
): EncodedExample[] {
  const others = (count: number, from: number): number[] => Array.from({ length: count }, (_, place) => (from + place) % items);
  return Array.from({ length: batchSize }, (_, index) => {
    const text = tokens(spread(lengths.text, index));
    const image =
      imageSize === undefined ? undefined : { v: new Float32Array(imageSize), time: 0.5, noise: new Float32Array(imageSize) };
    return {
      history: others(spread(lengths.history, index), index),
      target: index % items,
      query: tokens(maxQueryTokens),
      text: index < Math.max(1, Math.round(textShare * batchSize)) ? text : [],
      exposed: others(maxExposed, index),
      described: { item: index % items, text },
      ...(image && { image }),
    };
  });
}
