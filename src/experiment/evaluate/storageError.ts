/**
 * The effect on a model of frozen weights that are stored or multiplied in lower precision: its next-token
 * distributions against its own in f32.
 */
import { BaseModel } from '../../engine/decoder/baseModel';
import { fileStorage } from '../../engine/decoder/matrixFormats';
import type { WeightNumbers } from '../../engine/decoder/frozenWeights';
import type { Gpu } from '../../gpu/device';
import type { LoadedModel } from '../../model/loadedModel';
import { isExact, numbersText } from '../../record/fileStorage';
import type { StorageError } from '../../record/runRecord';
import { logSumExp } from '../../statistics/logSumExp';
import { t } from '../../words/words';
import { DoesNotFitError } from '../prepare/doesNotFit';
import { chooseDriftTexts } from '../prepare/driftTexts';
import type { PreparedRun, ReportProgress } from '../prepare/preparedRun';

/**
 * What the recipe's precision costs a model, on its drift texts.
 * @returns null if weights are stored exactly and multiplied in f32
 * @throws as `storageError`
 */
export async function storageErrorOf(
  { gpu, model, data, spec }: Pick<PreparedRun, 'gpu' | 'model' | 'data' | 'spec'>,
  progress: ReportProgress,
): Promise<StorageError | null> {
  const { precision, arithmetic } = spec.model;
  if (precision === 'auto') return null;
  const stored = fileStorage(model.config);
  const isStoredExactly = precision === 'f32' || (precision === 'file' && isExact(stored));
  if (isStoredExactly && arithmetic === 'f32') return null;
  const numbers = { precision, arithmetic };
  progress('certificate', t('Comparing the model in {precision} with f32', { precision: numbersText(numbers, stored) }));
  return storageError(gpu, model, numbers, chooseDriftTexts(data, spec));
}

/**
 * Both models read the texts, each after [BOS]; every next-token distribution is compared.
 * @param texts token ids of each text
 * @throws RangeError if there is no text, or the model cannot be stored in that format; DoesNotFitError if
 * half floats cannot hold what it computes
 */
export async function storageError(
  gpu: Gpu,
  model: Pick<LoadedModel, 'config' | 'weights'>,
  { precision, arithmetic }: WeightNumbers,
  texts: readonly (readonly number[])[],
): Promise<StorageError> {
  if (texts.length === 0) throw new RangeError('Without texts there is nothing to compare the stored weights on.');
  const longest = Math.max(...texts.map((text) => text.length));
  const { config } = model;
  const exact = await BaseModel.create(gpu, model, { capacity: longest });
  const stored = await BaseModel.create(gpu, model, { capacity: longest, precision, arithmetic });
  const sums = { divergence: 0, exactNll: 0, storedNll: 0, difference: 0, scale: 0 };
  try {
    for (const text of texts) {
      const ids = [config.bosId, ...text.slice(0, -1)];
      const p = await exact.logits(ids);
      const q = await stored.logits(ids);
      text.forEach((target, row) => {
        const span = [row * config.vocabulary, (row + 1) * config.vocabulary] as const;
        compareRow(p.subarray(...span), q.subarray(...span), target, 1 / (texts.length * text.length), sums);
      });
    }
  } finally {
    exact.destroy();
    stored.destroy();
  }
  if (!Number.isFinite(sums.storedNll)) {
    throw new DoesNotFitError(
      t('In half precision this model computes numbers above 65,504, which are infinite there. Choose f32 under “Arithmetic”.'),
    );
  }
  return {
    precision,
    ...(arithmetic !== 'f32' && { arithmetic }),
    tokens: texts.reduce((sum, text) => sum + text.length, 0),
    maxRelative: sums.difference / sums.scale,
    divergence: sums.divergence,
    nll: { f32: sums.exactNll, stored: sums.storedNll },
  };
}

interface Sums {
  divergence: number;
  exactNll: number;
  storedNll: number;
  difference: number;
  scale: number;
}

function compareRow(p: Float32Array, q: Float32Array, target: number, weight: number, sums: Sums): void {
  const [normP, normQ] = [logSumExp(p), logSumExp(q)];
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    const logP = p[i]! - normP;
    divergence += Math.exp(logP) * (logP - (q[i]! - normQ));
    sums.difference = Math.max(sums.difference, Math.abs(p[i]! - q[i]!));
    sums.scale = Math.max(sums.scale, Math.abs(p[i]!));
  }
  sums.divergence += weight * divergence;
  sums.exactNll += weight * (normP - p[target]!);
  sums.storedNll += weight * (normQ - q[target]!);
}
