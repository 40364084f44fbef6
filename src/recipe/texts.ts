/**
 * Texts from outside (files, links, fields, what a browser kept) have a bound wherever a schema takes one,
 * and no control characters where they are shown: a label of a million characters stops a page for a minute,
 * and a line break in a name adds a line to whatever is written with it. What someone named is refused if it
 * is too long; what was measured, or read in a log, is cut. `texts.test.ts` finds strings that have no bound.
 */
import { z } from 'zod';

/** Characters of a name, a label, a title that someone gives. */
export const NAME = 200;
/** Of a name of a file, a log or a model, of an ID or a hash. */
export const PATH = 2000;
/** Of a title or another text of a log, where it is shown. */
export const SHOWN_TEXT = 1000;
/** Of a message, a generated text, a prompt. */
export const PASSAGE = 20_000;
/** Of notes. */
export const NOTES = 200_000;
/** Of bytes as text, which nothing shows. */
const ENCODED = 2 ** 28;

/** Half of a character outside the Basic Multilingual Plane, such as an emoji, at the end. */
const HALF = /[\ud800-\udbff]$/;

/** At most that many UTF-16 units, the last an ellipsis if there are more. */
export function cutText(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).replace(HALF, '')}…` : text;
}

/** Line breaks and other control characters as spaces: what a sentence, a heading or a comment can hold. */
export function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** The same for texts of several lines, which keep tabs and line breaks. */
function inLines(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(/[^\P{Cc}\n\t]+/gu, ' ');
}

/** A title or a word of a log where it is shown or recorded. */
export function shownText(text: string): string {
  return cutText(onOneLine(text), SHOWN_TEXT);
}

/** A name on one line; a longer one is refused. */
export function singleLine(most = NAME): z.ZodString {
  return z.string().overwrite(onOneLine).max(most);
}

/** A text of any number of lines; a longer one is refused. */
export function boundedText(most: number): z.ZodString {
  return z.string().overwrite(inLines).max(most);
}

/**
 * A text that is compared with a file's, such as the name of a column, and so left as it is; a longer one is
 * refused.
 */
export function verbatim(most = PATH): z.ZodString {
  return z.string().max(most);
}

/** What was read or measured, on one line; a longer one is cut. */
export function cutLine(most = SHOWN_TEXT): z.ZodString {
  return z
    .string()
    .overwrite((text) => cutText(onOneLine(text), most))
    .max(most);
}

/** The same in lines. */
export function cutPassage(most = PASSAGE): z.ZodString {
  return z
    .string()
    .overwrite((text) => cutText(inLines(text), most))
    .max(most);
}

/** Bytes as text (base64). */
export function encoded(): z.ZodString {
  return z.string().max(ENCODED);
}

/**
 * A text that the page itself kept on an earlier visit, when texts had no bounds: cut if it is too long, else
 * as it was. Undefined if it cannot be read otherwise.
 */
export function parseKept<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const long = read.error.issues.filter((issue) => issue.code === 'too_big' && issue.origin === 'string');
  if (long.length === 0) return undefined;
  const copy: unknown = structuredClone(value);
  for (const { path, ...issue } of long) cutAt(copy, path, Number((issue as { readonly maximum: number | bigint }).maximum));
  return schema.safeParse(copy).data;
}

function cutAt(value: unknown, path: readonly PropertyKey[], most: number): void {
  let owner = value as Record<PropertyKey, unknown>;
  for (const key of path.slice(0, -1)) owner = owner[key] as Record<PropertyKey, unknown>;
  const last = path.at(-1)!;
  const text = owner[last];
  if (typeof text === 'string') owner[last] = cutText(text, most);
}
