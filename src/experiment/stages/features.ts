/** Stage 4: features of all items, and what lower precision costs the model that computes them. */
import type { CatalogueFeatures } from '../../model/decoderConfig';
import type { StorageError } from '../../record/runRecord';
import { catalogueFeatures } from '../prepare/catalogueFeatures';
import { chooseDriftTexts } from '../prepare/driftTexts';
import { fileStorage } from '../../engine/decoder/matrixFormats';
import { isExact, numbersText } from '../../record/fileStorage';
import { storageError } from '../evaluate/storageError';
import type { KernelsContext } from './kernels';
import { t } from '../../words/words';

export interface FeaturesContext extends KernelsContext {
  readonly features: CatalogueFeatures;
  /** Null if weights are stored exactly and multiplied in f32. */
  readonly storage: StorageError | null;
}

/** @throws the signal's reason, and what the GPU throws */
export async function makeFeatures(context: KernelsContext): Promise<FeaturesContext> {
  const { inputs, data, spec, emit } = context;
  const { gpu, model, store, signal } = inputs;
  const features = await catalogueFeatures(gpu, model, data, spec, store, {
    onProgress: (progress) => {
      emit({ type: 'progress', progress });
    },
    signal,
  });
  return { ...context, features, storage: await storedError(context) };
}

async function storedError({ inputs, spec, data, progress }: KernelsContext): Promise<StorageError | null> {
  const { precision, arithmetic } = spec.model;
  if (precision === 'auto') return null;
  const stored = fileStorage(inputs.model.config);
  const exact = precision === 'f32' || (precision === 'file' && isExact(stored));
  if (exact && arithmetic === 'f32') return null;
  const numbers = { precision, arithmetic };
  progress('certificate', t('Comparing the model in {precision} with f32', { precision: numbersText(numbers, stored) }));
  return storageError(inputs.gpu, inputs.model, numbers, chooseDriftTexts(data, spec));
}
