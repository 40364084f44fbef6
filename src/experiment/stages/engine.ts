/** Stage 6: the engine, with all the GPU memory of the run except the arms'. */
import { Engine } from '../../engine/engine';
import { runInputs } from '../prepare/runInputs';
import type { BaselinesContext } from './baselines';

export interface EngineContext extends BaselinesContext {
  readonly engine: Engine;
  /** Examples per step: a small log may not fill the requested batch. */
  readonly batchSize: number;
}

/** The caller must destroy the engine. @throws RangeError, and what the GPU throws */
export async function openEngine(context: BaselinesContext): Promise<EngineContext> {
  const { inputs, data, spec, features } = context;
  const { model, gpu } = inputs;
  const built = runInputs({ config: model.config, data, spec, features });
  const engine = await Engine.create(gpu, { ...built, weights: model.weights });
  return { ...context, engine, batchSize: built.spec.training.batchSize };
}
