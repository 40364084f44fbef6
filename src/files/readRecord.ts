/** JSON files that the page reads: a run record, a recipe, or the reason why it is neither. */
import type { z, ZodType } from 'zod';
import { SAMPLE_LOG } from '../log/sampleLog';
import { complaintsOf, sentenceWithPath } from '../recipe/errorMap';
import { recipeFileSchema } from '../recipe/recipeFile';
import { runRecordSchema, type RunRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import type { WantedLog } from './logNotice';
import { t } from '../words/words';

export interface Unreadable {
  readonly kind: 'unreadable';
  /** A sentence. */
  readonly reason: string;
}
/** @param reason a sentence */
export function unreadable(reason: string): Unreadable {
  return { kind: 'unreadable', reason };
}

export type ReadRecord = { readonly kind: 'record'; readonly record: RunRecord } | Unreadable;
export type ReadJson =
  | ReadRecord
  | {
      readonly kind: 'recipe';
      readonly spec: RunSpec;
      /** The log that it was made on, except for the sample. */ readonly log: WantedLog | null;
    };

/** Parses a run.json to a RunRecord. */
export function readRecord(text: string): ReadRecord {
  const content = parsed(text);
  return 'reason' in content ? content : asRecord(content.value);
}

/** Any of our own JSON files, recognised by its `format`. */
export function readOwnJson(text: string): ReadJson {
  const content = parsed(text);
  if ('reason' in content) return content;
  const { value } = content;
  const isRecipe = typeof value === 'object' && value !== null && 'format' in value && value.format === 'karma-recipe';
  if (!isRecipe) return asRecord(value);
  const recipe = fitted(recipeFileSchema, value);
  return 'reason' in recipe ? recipe : { kind: 'recipe', spec: recipe.value.spec, log: logOf(recipe.value) };
}

/** Files of earlier versions have only the name. */
function logOf({ spec, log }: z.infer<typeof recipeFileSchema>): WantedLog | null {
  if (log !== undefined) return log;
  return spec.data.id === SAMPLE_LOG.id ? null : { name: spec.data.id, hash: null };
}

function asRecord(value: unknown): ReadRecord {
  const record = fitted(runRecordSchema, value);
  return 'reason' in record ? record : { kind: 'record', record: record.value };
}

/** Parses one of our own files by its schema. */
export function readAs<T>(schema: ZodType<T>, text: string): { readonly value: T } | Unreadable {
  const content = parsed(text);
  return 'reason' in content ? content : fitted(schema, content.value);
}

function parsed(text: string): { readonly value: unknown } | Unreadable {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return unreadable(t('It is not JSON: {reason}.', { reason: error instanceof Error ? error.message : String(error) }));
  }
}

function fitted<T>(schema: ZodType<T>, value: unknown): { readonly value: T } | Unreadable {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return unreadable(sentenceWithPath(complaintsOf(result.error, schema)[0]!));
}
