/** A training step, by the engine of a run with one arm. */
import type { Arm } from '../../../src/engine/arm';
import { Engine } from '../../../src/engine/engine';
import type { Gpu } from '../../../src/gpu/device';
import { heldWeights } from '../../../src/model/weightSource';
import { armSchema } from '../../../src/recipe/runSpec';
import type { StepCase } from '../../cases';
import type { StepInputs } from '../../inputs';
import type { Work } from '../../library';

/** The engine of a case, and its arm with the given parameters. */
export async function openArm(
  gpu: Gpu,
  { id, spec, items, lambdaGen, lambdaRec }: StepCase,
  { config, weights, features, parameters }: Omit<StepInputs, 'batch'>,
): Promise<{ readonly engine: Engine; readonly arm: Arm }> {
  const armSpec = armSchema.parse({ id, label: id, lambdaGen, lambdaRec });
  const engine = await Engine.create(gpu, {
    config,
    weights: heldWeights(weights),
    features,
    items,
    titleTokens: [],
    spec: { ...spec, arms: [armSpec] },
    maxExposed: 0,
    maxQueryTokens: 0,
  });
  return { engine, arm: engine.createArm(armSpec, parameters.flat) };
}

export async function stepWork(gpu: Gpu, benchCase: StepCase, inputs: StepInputs): Promise<Work> {
  const { engine, arm } = await openArm(gpu, benchCase, inputs);
  let last = { total: NaN, gradNorm: NaN };
  return {
    async run() {
      last = await engine.trainStep(arm, inputs.batch);
    },
    outcome: () => Promise.resolve({ loss: last.total, gradNorm: last.gradNorm }),
  };
}
