/** How logs write the time of an event; each source in one way. */
import { message, t } from '../words/words';
import type { TimeUnit } from '../recipe/logRecipe';
import { countsOwnEvents } from './formats/header';
import { monthNamed, zoneOffset } from './monthNames';

/** The meaning of each unit, for the page. */
export const TIME_UNIT_NOTES: Readonly<Record<TimeUnit, string>> = {
  seconds: message('unix seconds, or any increasing numbers'),
  milliseconds: message('unix milliseconds'),
  microseconds: message('unix microseconds'),
  nanoseconds: message('unix nanoseconds'),
  date: message('date, year first or with the month’s name'),
  'month-first': message('date, month first (12/31/2024)'),
  'day-first': message('date, day first (31/12/2024)'),
  'year-first': message('date, a year of two digits first (24/12/31)'),
  year: message('a year, or a year and month (2004, 2004-05)'),
  excel: message('days since 1899-12-30, as Excel counts'),
  numbered: message('no time: numbers that count a user’s own events or orders'),
  order: message('no time: file order'),
};

/** Units per second, and the number from which a value is too large for the unit (the year 5138). */
const PER_SECOND = { seconds: 1, milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 } as const;
const MOST_SECONDS = 1e11;

/**
 * Where the events without a time are that stand beside others with one: before all times, in the order of
 * their files.
 */
export const UNTIMED = -10 * MOST_SECONDS;

/** Whether the time of an event is one that a file had, and no place in a file. */
export function isTimed(time: number): boolean {
  return time > -MOST_SECONDS;
}

/** Days of Excel: 1 is 1900-01-01, and 25,569 is 1970-01-01. */
const EXCEL_YEAR_1900 = 1;
const EXCEL_YEAR_2200 = 109_576;
const EXCEL_UNIX_EPOCH = 25_569;

const WHOLE = /^\d{1,15}$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const YEAR_FIRST =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2})(?::(\d{2})(?::(\d{2})(\.\d+)?)?)?)?(?:\s*([AP])M)?\s*([+-]\d{2}(?::?\d{2})?|[A-Z]{1,5})?$/i;
/** `2024년 1월 31일`, `2024. 1. 31. 오후 6:45`, `2024年1月31日 18:45`, as spreadsheets write them. */
const EAST_ASIAN =
  /^(\d{4})(?:년|年|[-/.])\s*(\d{1,2})(?:월|月|[-/.])\s*(\d{1,2})(?:일|日|\.)?(?:\s*(오전|오후|上午|下午)?\s*(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?$/;
/**
 * `1999`, `1999.0` as pandas writes it beside missing values, `1999-04`: the time is the start of that year
 * or month.
 */
const YEAR = /^(?:1[89]|20)\d{2}(?:\.0+)?$/;
const YEAR_AND_MONTH = /^(\d{4})[-/](\d{1,2})$/;
/** `95-10-17`: a century must be added. */
const NO_CENTURY = /^(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)/;
const TIME_OF_DAY = /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[AP]M)?$/i;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2}))?)?$/;
const YEAR_LAST =
  /^(\d{1,2})[-/. ](\d{1,2})[-/., ]+(\d{4}|\d{2})(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:\s*([AP])M)?)?\s*(Z|UTC|GMT)?$/i;

/** Seconds of a date in UTC, NaN for one that no calendar has: Date.UTC turns 30 February into 1 March. */
function fromParts(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  if (!(hour <= 24) || minute > 59 || second >= 61) return NaN;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return NaN;
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

function part(match: RegExpExecArray, group: number): number {
  return Number(match[group] ?? 0);
}

/** An hour of twelve and its half of the day; NaN if there are more than twelve. */
function hourOf(hour: number, afternoon: boolean | null): number {
  if (afternoon === null) return hour;
  return hour > 12 ? NaN : (hour % 12) + (afternoon ? 12 : 0);
}

/** Whether a match names the second half of the day; null if it names neither. */
function isAfternoon(match: RegExpExecArray, group: number): boolean | null {
  const half = match[group]?.toUpperCase();
  return half === undefined ? null : ['P', '오후', '下午'].includes(half);
}

function eastAsian(text: string): number {
  const match = EAST_ASIAN.exec(text);
  if (match === null) return NaN;
  const hour = hourOf(part(match, 5), isAfternoon(match, 4));
  return fromParts(part(match, 1), part(match, 2), part(match, 3), hour, part(match, 6), part(match, 7) + part(match, 8));
}

/**
 * A unit of its own, so that a date that lost its day is not taken for the first of January among whole ones.
 */
function yearOrMonth(text: string): number {
  if (YEAR.test(text)) return fromParts(Number(text), 1, 1, 0, 0, 0);
  const month = YEAR_AND_MONTH.exec(text);
  return month === null ? NaN : fromParts(part(month, 1), part(month, 2), 1, 0, 0, 0);
}

function yearFirst(text: string): number {
  const match = YEAR_FIRST.exec(text) ?? COMPACT.exec(text);
  if (match === null) return eastAsian(text);
  const offset = zoneOffset(match[9] ?? '');
  if (offset === null) return NaN;
  const hour = hourOf(part(match, 4), isAfternoon(match, 8));
  const second = part(match, 6) + part(match, 7);
  return fromParts(part(match, 1), part(match, 2), part(match, 3), hour, part(match, 5), second) - offset;
}

/** A date in another notation must give NaN rather than a wrong time, so the two notations do not overlap. */
function yearFirstOrNamed(text: string): number {
  const seconds = yearFirst(text);
  if (!Number.isNaN(seconds)) return seconds;
  const named = monthNamed(text);
  if (named === null) return NaN;
  const { year, month, day, hour, minute, second, offset } = named;
  return fromParts(year, month, day, hour, minute, second) - offset;
}

function yearLast(text: string, monthFirst: boolean): number {
  const match = YEAR_LAST.exec(text);
  if (match === null) return NaN;
  const [first, second, short] = [part(match, 1), part(match, 2), part(match, 3)];
  // POSIX: two digits from 69 up mean the last century.
  const year = short >= 100 ? short : short >= 69 ? 1900 + short : 2000 + short;
  const hour = hourOf(part(match, 4), isAfternoon(match, 8));
  const [month, day] = monthFirst ? [first, second] : [second, first];
  return fromParts(year, month, day, hour, part(match, 5), part(match, 6) + part(match, 7));
}

/** A number that lost no digit to scientific notation: `9.6E+08` did, `9.64982703E8` did not. */
function exactNumber(text: string): number {
  if (WHOLE.test(text)) return Number(text);
  if (!NUMBER.test(text)) return NaN;
  const scientific = /^[+-]?(\d+)\.?(\d*)e\+?(\d+)$/i.exec(text);
  if (scientific !== null && scientific[2]!.length < Math.min(Number(scientific[3]), 8)) return NaN;
  return Number(text);
}

/**
 * Unix seconds of a cell, NaN if it cannot be read in this unit. Dates without a zone are UTC. Parquet's own
 * times are read whatever the unit.
 */
export function parseTime(value: unknown, unit: TimeUnit): number {
  if (value instanceof Date) return value.getTime() / 1000;
  if (isDateUnit(unit) || unit === 'year') {
    if (typeof value !== 'string' && typeof value !== 'number') return NaN;
    const text = String(value).trim();
    if (unit === 'year') return yearOrMonth(text);
    if (unit === 'year-first') return NO_CENTURY.test(text) ? yearFirst(`${text.slice(0, 2) >= '69' ? '19' : '20'}${text}`) : NaN;
    return unit === 'date' ? yearFirstOrNamed(text) : yearLast(text, unit === 'month-first');
  }
  if (unit === 'order') return NaN;
  const number = typeof value === 'string' ? exactNumber(value.trim()) : typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return NaN;
  if (unit === 'numbered') return number;
  if (unit === 'excel') return number >= EXCEL_YEAR_1900 && number < EXCEL_YEAR_2200 ? 86_400 * (number - EXCEL_UNIX_EPOCH) : NaN;
  const seconds = number / PER_SECOND[unit];
  if (Math.abs(seconds) >= MOST_SECONDS) return NaN;
  // A time before 1973 in a unit larger than seconds is a smaller unit misread.
  return unit !== 'seconds' && number !== 0 && Math.abs(seconds) < 1e8 ? NaN : seconds;
}

/** What is wrong with a time that cannot be read in a unit, in words; null if nothing tells. */
export function timeProblem(value: unknown, unit: TimeUnit): string | null {
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  if (unit !== 'year' && !Number.isNaN(yearOrMonth(text))) {
    return t('It looks like a year or month without a day, which only the time unit for years reads.');
  }
  if (TIME_OF_DAY.test(text)) {
    return t('It looks like a time of day without a date: name the column of dates, or write both into one column.');
  }
  return null;
}

/** Orders of day, month and year, of which the values of a file may fit several; the usual one first. */
const DATE_ORDERS = ['month-first', 'day-first', 'year-first'] as const satisfies readonly TimeUnit[];

/** Whether values in a unit are dates with their day. */
export function isDateUnit(unit: TimeUnit): unit is 'date' | (typeof DATE_ORDERS)[number] {
  return unit === 'date' || DATE_ORDERS.some((order) => order === unit);
}

/** Seconds behind which no event can be: a log is of the past. */
const FUTURE = Date.now() / 1000 + 86_400;

/** Whether a time is 0, −1 or in the future, and so may stand for a missing one. */
export function isOddTime(time: number): boolean {
  return time === 0 || time === -1 || time > FUTURE;
}

/** Disagreements by which one order must lead, so that one broken date does not settle it. */
const ENOUGH_VOTES = 3;
/** How many times the span of the dates must exceed that in another order to be the less likely. */
const MUCH_LONGER = 4;

/** Finds the order of day, month and year that the dates of a file have, value by value. */
export class DateOrder {
  private readonly votes: Map<TimeUnit, { for: number; first: number; last: number }>;

  /** @param orders those that fit the first values */
  constructor(private readonly orders: readonly TimeUnit[]) {
    this.votes = new Map(orders.map((order) => [order, { for: 0, first: Infinity, last: -Infinity }]));
  }

  /** Whether values have settled it; a date that cannot be, or has yet to come, speaks against its order. */
  take(value: unknown): boolean {
    const times = this.orders.map((order) => ({ order, time: parseTime(value, order) }));
    const possible = times.filter(({ time }) => time <= FUTURE);
    for (const { order, time } of possible) {
      const seen = this.votes.get(order)!;
      if (possible.length < times.length) seen.for++;
      seen.first = Math.min(seen.first, time);
      seen.last = Math.max(seen.last, time);
    }
    return this.lead() >= ENOUGH_VOTES;
  }

  private ranked(): TimeUnit[] {
    return this.orders.toSorted((a, b) => this.votes.get(b)!.for - this.votes.get(a)!.for);
  }

  private lead(): number {
    const [best, second] = this.ranked().map((order) => this.votes.get(order)!.for);
    return best! - (second ?? 0);
  }

  /**
   * The order, and whether the dates leave no other. Of those left, the one in which they lie much closer
   * together.
   */
  settled(): { readonly order: TimeUnit; readonly sure: boolean } {
    const ranked = this.ranked();
    if (this.lead() > 0) return { order: ranked[0]!, sure: true };
    const most = this.votes.get(ranked[0]!)!.for;
    const left = ranked.filter((order) => this.votes.get(order)!.for === most);
    const span = (order: TimeUnit): number => this.votes.get(order)!.last - this.votes.get(order)!.first;
    const shortest = left.reduce((a, b) => (MUCH_LONGER * span(b) < span(a) ? b : a));
    return { order: shortest, sure: false };
  }
}

export interface TimeGuess {
  readonly unit: TimeUnit;
  readonly reason: string;
  /** The share of the values that can be read in a unit. */
  readonly readable: number;
  /**
   * Orders of day, month and year in which these values can be read equally well; one, if it is a date at
   * all.
   */
  readonly dateOrders: readonly TimeUnit[];
}

/** Share of the values that can be read in a unit. */
export function shareReadable(values: readonly unknown[], unit: TimeUnit): number {
  return values.filter((value) => !Number.isNaN(parseTime(value, unit))).length / values.length;
}

/** `20240131` or `20240131184500`: a number, but not a plausible unix time. */
const COMPACT_DATE = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{6})?$/;

function numberTexts(values: readonly unknown[]): string[] {
  return values.map((value) =>
    typeof value === 'string' ? value.trim() : typeof value === 'number' || typeof value === 'bigint' ? String(value) : '',
  );
}

/** The unit of numbers that look like dates and would be read as seconds; null if they do not. */
function disguisedDates(values: readonly unknown[], column: string): TimeUnit | null {
  const texts = numberTexts(values);
  if (texts.every((text) => YEAR.test(text))) return 'year';
  const dates = texts.every((text) => COMPACT_DATE.test(text) && !Number.isNaN(parseTime(text, 'date')));
  if (dates) return 'date';
  const days = texts.map(Number);
  // 1990 to 2050; whole numbers of that size may be anything, unless the column's name says date or they have
  // times of day.
  const likely = days.every((day) => day > 32_874 && day < 54_789);
  return likely && (/date|datum|fecha/i.test(column) || days.some((day) => !Number.isInteger(day))) ? 'excel' : null;
}

/** The unit of a column chosen by the user, from the first rows. */
export function unitOfColumn(rows: readonly (readonly unknown[])[], column: number, name: string): TimeUnit {
  const values = rows.map((row) => row[column]).filter((value) => value !== undefined && value !== null && value !== '');
  return guessTimeUnit(values, name)?.unit ?? 'seconds';
}

/**
 * The unit in which most values can be read.
 * @param values cells that are not empty
 * @param column its name
 */
export function guessTimeUnit(values: readonly unknown[], column = ''): TimeGuess | null {
  if (values.length === 0) return null;
  if (values.every((value): value is Date => value instanceof Date)) {
    const reason = t('values such as {value} read as {unit}', {
      value: values[0]!.toISOString(),
      unit: t(TIME_UNIT_NOTES.date),
    });
    return { unit: 'date', reason, readable: 1, dateOrders: [] };
  }
  if (countsOwnEvents(column) && numberTexts(values).every((text) => Number.isInteger(exactNumber(text)))) {
    const reason = t('by its name, “{column}” counts what a user did, and says nothing about when', { column });
    return { unit: 'numbered', reason, readable: 1, dateOrders: [] };
  }
  const disguised = disguisedDates(values, column);
  if (disguised !== null) {
    const reason = t('values such as {value} read as {unit}', { value: String(values[0]), unit: t(TIME_UNIT_NOTES[disguised]) });
    return { unit: disguised, reason, readable: 1, dateOrders: [] };
  }
  const units: readonly TimeUnit[] = ['seconds', 'milliseconds', 'microseconds', 'nanoseconds', 'date', ...DATE_ORDERS, 'year'];
  const shares = units.map((unit) => ({ unit, readable: shareReadable(values, unit) }));
  const best = shares.reduce((a, b) => (b.readable > a.readable ? b : a));
  if (best.readable === 0) return null;
  const example = String(values[0]).slice(0, 30);
  const orders = DATE_ORDERS.filter((order) => shares.some(({ unit, readable }) => unit === order && readable === best.readable));
  return {
    ...best,
    reason: t('values such as {value} read as {unit}', { value: example, unit: t(TIME_UNIT_NOTES[best.unit]) }),
    dateOrders: orders.some((order) => order === best.unit) ? orders : [],
  };
}
