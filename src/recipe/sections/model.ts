/** Which language model, and how its frozen weights are stored. */
import { z } from 'zod';
import { message } from '../../words/words';
import { choices, renamed, WORDS } from '../words';
import { PATH, singleLine } from '../texts';

/** How a frozen matrix can be stored on the GPU, most exact first; products accumulate in f32 in any case. */
export const weightFormatSchema = choices({ f32: 'f32', f16: 'f16', q8_0: 'Q8_0', q4_1: 'Q4_1', q4_0: 'Q4_0' });
export type WeightFormat = z.infer<typeof weightFormatSchema>;

const PRECISIONS = { file: message('as in the file'), f32: 'f32', f16: 'f16', q8_0: 'Q8_0', q4_1: 'Q4_1', q4_0: 'Q4_0' } as const;
/** Recipes and records of earlier versions name formats with the same blocks by these names. */
const EARLIER = { int8: 'q8_0', int4: 'q4_0' } as const;
/** All matrices in one format, or each as a GGUF file has it. */
export const precisionSchema = renamed(EARLIER, choices(PRECISIONS));
export type Precision = z.infer<typeof precisionSchema>;
/** `auto`: the most exact one for which the device has room. Run records name the one used. */
const precisionChoiceSchema = renamed(EARLIER, choices({ auto: 'auto', ...PRECISIONS }));

/** In what products with frozen matrices are computed. */
export const arithmeticSchema = choices({ f32: 'f32', f16: 'f16' });
export type Arithmetic = z.infer<typeof arithmeticSchema>;

/** The model that the page ships. */
export const EMBEDDED_MODEL = 'wordnet-1m';
/** Prefix of the name of a model whose folder was dropped on the page. */
export const DROPPED_PREFIX = 'local:';

/** Used if a recipe names no other hub; the only one that is contacted without asking. */
export const USUAL_HUB = 'https://huggingface.co';

/** Scheme, host and port of a hub, for which consent is given as a whole. */
export function hubOrigin(baseUrl: string): string {
  return new URL(baseUrl).origin;
}

export const modelSchema = z.object({
  id: singleLine(PATH).min(1).default(EMBEDDED_MODEL).register(WORDS, {
    label: 'Model',
    hint: 'organisation/name on a hub, the built-in model, or local:name of a folder that was dropped on the page.',
  }),
  revision: singleLine()
    .min(1)
    .default('main')
    .register(WORDS, { label: 'Revision on the hub', hint: 'A branch, a tag or a commit.' }),
  /** Files are at `{baseUrl}/{id}/resolve/{revision}/{file}`. */
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'must be a URL that begins with https:// or http://' })
    .max(PATH)
    .default(USUAL_HUB)
    .register(WORDS, { label: 'Hub or mirror', hint: 'Files are fetched from URL/model/resolve/revision/…' }),
  precision: precisionChoiceSchema.default('auto').register(WORDS, {
    label: 'Frozen weights',
    hint: 'auto: a GGUF file’s own types, else the most exact format this device has memory for. Fewer bits save GPU memory; what they cost in accuracy is measured when a run starts. LoRA stays in f32.',
  }),
  arithmetic: arithmeticSchema.default('f32').register(WORDS, {
    label: 'Arithmetic',
    hint: 'Of products with frozen weights. f16 rounds what is multiplied to half precision, sums stay in f32; it needs a device with shader-f16. Whether it is faster depends on the GPU; what it costs in accuracy is measured when a run starts.',
  }),
});
