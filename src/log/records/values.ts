/** Cells of any syntax as IDs, texts, numbers and lists. */
import { decodeHTMLStrict } from 'entities';

/** `17850.0`, written for an integer in a table with gaps, is the ID `17850`. */
export function idOf(value: unknown): string {
  if (typeof value === 'string') {
    const id = value.trim();
    return id.endsWith('.0') && /^\d+\.0$/.test(id) ? id.slice(0, -2) : id;
  }
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return '';
}

/** What tables write for a missing ID. */
const MISSING = new Set(['NA', '<NA>', 'NaN', 'nan', 'None', 'null', 'NULL', '\\N']);
const LONGEST_MISSING = 4;
/** Of these, what no text is. */
const NO_TEXT = new Set(['<NA>', 'NULL', '\\N']);
/** Of these, what Pandas writes for a missing text, and what a bread is called. */
const NOT_A_NUMBER = new Set(['nan', 'NaN']);

/** The ID of a user, an item or a request; empty if missing. */
export function entityId(value: unknown): string {
  const id = idOf(value);
  return id.length <= LONGEST_MISSING && MISSING.has(id) ? '' : id;
}

/** Maximum characters kept of an item's text: no template reads more. */
export const MOST_TEXT_CHARACTERS = 2000;

/** A text up to the maximum, with the whole of its last character. */
function head(text: string): string {
  if (text.length <= MOST_TEXT_CHARACTERS) return text;
  const last = text.charCodeAt(MOST_TEXT_CHARACTERS - 1);
  return text.slice(0, MOST_TEXT_CHARACTERS + (last >= 0xd800 && last < 0xdc00 ? 1 : 0));
}

function joined(value: unknown, separator: string): string {
  if (Array.isArray(value)) {
    return value
      .map((part) => joined(part, separator))
      .filter((part) => part !== '')
      .join(separator);
  }
  return value instanceof Date ? value.toISOString() : idOf(value);
}

/** What is left of `&amp;amp;` is decoded again, so that reading a text twice changes nothing. */
function withoutEntities(text: string): string {
  let [before, after] = ['', text];
  while (after !== before && after.includes('&')) [before, after] = [after, decodeHTMLStrict(after)];
  return after;
}

/** A text, without HTML entities; empty if it stands for a missing value. */
export function textOf(value: unknown): string {
  const text = titleOf(value);
  return mayBeMissing(text) ? '' : text;
}

/** The same for a title: whether `nan` is one, only all titles together tell (`dropMissingTitles`). */
export function titleOf(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : joined(value, ' ');
  return NO_TEXT.has(text) ? '' : head(withoutEntities(text));
}

/** Whether a title may stand for a missing one. */
export function mayBeMissing(title: string): boolean {
  return NOT_A_NUMBER.has(title);
}

/** A path of categories, with parts separated by `>`; of several paths (Amazon), the longest. */
export function categoryOf(value: unknown): string {
  if (!Array.isArray(value)) return textOf(value);
  const paths = value.filter((part): part is unknown[] => Array.isArray(part));
  const path = paths.length === 0 ? value : paths.reduce((a, b) => (b.length > a.length ? b : a));
  return head(joined(path, ' > '));
}

/** A URL or a path from a text, a list, or a list of objects that have one. */
export function imageOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '' : imageOf(value[0]);
  if (typeof value !== 'object' || value === null) return textOf(value);
  const { hi_res, large, thumb, url, path } = value as Readonly<Record<string, unknown>>;
  return textOf(hi_res ?? large ?? thumb ?? url ?? path ?? '');
}

/**
 * The bytes of a picture in a row, as in Parquet files of datasets: alone, or as `bytes` beside a `path`.
 * Null if there are none.
 */
export function pictureBytesOf(value: unknown): Uint8Array<ArrayBuffer> | null {
  if (value instanceof Uint8Array) return value.length === 0 ? null : value.slice();
  if (Array.isArray(value)) return value.length === 0 ? null : pictureBytesOf(value[0]);
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return null;
  return pictureBytesOf(value.bytes);
}

/** A semantic ID: its parts in a list, or one text. */
export function semanticOf(value: unknown): string {
  return Array.isArray(value) ? joined(value, '') : textOf(value);
}

/**
 * A list of numbers: JSON's, Parquet's or NumPy's own, or `0.1 0.2`, `[0.1, 0.2]`. Null if some part is not a
 * number.
 */
export function vectorOf(value: unknown): Float32Array | null {
  if (value instanceof Float32Array) return value;
  if (ArrayBuffer.isView(value)) return Float32Array.from(value as unknown as ArrayLike<number>, Number);
  const parts: readonly unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value
          .trim()
          .replace(/^[[(](.*)[\])]$/s, '$1')
          .split(/[\s,;|]+/)
          .filter((part) => part !== '')
      : [];
  const vector = new Float32Array(parts.length);
  for (const [at, part] of parts.entries()) {
    const number = /^[+-]?nan$/i.test(String(part)) ? null : numberOf(part);
    if (number !== null && Number.isNaN(number) && typeof part !== 'number') return null;
    vector[at] = number ?? NaN;
  }
  return vector;
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return NaN;
  return Number(value);
}

/**
 * A rating: NaN if there is none, null if it is not a number. `4,5` has a decimal comma; for `1,000` one
 * cannot say whether it is one.
 */
export function ratingOf(value: unknown): number | null {
  if (typeof value !== 'string')
    return value === undefined || value === null ? NaN : Number.isNaN(numberOf(value)) ? null : numberOf(value);
  const text = value.trim();
  if (text === '' || MISSING.has(text)) return NaN;
  const number = Number(/^[+-]?\d+,\d+$/.test(text) && !/,\d{3}$/.test(text) ? text.replace(',', '.') : text);
  return Number.isNaN(number) ? null : number;
}

/**
 * IDs in a list: JSON's or Parquet's own, `a|b`, `a b`, `a, b`, or `['a', 'b']`.
 * @param padding the value that pads lists to a fixed length, which is not an ID
 */
export function idList(value: unknown, padding?: string): string[] {
  const ids = listedIds(value);
  return padding === undefined ? ids : ids.filter((id) => id !== padding);
}

function listedIds(value: unknown): string[] {
  if (value === undefined || value === '') return [];
  if (Array.isArray(value)) return value.map(entityId).filter((id) => id !== '');
  const text = entityId(value).replace(/^[[(](.*)[\])]$/, '$1');
  if (text === '') return [];
  const separator = ['|', ',', ';'].find((one) => text.includes(one)) ?? /\s+/;
  return text
    .split(separator)
    .map((id) => id.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter((id) => id !== '');
}
