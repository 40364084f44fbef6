/**
 * Which kernels a run will use, and for products of which shapes, found before it starts: its own code runs
 * on a GPU that computes nothing. What it asks for there is compiled ahead; what a rehearsal misses is
 * compiled when it is needed.
 */
import { Evaluator } from '../../engine/ranking/evaluator';
import { Engine } from '../../engine/engine';
import { largestShapeOf, shapeOf, type CheckedShape } from '../../engine/gemm/checkedProducts';
import type { GemmCall } from '../../engine/gemm/gemmCall';
import { PROBE_RATE, ProbeDecoder } from '../../engine/losses/probeDecoder';
import { stepSizes } from '../../engine/stepSizes';
import type { Gpu } from '../../gpu/device';
import { KernelCache, type KernelSource } from '../../gpu/kernel';
import { rehearsalGpu } from '../../gpu/rehearsalGpu';
import type { ItemCodes } from '../../model/codes/itemCodes';
import type { LoadedModel } from '../../model/loadedModel';
import { codeSizes } from '../../recipe/codeIndex';
import { promptsOf } from '../../recipe/prompts';
import type { RunSpec } from '../../recipe/runSpec';
import { chooseDriftTexts } from '../prepare/driftTexts';
import type { PreparedData } from '../prepare/preparedData';
import { runInputs } from '../prepare/runInputs';

export interface RehearsalInputs {
  readonly gpu: Gpu;
  readonly model: Pick<LoadedModel, 'config' | 'tokenizer'>;
  readonly data: PreparedData;
  readonly spec: RunSpec;
  /** Size of an item's features. */
  readonly width: number;
}

export interface Rehearsal {
  /** In the order in which they are asked for. */
  readonly kernels: readonly KernelSource[];
  /** The shapes of all products, and of those with as many rows as a batch can have, each once. */
  readonly products: readonly CheckedShape[];
}

const NOTHING = new Float32Array(0);

/** @throws RangeError as `Engine.allocate` does */
export async function rehearse({ gpu, model, data, spec, width }: RehearsalInputs): Promise<Rehearsal> {
  const { objective, evaluation, arms } = spec;
  const dry = rehearsalGpu(gpu);
  const kernels = KernelCache.of(dry.device);
  const products = new Map<string, CheckedShape>();
  const { items } = data.log;
  const features = {
    hidden: NOTHING,
    title: NOTHING,
    width,
    ...(objective.itemInterface === 'semantic' && { codes: anyCodes(spec, items.length) }),
  };
  const engine = Engine.allocate(dry, runInputs({ config: model.config, data, spec, features }));
  const note = (call: GemmCall): void => {
    for (const shape of [shapeOf(call), largestShapeOf(call)]) products.set(JSON.stringify(shape), shape);
  };
  try {
    const start = new Float32Array(engine.layout.size);
    const ready = arms.map((arm) => engine.createArm(arm, start));
    const [first] = ready;
    const evaluator = new Evaluator(engine, evaluation.probes, stepSizes(engine.inputs).probeRows, evaluation.sinkThreshold);
    const some = data.split.test.slice(0, 2 * engine.microBatch);
    const examples = some.map((target) => data.exampleFor(target));
    const masked = evaluation.maskHistory ? some.map((target) => data.historyOf(target)) : [];
    const prompt = [...model.tokenizer.encode('a')];
    await engine.context.gemm.watch(note, async () => {
      for (const arm of ready) {
        await evaluator.rehearseRank(arm, examples, masked, 1);
        await evaluator.attention(
          arm,
          Array.from({ length: evaluation.probes }, () => ({ ...examples[0]!, query: [] })),
        );
        await evaluator.textNll(arm, chooseDriftTexts(data, spec));
        if (promptsOf(spec).length > 0) await evaluator.continuations.rehearse(arm, prompt);
        if (arm.spec.lambdaRec > 0) await evaluator.texts.rehearse(engine.use(arm));
      }
      for (const arm of ready) await engine.trainStep(arm, data.batch(0, arm.spec));
      if (evaluation.probeSteps > 0) await rehearseProbe(engine, spec, data);
      for (const length of [1, engine.microBatch]) {
        const { catalogue } = await evaluator.catalogue(first!);
        await evaluator.recommend(first!, { catalogue, examples: examples.slice(0, length), masked: masked.slice(0, length) }, 1);
      }
    });
    return { kernels: [...kernels.asked], products: [...products.values()] };
  } finally {
    engine.destroy();
  }
}

/** Codes for as long as the items' own are not known: no two items have the same. */
function anyCodes({ objective }: RunSpec, items: number): ItemCodes {
  const sizes = codeSizes(objective);
  const codes = Array.from({ length: items }, (_, item) => {
    let rest = item;
    return sizes.map((size) => {
      const code = rest % size;
      rest = Math.floor(rest / size);
      return code;
    });
  });
  return { sizes, codes: Uint32Array.from(codes.flat()) };
}

async function rehearseProbe(engine: Engine, { evaluation, objective }: RunSpec, data: PreparedData): Promise<void> {
  const texts = data.batch(0, engine.inputs.spec.arms[0]!).map(({ text }) => (text.length > 0 ? text : data.texts.at(0)!));
  const probe = new ProbeDecoder(engine, { steps: evaluation.probeSteps, learningRate: PROBE_RATE });
  const pairs = { z: new Float32Array(texts.length * objective.embeddingSize), texts };
  probe.begin(new Float32Array(engine.inputs.config.hidden));
  await probe.step(pairs);
  await probe.nll(pairs);
}
