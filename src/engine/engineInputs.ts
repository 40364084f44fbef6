/** The inputs of an engine. */
import { codeTokens } from '../model/codes/itemCodes';
import type { TokenTable } from './decoder/sequence';
import type { CatalogueFeatures, DecoderConfig } from '../model/decoderConfig';
import type { WeightSource } from '../model/weightSource';
import { codeSizes } from '../recipe/codeIndex';
import type { RunSpec } from '../recipe/runSpec';
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
  /** Size of an item's visual features v; read only if an arm has L_img. */
  readonly imageSize?: number | undefined;
  /** Each item's share of the training events; read only with objective.logQ. */
  readonly popularity?: Float64Array | undefined;
}

/** Size of v; 0 if no arm has L_img. @throws RangeError if one has and the size of v is unknown */
export function imageSizeOf({ spec, imageSize }: Pick<EngineInputs, 'spec' | 'imageSize'>): number {
  if (!spec.arms.some((arm) => addsRows(arm, 'images'))) return 0;
  if (imageSize === undefined || imageSize < 1)
    throw new RangeError(t('An arm has λ_img, but the items have no visual features.'));
  return imageSize;
}

/** By what sampled candidates are corrected; null if they are not. @throws RangeError if they are and it is unknown */
export function popularityOf({ spec, popularity }: Pick<EngineInputs, 'spec' | 'popularity'>): Float64Array | null {
  if (!spec.objective.logQ) return null;
  if (popularity === undefined) throw new RangeError(t('objective.logQ needs the items’ shares of the training events.'));
  return popularity;
}

/** What L_act scores: items or, in the `semantic` interface, tokens of codes. */
export function scoredRows({ objective }: Pick<RunSpec, 'objective'>, items: number): number {
  return objective.itemInterface === 'semantic' ? codeTokens({ sizes: codeSizes(objective) }) : items;
}

/** The same, with the model's weights. */
export interface FilledInputs extends EngineInputs {
  readonly weights: WeightSource;
}
