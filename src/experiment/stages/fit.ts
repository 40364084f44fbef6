/**
 * Stage 6: the parameters that all arms start from, made once before any of them is. Whatever is to be fitted before the arms' first step
 * goes here: what comes out as `begin` is shared by all arms, and is what they are compared from.
 */
import { embeddingStatistics, type EmbeddingStatistics } from '../../engine/decoder/embeddingStatistics';
import { initialParameters } from '../../engine/parameters';
import { startParameters } from '../startAdapter';
import type { EngineContext } from './engine';

export interface FitContext extends EngineContext {
  readonly embedding: EmbeddingStatistics;
  /** Parameters of the base model with the heads of the recipe's seed. */
  readonly initial: Float32Array;
  /** What all arms start from: `initial` itself, unless the recipe names an adapter. */
  readonly begin: Float32Array;
}

/** @throws ModelError when the adapter that the recipe names is not here or does not fit */
export async function fitStart(context: EngineContext): Promise<FitContext> {
  const { inputs, engine, spec } = context;
  const { model } = inputs;
  const embedding = await embeddingStatistics(model.weights, model.config);
  const initial = initialParameters(engine.layout, model.config, embedding, spec);
  const begin = startParameters(inputs.start ?? null, spec, model, engine.layout, initial);
  return { ...context, embedding, initial, begin };
}
