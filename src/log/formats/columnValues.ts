/** What the values of a column can be, judged by themselves: an ID, a rating, a time, a list. */
import { shareReadable } from '../eventTime';
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';
import { ANY_TIME, shareFitting } from './format';

type Rows = Pick<Peek, 'rows'>;

/** Share of a column's values from which the column is taken to hold them. */
export const MOSTLY = 0.8;
/** Rows from which repetition, or its absence, tells something. */
const ENOUGH_ROWS = 10;

function textOfCell(value: unknown): string {
  return value instanceof Date ? value.toISOString() : idOf(value);
}

/** Values that are not empty. */
export function filled({ rows }: Rows, column: number): unknown[] {
  return rows
    .map((row) => row[column])
    .filter((value) => value !== undefined && value !== null && value !== '' && value !== 'NA');
}

function distinct({ rows }: Rows, column: number): number {
  return new Set(rows.map((row) => textOfCell(row[column]))).size;
}

const FRACTION = /^-?\d*\.\d*[1-9]\d*$/;

/** Whether IDs can be: filled in at least a fifth of the rows, and no fractions, lists or objects. */
export function canBeId(peek: Rows, column: number): boolean {
  if (peek.rows.length === 0) return true;
  const values = filled(peek, column);
  if (5 * values.length < peek.rows.length) return false;
  const wrong = values.filter(
    (value) => (typeof value === 'object' && !(value instanceof Date)) || FRACTION.test(textOfCell(value)),
  );
  return wrong.length <= 0.05 * values.length;
}

/** Whether every value differs from the others in enough rows to tell. */
export function numbersRows(peek: Rows, column: number): boolean {
  return peek.rows.length >= ENOUGH_ROWS && distinct(peek, column) === peek.rows.length;
}

/** Whether there is one value only, in enough rows to tell. */
export function isConstant(peek: Rows, column: number): boolean {
  return peek.rows.length >= ENOUGH_ROWS && distinct(peek, column) <= 1;
}

const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?$/i;

export function canBeRating(peek: Rows, column: number): boolean {
  const values = filled(peek, column);
  return values.length === 0 || shareFitting({ rows: values.map((value) => [value]) }, 0, NUMBER) >= 0.5;
}

/** A few values on a scale of at most ten. */
export function looksLikeRating(peek: Rows, column: number): boolean {
  return shareFitting(peek, column, /^(?:\d(?:\.\d+)?|10(?:\.0+)?)$/) >= MOSTLY && distinct(peek, column) <= 21;
}

/** IDs with digits in them, separated by one delimiter. */
const LIST = /^\s*[[(]?\s*['"]?[\w:-]*\d[\w:-]*['"]?(?:(?:\s*[;,|]\s*|\s+)['"]?[\w:-]*\d[\w:-]*['"]?)+\s*[\])]?\s*$/;

/** Whether most cells are lists of IDs. */
export function holdsLists(peek: Rows, column: number): boolean {
  const values = filled(peek, column);
  const lists = values.filter((value) =>
    Array.isArray(value) ? value.every((one) => typeof one !== 'object') : typeof value === 'string' && LIST.test(value),
  );
  return lists.length > 0 && lists.length >= MOSTLY * peek.rows.length;
}

/** Share of a column's values that are dates in any notation; numbers are for `ANY_TIME`. */
function shareOfDates(peek: Rows, column: number): number {
  const texts = filled(peek, column);
  if (texts.length === 0 || !texts.every((value) => typeof value === 'string' && /\D/.test(value.trim()))) return 0;
  return Math.max(...(['date', 'month-first', 'day-first', 'year-first'] as const).map((unit) => shareReadable(texts, unit)));
}

/** Whether nearly all values are times beyond doubt. */
export function looksLikeTime(peek: Rows, column: number): boolean {
  return Math.max(shareFitting(peek, column, ANY_TIME), shareOfDates(peek, column)) >= MOSTLY;
}

/** Times of day without a date. */
export function holdsClock(peek: Rows, column: number): boolean {
  return shareFitting(peek, column, /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[AP]M)?$/i) >= MOSTLY;
}

/** Times of day without a colon, `930` or `13`, in a column that is named so. */
export function holdsHours(peek: Pick<Peek, 'rows' | 'columns'>, column: number): boolean {
  return (
    /hour|time|시각|시간|時刻|時間|时间/i.test(peek.columns[column]!) &&
    shareFitting(peek, column, /^(?:[01]?\d|2[0-3])(?:[0-5]\d)?$/) === 1
  );
}

/** How finely the times of a column tell events apart: by day, by second, below a second. */
export function fineness(peek: Rows, column: number): number {
  const texts = filled(peek, column).map(textOfCell);
  const below = texts.filter((text) => /^\d{13,}$/.test(text) || /^\d{9,}\.\d*[1-9]|:\d\d\.\d*[1-9]/.test(text)).length;
  const timed = texts.filter(
    (text) => /^\d{9,12}(?:\.\d+)?$/.test(text) || (/\d:\d\d/.test(text) && !/[T ]00:00(?::00(?:\.0+)?)?Z?$/.test(text)),
  ).length;
  return texts.length === 0 ? 0 : below > 0.5 * texts.length ? 2 : below + timed > 0.5 * texts.length ? 1 : 0;
}

/**
 * Whether most values of a column differ from the usual one of what another column names: then they are not
 * its property.
 */
export function variesWithin({ rows }: Rows, column: number, owner: number): boolean {
  const seen = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const [of, value] = [idOf(row[owner]), textOfCell(row[column])];
    if (of === '' || value === '') continue;
    const counts = seen.get(of) ?? new Map<string, number>();
    seen.set(of, counts.set(value, (counts.get(value) ?? 0) + 1));
  }
  let [again, other] = [0, 0];
  for (const counts of seen.values()) {
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (all === 1) continue;
    again += all;
    other += all - Math.max(...counts.values());
  }
  return other >= 3 && other > 0.4 * again;
}
