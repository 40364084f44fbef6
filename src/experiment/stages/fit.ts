/**
 * Stage 7: the parameters that all arms start from, prepared once before any arm is created. Whatever must be fitted before the arms' first step
 * belongs here: the resulting `begin` is shared by all arms, and differences between them are measured from it.
 */
import { embeddingStatistics, type EmbeddingStatistics } from '../../engine/decoder/embeddingStatistics';
import { initialParameters, withLora } from '../../engine/parameters';
import { armHeadStart, armLora } from '../../recipe/armRecipe';
import type { ArmSpec } from '../../recipe/runSpec';
import type { HeadStartRecord } from '../../record/runRecord';
import { fittedHeads, withHeads } from '../fittedHeads';
import { startParameters } from '../startAdapter';
import type { EngineContext } from './engine';

export interface FitContext extends EngineContext {
  readonly embedding: EmbeddingStatistics;
  /** Parameters of the base model with the heads that arms start from or, if they start from an adapter, those of the recipe's seed. */
  readonly initial: Float32Array;
  /** What arms start from, except for their own settings (`armStart`): `initial` itself, unless the recipe names an adapter. */
  readonly begin: Float32Array;
  /** The same, with the heads as they were before any fit. */
  readonly unfitted: Float32Array;
  /** How the heads were fitted, or why not; null if the recipe draws them. */
  readonly headStart: HeadStartRecord | null;
}

/** @throws ModelError when the adapter that the recipe names is not open or does not fit; the signal's reason, and what the GPU throws */
export async function fitStart(context: EngineContext): Promise<FitContext> {
  const { inputs, engine, data, spec, progress, compiled } = context;
  const { model } = inputs;
  const embedding = await embeddingStatistics(model.weights, model.config);
  const drawn = initialParameters(engine.layout, model.config, embedding, spec);
  const given = startParameters(inputs.start ?? null, spec, model, engine.layout, drawn);
  const { heads, record } = await fittedHeads({
    ...{ engine, data, spec, parameters: given },
    adapted: given !== drawn,
    broughtHeads: given !== drawn && inputs.start!.heads,
    kept: inputs.heads ?? null,
    hashes: { model: model.hash, log: inputs.data.log.hash },
    compiled: () => compiled('fit'),
    onProgress: (note, done, total) => {
      progress('head-start', note, done, total);
    },
    signal: inputs.signal,
  });
  const begin = heads === null ? given : withHeads(engine.layout, given, heads);
  return { ...context, embedding, begin, unfitted: given, initial: given === drawn ? begin : drawn, headStart: record };
}

/** What an arm starts from. */
export function armStart({ engine, spec, begin, unfitted }: FitContext, arm: ArmSpec): Float32Array {
  const heads = armHeadStart(spec, arm) === 'fitted' ? begin : unfitted;
  return withLora(engine.layout, heads, armLora(spec, arm));
}
