/** An engine that reads histories outside a run: what the inspector and operations on trained models use. */
import { Engine } from '../../engine/engine';
import type { Gpu } from '../../gpu/device';
import type { LoadedModel } from '../../model/loadedModel';
import { computable } from '../../recipe/runSpec';
import type { Training } from '../train/training';

export interface InspectionInputs extends Omit<Training, 'read'> {
  readonly gpu: Gpu;
  readonly model: LoadedModel;
}

/**
 * Allocates memory for the frozen weights, the catalogue and so many histories at a time.
 * @throws what the GPU throws
 */
export function inspectionEngine({ gpu, model, data, features, spec }: InspectionInputs, histories: number): Promise<Engine> {
  const alone = { batchSize: histories, accumulate: 1, checkpoint: false, cacheMegabytes: 0 };
  return Engine.create(gpu, {
    config: model.config,
    weights: model.weights,
    features,
    items: data.log.items.length,
    titleTokens: data.titleTokens,
    spec: { ...computable(gpu, spec), training: { ...spec.training, ...alone } },
    maxExposed: 0,
    maxQueryTokens: data.maxQueryTokens,
    imageSize: data.imageSize,
    maxEarlier: data.maxEarlier,
    counts: data.counts(),
  });
}
