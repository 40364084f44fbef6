/** The inputs of an engine. */
import { codeTokens } from '../model/codes/itemCodes';
import type { TokenTable } from './decoder/sequence';
import type { CatalogueFeatures, DecoderConfig } from '../model/decoderConfig';
import type { WeightSource } from '../model/weightSource';
import { codeSizes } from '../recipe/codeIndex';
import { leavesOut, type RunSpec } from '../recipe/runSpec';
import { addsRows } from './objective/terms';
import { t } from '../words/words';

/** What the engine must know about model and data to allocate its memory. */
export interface EngineInputs {
  readonly config: DecoderConfig;
  readonly features: CatalogueFeatures;
  readonly items: number;
  /** Title tokens of every item (interface `text`). */
  readonly titleTokens: TokenTable;
  readonly spec: Pick<RunSpec, 'model' | 'arms' | 'lora' | 'objective' | 'training'>;
  /** Maximum number of exposed items, and of query tokens, per example. */
  readonly maxExposed: number;
  readonly maxQueryTokens: number;
  /** Maximum number of items before those of the history; default: 0. */
  readonly maxEarlier?: number | undefined;
  /** Size of an item's visual features v; read only if an arm has L_img. */
  readonly imageSize?: number | undefined;
  /** Training events of each item; read only with objective.popularity or candidates that can be right. */
  readonly counts?: ArrayLike<number> | undefined;
}

/** Size of v; 0 if no arm has L_img. @throws RangeError if one has and the size of v is unknown */
export function imageSizeOf({ spec, imageSize }: Pick<EngineInputs, 'spec' | 'imageSize'>): number {
  if (!spec.arms.some((arm) => addsRows(arm, 'images'))) return 0;
  if (imageSize === undefined || imageSize < 1)
    throw new RangeError(t('An arm has λ_img, but the items have no visual features.'));
  return imageSize;
}

/** Score of what a softmax must not see. Finite, so that nothing multiplied by it is no number. */
const HIDDEN = -1e30;

/**
 * What is added to the scores of each item by its popularity: α·p, p the logarithm of 1 + its training events
 * less the warm items' mean, 0 for cold ones; null if the recipe adds nothing. @throws RangeError if it does
 * and the events are unknown
 */
export function popularityBias({
  spec,
  counts,
}: {
  readonly spec: { readonly objective: Pick<RunSpec['objective'], 'popularity'> };
  readonly counts?: EngineInputs['counts'];
}): Float64Array | null {
  const { popularity } = spec.objective;
  if (popularity === 0) return null;
  const known = Float64Array.from(countsOf(counts), (count) => Math.log1p(count));
  const warm = known.filter((value) => value > 0);
  const mean = warm.reduce((sum, value) => sum + value, 0) / Math.max(1, warm.length);
  return known.map((value) => (value > 0 ? popularity * (value - mean) : 0));
}

/**
 * What the softmax over the catalogue adds to the scores of each item: its popularity, and what leaves cold
 * items out; null if nothing.
 */
export function offsetsOf({ spec, counts }: Pick<EngineInputs, 'spec' | 'counts'>): Float32Array | null {
  const bias = popularityBias({ spec, counts });
  if (!leavesOut(spec.objective)) return bias && Float32Array.from(bias);
  return Float32Array.from(countsOf(counts), (count, item) => (count > 0 ? (bias?.[item] ?? 0) : HIDDEN));
}

function countsOf(counts: EngineInputs['counts']): ArrayLike<number> {
  if (counts === undefined) throw new RangeError(t('The objective needs the items’ numbers of training events.'));
  return counts;
}

/** What L_act scores: items or, in the `semantic` interface, tokens of codes. */
export function scoredRows({ objective }: Pick<RunSpec, 'objective'>, items: number): number {
  return objective.itemInterface === 'semantic' ? codeTokens({ sizes: codeSizes(objective) }) : items;
}

/** The same, with the model's weights. */
export interface FilledInputs extends EngineInputs {
  readonly weights: WeightSource;
}
