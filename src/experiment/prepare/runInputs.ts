/** What the engine of a run is built from. */
import type { EngineInputs } from '../../engine/engineInputs';
import type { CatalogueFeatures, DecoderConfig } from '../../model/decoderConfig';
import type { RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from './preparedData';

export interface RunParts {
  readonly config: DecoderConfig;
  readonly data: PreparedData;
  readonly spec: RunSpec;
  readonly features: CatalogueFeatures;
}

/** Inputs of an engine whose batches are as large as the log fills them. */
export function runInputs({ config, data, spec, features }: RunParts): EngineInputs {
  const batchSize = data.batch(0, spec.arms[0]!).length;
  return {
    config,
    features,
    items: data.log.items.length,
    titleTokens: data.titleTokens,
    spec: { ...spec, training: { ...spec.training, batchSize } },
    maxExposed: data.maxExposed,
    maxQueryTokens: data.maxQueryTokens,
    imageSize: data.imageSize,
    maxEarlier: data.maxEarlier,
    counts: data.counts(),
  };
}
