/**
 * The fields of the recipe and of an arm, read from the schemas, for form, grid, command line and
 * documentation.
 */
import { t } from '../words/words';
import { z } from 'zod';
import { armSchema, SPEC_SHAPE } from './runSpec';
import type { SpecPath } from './specPath';
import { inside, offeredValues, valueLabel, WORDS, type FieldWords } from './words';

export interface FieldOption {
  readonly value: string;
  readonly label: string;
}

export type Kind =
  | { readonly kind: 'number' | 'text' | 'check' | 'numbers' | 'texts' | 'autoNumber' }
  /** One of the options, or any number of them. */
  | { readonly kind: 'select' | 'subset'; readonly options: readonly FieldOption[] };

export type RecipeField<Path extends string = string> = FieldWords &
  Kind & {
    readonly path: Path;
    readonly schema: z.core.$ZodType;
    /** Whether it may be left empty: undefined or null. */
    readonly empty: undefined | null | 'never';
  };

/** Every field of the recipe except its version and arms, in the schema's order. */
export const FIELDS: readonly RecipeField<SpecPath>[] = fieldsOf(SPEC_SHAPE, '') as RecipeField<SpecPath>[];

/** Every field of an arm. */
export const ARM_FIELDS: readonly RecipeField<keyof typeof armSchema.shape>[] = fieldsOf(armSchema.shape, '') as RecipeField<
  keyof typeof armSchema.shape
>[];

const byPath = new Map<string, RecipeField>(FIELDS.map((field) => [field.path, field]));

/** Null for a path that is not in the recipe, and for `arms`. */
export function fieldAt(path: string): RecipeField<SpecPath> | null {
  return (byPath.get(path) as RecipeField<SpecPath> | undefined) ?? null;
}

function fieldsOf(shape: Readonly<Record<string, z.core.$ZodType>>, prefix: string): RecipeField[] {
  return Object.entries(shape).flatMap(([key, schema]) => {
    const path = prefix + key;
    const inner = inside(schema);
    if (inner instanceof z.ZodObject) return fieldsOf(inner.shape, `${path}.`);
    const kind = kindOf(inner);
    if (kind === null) return [];
    const words = WORDS.get(schema);
    if (words === undefined) throw new Error(`The field ${path} has no words: register them in src/recipe/sections.`);
    return [Object.assign(inWords(words), { ...kind, path, schema, empty: emptyOf(schema) })];
  });
}

/** Words in the active language, whenever they are read. */
function inWords(words: FieldWords): FieldWords {
  const read = { ...words };
  for (const key of ['label', 'hint', 'unit'] as const) {
    const text = words[key];
    if (text !== undefined) Object.defineProperty(read, key, { enumerable: true, get: () => t(text) });
  }
  return read;
}

function kindOf(schema: z.core.$ZodType): Kind | null {
  if (schema instanceof z.ZodNumber) return { kind: 'number' };
  if (schema instanceof z.ZodBoolean) return { kind: 'check' };
  if (schema instanceof z.ZodEnum) return { kind: 'select', options: optionsOf(schema) };
  if (schema instanceof z.ZodString || schema instanceof z.ZodURL) return { kind: 'text' };
  if (schema instanceof z.ZodUnion) return { kind: 'autoNumber' };
  if (!(schema instanceof z.ZodArray)) return null;
  const element = inside(schema.element);
  if (element instanceof z.ZodEnum) return { kind: 'subset', options: optionsOf(element) };
  if (element instanceof z.ZodString) return { kind: 'texts' };
  return element instanceof z.ZodNumber ? { kind: 'numbers' } : null;
}

function optionsOf(schema: z.ZodEnum): FieldOption[] {
  return offeredValues(schema).map((value) => ({
    value,
    get label() {
      return valueLabel(schema, value);
    },
  }));
}

function emptyOf(schema: z.core.$ZodType): RecipeField['empty'] {
  if (schema instanceof z.ZodNullable) return null;
  if (schema instanceof z.ZodOptional) return undefined;
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? emptyOf(schema.unwrap()) : 'never';
}
