/** How much GPU memory an experiment will take: its engine is built on a GPU that creates no buffers. */
import { largestBuffer, type BufferLimits, type PlannedDevice } from '../gpu/deviceRoom';
import { dryGpu } from '../gpu/dryGpu';
import type { DecoderConfig } from '../model/decoderConfig';
import { megabytes, MEMORY_ADVICE, MEMORY_GROUPS, type MemoryPlan } from '../record/memoryPlan';
import type { RunSpec } from '../recipe/runSpec';
import { Engine } from './engine';
import { Evaluator } from './ranking/evaluator';
import { ProbeDecoder } from './losses/probeDecoder';
import { imageSizeOf, type EngineInputs } from './engineInputs';
import { ImageProbe } from './terms/img/imageProbe';
import { stepSizes } from './stepSizes';
import { t } from '../words/words';

export interface PlanSizes {
  /** Items of the catalogue. */
  readonly items: number;
  /** Users that can be trained on, which limit the batch. */
  readonly users: number;
  /** Maximum number of exposed items, and of query tokens, per example. */
  readonly maxExposed: number;
  readonly maxQueryTokens: number;
  /** Maximum number of items before those of a history that something reads; default: 0. */
  readonly maxEarlier?: number;
  /** Size of an item's features; default: the model's hidden size. */
  readonly featureWidth?: number;
  /** Size of an item's visual features v; read only if an arm has L_img. */
  readonly imageSize?: number;
}

const NOTHING = new Float32Array(0);

/**
 * Inputs of an engine for a log of which only sizes are known, without its titles and the items' shares; no
 * item has training events.
 */
export function plannedInputs(config: DecoderConfig, spec: RunSpec, sizes: PlanSizes): EngineInputs {
  const batchSize = Math.min(spec.training.batchSize, sizes.users);
  return {
    config,
    features: { hidden: NOTHING, title: NOTHING, width: sizes.featureWidth ?? config.hidden },
    titleTokens: [],
    counts: new Uint8Array(sizes.items),
    ...sizes,
    spec: { ...spec, training: { ...spec.training, batchSize } },
  };
}

/**
 * Memory of a run of `spec` on a model of that shape, from the constructors that allocate it. Probes are
 * assumed to be as long as possible.
 * @throws RangeError when model, recipe and device do not fit together (see layOutParameters, allocateMatrix,
 * checkCatalogue).
 */
export function memoryPlan(config: DecoderConfig, spec: RunSpec, sizes: PlanSizes, device: PlannedDevice): MemoryPlan {
  const inputs = plannedInputs(config, spec, sizes);
  const engine = Engine.allocate(dryGpu(device), inputs);
  const { memory } = engine.context;
  const initial = new Float32Array(engine.layout.size);
  for (const arm of spec.arms) engine.createArm(arm, initial);
  new Evaluator(engine, spec.evaluation.probes, stepSizes(inputs).probeRows);
  const { probeSteps } = spec.evaluation;
  if (probeSteps > 0) new ProbeDecoder(engine, { steps: probeSteps, learningRate: 0 });
  if (probeSteps > 0 && imageSizeOf(inputs) > 0) new ImageProbe(engine, imageSizeOf(inputs), probeSteps);
  return memory.use;
}

/** Why a device cannot hold a plan, and which setting to lower; null if it can. */
export function limitProblem(
  plan: MemoryPlan,
  limits: BufferLimits,
): { readonly message: string; readonly advice: string } | null {
  const most = largestBuffer(limits);
  const { group, label, bytes } = plan.largest;
  if (bytes <= most) return null;
  return {
    message: t('The largest buffer ({group}: {label}) needs {bytes}; this device allows {most}.', {
      group: t(MEMORY_GROUPS[group]),
      label,
      bytes: megabytes(bytes),
      most: megabytes(most),
    }),
    advice: t(MEMORY_ADVICE[group]),
  };
}
