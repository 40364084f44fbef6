/**
 * A grid of runs: arms × settings × learning rates × seeds around one recipe. Page and CLI exchange it as a
 * file.
 */
import { FIELD } from '../../recipe/fieldMark';
import { t } from '../../words/words';
import { z } from 'zod';
import { readArm } from '../../recipe/namedArms';
import { WORDS } from '../../recipe/words';
import { runSpecSchema, writtenArmSchema } from '../../recipe/runSpec';
import { NAME, singleLine, verbatim } from '../../recipe/texts';
import { predictionsSchema, unknownNames } from './predictions';

/** An arm in full, or by its name on the command line: `karma:0.5`. */
const gridArmSchema = z.preprocess((given, context) => {
  if (typeof given !== 'string') return given;
  try {
    return readArm(given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message, input: given });
    return z.NEVER;
  }
}, writtenArmSchema);

const distinct = (values: readonly unknown[]): boolean =>
  new Set(values.map((value) => JSON.stringify(value))).size === values.length;

/** Deeper than any field of a recipe; functions that check or write a value recurse at every level. */
const MOST_LEVELS = 16;

function isJson(value: unknown, levels: number): value is z.core.util.JSONType {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return typeof value === 'object' && levels > 0 && Object.values(value).every((one) => isJson(one, levels - 1));
}

const valueSchema = z.custom<z.core.util.JSONType>((value) => isJson(value, MOST_LEVELS), {
  error: `must be JSON of at most ${MOST_LEVELS} levels`,
  abort: true,
});

const axisSchema = z.object({
  /** A field of the recipe, such as `objective.itemInterface` or `lora.rank`. */
  path: verbatim(NAME).min(1),
  values: z
    .array(valueSchema)
    .min(1)
    .refine(distinct, { error: () => t('{field} must be different values.', { field: FIELD }) })
    .register(WORDS, { label: 'Values' }),
});

/** All cells are stored alike: in f32, where the file names no other precision. */
function inOnePrecision(base: unknown): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) return base;
  const { model = {} } = base as { readonly model?: unknown };
  return typeof model === 'object' && model !== null ? { ...base, model: { precision: 'f32', ...model } } : base;
}

export const gridSchema = z
  .object({
    format: z.literal('karma-grid').default('karma-grid'),
    version: z.literal(1).default(1),
    name: singleLine().min(1).default('Grid'),
    /** The recipe shared by all cells; its arms and seed are not used. */
    base: z.preprocess(inOnePrecision, runSpecSchema).prefault({}),
    arms: z
      .array(gridArmSchema)
      .min(1)
      .max(32)
      .refine((arms) => distinct(arms.map(({ id }) => id)), {
        error: () => t('{field} must have different IDs.', { field: FIELD }),
      })
      .register(WORDS, { label: 'Arms', each: 'arm' }),
    axes: z
      .array(axisSchema)
      .default([])
      .refine((axes) => distinct(axes.map(({ path }) => path)), {
        error: () => t('{field} must be different fields.', { field: FIELD }),
      })
      .register(WORDS, { label: 'Axes', each: 'axis' }),
    seeds: z
      .array(z.number().int().min(0).max(0xffffffff))
      .min(1)
      .refine(distinct, { error: () => t('{field} must be different numbers.', { field: FIELD }) })
      .register(WORDS, { label: 'Seeds' }),
    /**
     * Learning rates at which every arm of every setting is tried, one run for each. The rate with the best
     * HR@K on validation targets is chosen, and its test targets are reported. Null: the recipe's rate (or an
     * axis).
     */
    tune: z
      .object({
        rates: z
          .array(z.number().positive())
          .min(2)
          .refine(distinct, { error: () => t('{field} must be different numbers.', { field: FIELD }) })
          .register(WORDS, { label: 'Learning rates' }),
        k: z.number().int().min(1).default(10),
      })
      .nullable()
      .default(null),
    /** Written before the first run; `npm run summarise` and the page compare them with what came of it. */
    predictions: predictionsSchema.optional(),
  })
  .superRefine((grid, context) => {
    for (const { path, message } of unknownNames(grid)) context.addIssue({ code: 'custom', path, message });
  });
export type GridSpec = z.infer<typeof gridSchema>;
