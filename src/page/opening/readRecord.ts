/** JSON files that the page reads: a run record or a recipe, or why neither. */
import type { ZodType } from 'zod';
import { complaintsOf, sentenceWithPath } from '../../recipe/errorMap';
import { recipeFileSchema } from '../../recipe/recipeFile';
import { runRecordSchema, type RunRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';

export interface Unreadable {
  readonly kind: 'unreadable';
  /** A sentence. */
  readonly reason: string;
}
export type ReadRecord = { readonly kind: 'record'; readonly record: RunRecord } | Unreadable;
export type ReadJson = ReadRecord | { readonly kind: 'recipe'; readonly spec: RunSpec };

/** A run.json as text to a RunRecord. */
export function readRecord(text: string): ReadRecord {
  const content = parsed(text);
  return 'reason' in content ? content : asRecord(content.value);
}

/** Any JSON file of ours, told apart by its `format`. */
export function readJson(text: string): ReadJson {
  const content = parsed(text);
  if ('reason' in content) return content;
  const { value } = content;
  const isRecipe = typeof value === 'object' && value !== null && 'format' in value && value.format === 'karma-recipe';
  if (!isRecipe) return asRecord(value);
  const recipe = fitted(recipeFileSchema, value);
  return 'reason' in recipe ? recipe : { kind: 'recipe', spec: recipe.value.spec };
}

function asRecord(value: unknown): ReadRecord {
  const record = fitted(runRecordSchema, value);
  return 'reason' in record ? record : { kind: 'record', record: record.value };
}

/** A file of ours as text to what its schema says. */
export function readAs<T>(schema: ZodType<T>, text: string): { readonly value: T } | Unreadable {
  const content = parsed(text);
  return 'reason' in content ? content : fitted(schema, content.value);
}

function parsed(text: string): { readonly value: unknown } | Unreadable {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { kind: 'unreadable', reason: `It is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

function fitted<T>(schema: ZodType<T>, value: unknown): { readonly value: T } | Unreadable {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return { kind: 'unreadable', reason: sentenceWithPath(complaintsOf(result.error, schema)[0]!) };
}
