/** Stage 6: the engine, with all the GPU memory of the run except the arms'. */
import { Engine } from '../../engine/engine';
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
  const batchSize = data.batch(0, spec.arms[0]!).length;
  const engine = await Engine.create(gpu, {
    config: model.config,
    weights: model.weights,
    features,
    items: data.log.items.length,
    titleTokens: data.titleTokens,
    spec: { ...spec, training: { ...spec.training, batchSize } },
    maxExposed: data.maxExposed,
    maxQueryTokens: data.maxQueryTokens,
    imageSize: data.imageSize,
    popularity: spec.objective.logQ ? data.popularity() : undefined,
  });
  return { ...context, engine, batchSize };
}
