/** What an engine is made from. */
import type { TokenTable } from './decoder/sequence';
import type { CatalogueFeatures, DecoderConfig } from '../model/decoderConfig';
import type { WeightSource } from '../model/weightSource';
import type { RunSpec } from '../recipe/runSpec';

/** What the engine needs to know of model and data to take its memory. */
export interface EngineInputs {
  readonly config: DecoderConfig;
  readonly features: CatalogueFeatures;
  readonly items: number;
  /** Title tokens of every item (interface `text`). */
  readonly titleTokens: TokenTable;
  readonly spec: Pick<RunSpec, 'model' | 'arms' | 'lora' | 'objective' | 'training'>;
  /** Most exposed items and query tokens of an example. */
  readonly maxExposed: number;
  readonly maxQueryTokens: number;
}

/** The same with the model's weights. */
export interface FilledInputs extends EngineInputs {
  readonly weights: WeightSource;
}
