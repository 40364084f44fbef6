/** Stage 7: the parameters that all arms start from, prepared once before any arm is created. */
import { embeddingStatistics, type EmbeddingStatistics } from '../../engine/decoder/embeddingStatistics';
import { initialParameters, withLora } from '../../engine/parameters';
import { armLora } from '../../recipe/armRecipe';
import type { ArmSpec } from '../../recipe/runSpec';
import { startParameters } from '../train/startAdapter';
import type { EngineContext } from './engine';

export interface StartContext extends EngineContext {
  readonly embedding: EmbeddingStatistics;
  /** Parameters of the base model with the heads of the recipe's seed. */
  readonly initial: Float32Array;
  /** What arms start from, except for their own settings (`armStart`): `initial` itself, unless the recipe names an adapter. */
  readonly begin: Float32Array;
}

/** @throws ModelError when the adapter that the recipe names is not open or does not fit */
export async function prepareStart(context: EngineContext): Promise<StartContext> {
  const { inputs, engine, spec } = context;
  const { model } = inputs;
  const embedding = await embeddingStatistics(model.weights, model.config);
  const initial = initialParameters(engine.layout, model.config, embedding, spec);
  return { ...context, embedding, initial, begin: startParameters(inputs.start ?? null, spec, model, engine.layout, initial) };
}

/** What an arm starts from. */
export function armStart({ engine, spec, begin }: StartContext, arm: ArmSpec): Float32Array {
  return withLora(engine.layout, begin, armLora(spec, arm));
}
