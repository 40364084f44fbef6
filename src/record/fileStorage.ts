/** How a GGUF file's matrices are stored on the GPU with the precision `file`, in data and in words. */
import { inEnglish, t } from '../words/words';
import { z } from 'zod';
import { precisionSchema, weightFormatSchema, type Arithmetic, type Precision } from '../recipe/runSpec';
import { inside, valueLabel } from '../recipe/words';
import { singleLine } from '../recipe/texts';

/**
 * Most weights first: ggml's name of a type in the file, the format that it has on the GPU, and the number of
 * weights.
 */
export const fileStorageSchema = z.array(z.object({ type: singleLine(), format: weightFormatSchema, weights: z.number().int() }));
export type FileStorage = z.infer<typeof fileStorageSchema>;

/** Whether all weights have on the GPU exactly the values that the file has. */
export function isExact(storage: FileStorage): boolean {
  return storage.every((one) => one.format === 'f32' || asInFile(one));
}

function asInFile({ type, format }: FileStorage[number]): boolean {
  return type === inEnglish(() => valueLabel(weightFormatSchema, format)).toUpperCase();
}

/** As `precisionText`, and in what products are computed if not in f32: `Q8_0, multiplied in f16`. */
export function numbersText(
  { precision, arithmetic = 'f32' }: { readonly precision: Precision | 'auto'; readonly arithmetic?: Arithmetic | undefined },
  storage?: FileStorage,
): string {
  const stored = precisionText(precision, storage);
  return arithmetic === 'f32' ? stored : t('{precision}, multiplied in f16', { precision: stored });
}

/**
 * `f16`, `Q8_0`, `Q8_0, as in the file`, `Q4_0, as in the file; Q6_K, widened to f16`.
 * @param storage of a GGUF model, if known
 */
export function precisionText(precision: Precision | 'auto', storage: FileStorage = []): string {
  if (precision === 'auto') return precision;
  if (precision !== 'file' || storage.length === 0) return valueLabel(inside(precisionSchema), precision);
  const words = storage.map((one) => {
    const label = valueLabel(weightFormatSchema, one.format);
    return asInFile(one)
      ? t('{type}, as in the file', { type: one.type })
      : t('{type}, widened to {format}', { type: one.type, format: label });
  });
  return words.join('; ');
}
