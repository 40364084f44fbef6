/** What the engine and ONNX Runtime make of the model. */
import { BaseModel } from '../engine/decoder/baseModel';
import { Engine } from '../engine/engine';
import { memoryPlan } from '../engine/memoryPlan';
import { Evaluator } from '../engine/ranking/evaluator';
import { stepSizes } from '../engine/stepSizes';
import type { TrainedArm } from '../engine/trainedArm';
import { watchBuffers } from '../gpu/bufferWatch';
import { plannedDevice } from '../gpu/deviceRoom';
import type { Gpu } from '../gpu/device';
import { referenceLogits } from '../model/certificate';
import { generate } from '../model/generate';
import type { LoadedModel } from '../model/loadedModel';
import { openDecoder } from '../model/ortSession';
import { withPrecision, type Precision } from '../recipe/runSpec';
import { logSumExp } from '../statistics/logSumExp';
import type { VerifiedBatch } from './batch';

type Ids = readonly (readonly number[])[];

export interface EngineSide {
  /** Logits of each prompt: of the base model, and with the arm's LoRA. */
  readonly base: readonly Float32Array[];
  /** Null without an arm. */
  readonly adapted: readonly Float32Array[] | null;
  /** Mean NLL per token of the texts by precision. */
  readonly nll: ReadonlyMap<Precision, number>;
}

/** Each precision takes a copy of the model on the GPU, one at a time. */
export async function engineLogits(
  gpu: Gpu,
  model: LoadedModel,
  arm: TrainedArm | null,
  prompts: Ids,
  texts: Ids,
  precisions: readonly Precision[],
): Promise<EngineSide> {
  const capacity = Math.max(...[...prompts, ...texts].map(({ length }) => length));
  const using = async <T>(options: object, use: (base: BaseModel) => Promise<T>): Promise<T> => {
    const base = await BaseModel.create(gpu, model, { capacity, ...options });
    try {
      return await use(base);
    } finally {
      base.destroy();
    }
  };
  const nll = new Map<Precision, number>();
  let base: Float32Array[] = [];
  for (const precision of precisions) {
    await using({ precision }, async (decoder) => {
      if (precision === 'f32') base = await each(prompts, (ids) => decoder.logits(ids));
      const sums = await each(texts, async (ids) => nllSum(await decoder.logits(ids), ids));
      const tokens = texts.reduce((sum, { length }) => sum + length - 1, 0);
      nll.set(precision, sums.reduce((sum, one) => sum + one, 0) / tokens);
    });
  }
  const adapted = arm && (await using({ arm }, (decoder) => each(prompts, (ids) => decoder.logits(ids))));
  return { base, adapted, nll };
}

/** Logits of each prompt, and the tokens that continue it greedily. */
export async function ortSide(
  model: LoadedModel,
  prompts: Ids,
  maxTokens: number,
): Promise<{ readonly logits: readonly Float32Array[]; readonly greedy: readonly (readonly number[])[] }> {
  const decoder = await openDecoder(model, { input: 'ids', outputs: ['logits'], cache: true }, { name: 'wasm' });
  try {
    return {
      logits: await each(prompts, (ids) => referenceLogits(decoder, ids)),
      greedy: await each(prompts, (ids) => generate(decoder, { ids }, { maxTokens })),
    };
  } finally {
    await decoder.release();
  }
}

/** Bytes that the memory plan expects, and the most that buffers held. */
export interface MemorySide {
  readonly planned: number;
  readonly measured: number;
}

export interface GradientSide extends MemorySide {
  /** By parameter, before clipping. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly losses: Readonly<Record<string, number | null>>;
}

/** One step without an update, and attention maps of one history, as an experiment does both. */
export function engineGradients(gpu: Gpu, model: LoadedModel, verified: VerifiedBatch): Promise<GradientSide> {
  const { layout } = verified;
  return oneStep(gpu, model, verified, async (engine, losses) => {
    const flat = await engine.readGradients();
    const gradients = new Map(
      [...layout.slots.values()].map(({ name, offset, rows, columns }) => [name, flat.slice(offset, offset + rows * columns)]),
    );
    return { gradients, losses: { ...losses } };
  });
}

/** The memory of the same with weights stored in that precision. */
export function engineMemory(gpu: Gpu, model: LoadedModel, verified: VerifiedBatch, precision: Precision): Promise<MemorySide> {
  const spec = withPrecision(verified.spec, precision);
  return oneStep(gpu, model, { ...verified, spec, inputs: { ...verified.inputs, spec } }, () => Promise.resolve({}));
}

/** @param read what to read after the step */
function oneStep<Read extends object>(
  gpu: Gpu,
  { weights }: LoadedModel,
  { spec, arm, inputs, batch }: VerifiedBatch,
  read: (engine: Engine, losses: Awaited<ReturnType<Engine['trainStep']>>) => Promise<Read>,
): Promise<Read & MemorySide> {
  const sizes = {
    items: inputs.items,
    users: batch.length,
    maxExposed: inputs.maxExposed,
    maxQueryTokens: inputs.maxQueryTokens,
  };
  return watchBuffers(gpu.device, async (watch) => {
    const engine = await Engine.create(gpu, { ...inputs, weights });
    try {
      const created = engine.createArm(arm.spec, arm.flat);
      const found = await read(engine, await engine.trainStep(created, batch, { update: false }));
      const evaluator = new Evaluator(engine, spec.evaluation.probes, stepSizes(inputs).probeRows);
      await evaluator.attention(created, batch.slice(0, 1));
      const planned = memoryPlan(inputs.config, spec, sizes, plannedDevice(gpu)).total;
      return { ...found, planned, measured: watch.peak };
    } finally {
      engine.destroy();
    }
  });
}

/** Sum of −log softmax of every token after the first. @param logits [ids, vocabulary] */
function nllSum(logits: Float32Array, ids: readonly number[]): number {
  const vocabulary = logits.length / ids.length;
  let sum = 0;
  for (let row = 0; row + 1 < ids.length; row++) {
    const scores = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    sum += logSumExp(scores) - scores[ids[row + 1]!]!;
  }
  return sum;
}

async function each<A, B>(values: readonly A[], next: (value: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const value of values) results.push(await next(value));
  return results;
}
