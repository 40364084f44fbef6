/** Stage 4: features of all items, and what lower precision costs the model that computes them. */
import type { CatalogueFeatures } from '../../model/decoderConfig';
import type { StorageError } from '../../record/runRecord';
import { catalogueFeatures } from '../catalogueFeatures';
import { chooseDriftTexts } from '../measure';
import { fileStorage } from '../../engine/decoder/matrixFormats';
import { isExact, precisionText } from '../../record/fileStorage';
import { storageError } from '../storageError';
import type { KernelsContext } from './kernels';
import { t } from '../../words/words';

export interface FeaturesContext extends KernelsContext {
  readonly features: CatalogueFeatures;
  /** Null if weights are stored exactly. */
  readonly storage: StorageError | null;
}

/** @throws the signal's reason, and what the GPU throws */
export async function makeFeatures(context: KernelsContext): Promise<FeaturesContext> {
  const { inputs, data, spec, emit } = context;
  const { gpu, model, store, signal } = inputs;
  const features = await catalogueFeatures(gpu, model, data.log, spec, store, {
    onProgress: (progress) => {
      emit({ type: 'progress', progress });
    },
    signal,
  });
  return { ...context, features, storage: await storedError(context) };
}

async function storedError({ inputs, spec, data, progress }: KernelsContext): Promise<StorageError | null> {
  const { precision } = spec.model;
  if (precision === 'f32' || precision === 'auto') return null;
  const stored = fileStorage(inputs.model.config);
  if (precision === 'file' && isExact(stored)) return null;
  progress('certificate', t('Comparing the model in {precision} with f32', { precision: precisionText(precision, stored) }));
  return storageError(inputs.gpu, inputs.model, precision, chooseDriftTexts(data, spec.seed));
}
