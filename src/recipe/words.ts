/**
 * The name of a schema's field wherever users see it: form, grid, command line, "what changed", errors,
 * documentation. Words stand with the schema, in a registry of Zod: `z.number().register(WORDS, { label:
 * 'Steps' })`.
 */
import { t } from '../words/words';
import { z } from 'zod';

// The page's Content-Security-Policy forbids generating code from text, and this module is loaded before
// every schema.
z.config({ jitless: true });

/** In English where they stand; in the active language where they are read from a field (`fields.ts`). */
export interface FieldWords {
  /** Short and standard; without the unit. */
  readonly label: string;
  /** One or two sentences, if the label does not say enough. */
  readonly hint?: string;
  /** What its number counts: `items`, `tokens`, `MB`. */
  readonly unit?: string;
  /**
   * The methods paragraph has no sentence for it, and mentions it where it is not as in the first recipes.
   */
  readonly stated?: true;
  /** For an array of objects: the name of one of them. */
  readonly each?: string;
}

export const WORDS = z.registry<FieldWords>();

/** Labels of the values of an enum, and those that are only read. */
const VALUES = z.registry<{ readonly labels: Readonly<Record<string, string>>; readonly past: readonly string[] }>();

/**
 * An enum whose values are the keys, each with its label.
 * @param past values that records of earlier versions have, and no new recipe
 */
export function choices<const T extends Readonly<Record<string, string>>>(
  labels: T,
  past: readonly (keyof T & string)[] = [],
): z.ZodEnum<{ [K in keyof T & string]: K }> {
  const entries = Object.fromEntries(Object.keys(labels).map((value) => [value, value])) as { [K in keyof T & string]: K };
  return z.enum(entries).register(VALUES, { labels, past });
}

/** The values of an enum that a new recipe can have. */
export function offeredValues(schema: z.ZodEnum): string[] {
  const past = VALUES.get(schema)?.past ?? [];
  return schema.options.map(String).filter((value) => !past.includes(value));
}

/** The label of an enum's value in the active language; the value itself if it has none. */
export function valueLabel(schema: z.core.$ZodType, value: string): string {
  const label = VALUES.get(schema)?.labels[value];
  return label === undefined ? value : t(label);
}

/** A schema that also takes earlier names of its values. */
export function renamed<T extends z.ZodType>(earlier: Readonly<Record<string, string>>, schema: T): z.ZodPreprocess<T> {
  return z.preprocess((value) => (typeof value === 'string' && Object.hasOwn(earlier, value) ? earlier[value] : value), schema);
}

/** A label within a sentence: its first word in lower case, unless that has inner capitals (`LoRA rank`). */
export function inSentence(label: string): string {
  return label.replace(/^[A-Z][^A-Z\s]*(?=\s|$)/, (word) => word.toLowerCase());
}

/** A label with its unit, as a form shows it: `Longest history (items)`. */
export function labelWithUnit({ label, unit }: FieldWords): string {
  return unit === undefined ? label : t('{label} ({unit})', { label, unit });
}

/** The schema inside default, optional and nullable wrappers, and inside `renamed`. */
export function inside(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPreprocess) return inside(schema.out);
  const wraps =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable;
  return wraps ? inside(schema.unwrap()) : schema;
}

/**
 * Words of the field at a path of an issue, such as `['arms', 1, 'lambdaGen']`: `λ_gen of arm 2`. Null if the
 * schema has none.
 */
export function labelAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | null {
  let node = schema;
  let label: string | null = null;
  const of: string[] = [];
  for (const key of path) {
    const words = WORDS.get(node);
    const inner = inside(node);
    if (inner instanceof z.ZodObject) {
      const next = (inner.shape as Readonly<Record<PropertyKey, z.core.$ZodType | undefined>>)[key];
      if (next === undefined) return label;
      node = next;
    } else if (inner instanceof z.ZodArray) {
      if (words?.each !== undefined) of.unshift(t('{each} {n}', { each: t(words.each), n: Number(key) + 1 }));
      node = inner.element;
    } else if (inner instanceof z.ZodPipe) {
      return labelAt(inner.out, path.slice(path.indexOf(key))) ?? label;
    } else break;
    const own = WORDS.get(node)?.label;
    if (own !== undefined) label = t(own);
  }
  return label === null ? null : of.reduce((part, whole) => t('{part} of {whole}', { part, whole }), label);
}
