/** A published format as a small description: how to recognise a source of it, and what its columns hold. */
import type { SourcePart, Role, Share, SourceMapping, Syntax, TimeUnit } from '../../recipe/logRecipe';
import { message, type Text } from '../../words/words';
import type { Peek } from '../records/peek';
import { idOf } from '../records/values';

export interface Guessed {
  readonly column: number;
  readonly reason: string;
}

export interface Recognition {
  readonly format: string;
  readonly part: SourcePart;
  /** Reasons, in sentences. */
  readonly reasons: readonly string[];
  readonly roles: Readonly<Partial<Record<Role, Guessed>>>;
  /** Names for columns of a source without a header. */
  readonly columns?: readonly string[];
  /** How the source is written, if a guess from its text alone would be worse. */
  readonly syntax?: Syntax;
  readonly timeUnit?: TimeUnit;
  readonly share?: Share;
  /**
   * If a source with one of these file names is present, it is read instead of this one, for the reason
   * given.
   */
  readonly yieldsTo?: readonly Yield[];
  /** What the user should check before using the log. */
  readonly doubts?: readonly string[];
  /** The kind of all its events, if no column says it: a file of clicks beside one of purchases. */
  readonly kind?: string;
  /** Rows with another value in a column are left out: `label` 0. */
  readonly where?: SourceMapping['where'];
  /** The history takes this many columns, starting with that of its role. */
  readonly historyWidth?: number;
  /** The value that pads lists of items to a fixed length. */
  readonly padding?: string;
  /** Columns that are the time together. */
  readonly timeOf?: readonly number[];
  /** Events below this rating do not express interest in the item: returned goods. */
  readonly leastRating?: number;
}

/** Why a source is set aside beside another one. */
export interface Yield {
  /** The last part of the other one's name, in lower case. */
  readonly file: string;
  /** With the placeholder `{file}`. */
  readonly why: Text;
}

/** Why a source is set aside that is a part of another, or another notation of it. */
export const SAME_ROWS = message('its rows are those of {file}');

export interface Format {
  readonly name: string;
  recognise(peek: Peek): Recognition | null;
}

/** The last part of a source's name, in lower case: `u.item`. */
export function baseName({ name }: Pick<Peek, 'name'>): string {
  return name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).toLowerCase();
}

const PROSE = /^(?:readme|licen[cs]e|notice|citation|changelog)(?:[._-].*)?$|^notes\.(?:md|txt)$/;

/** Whether a file stands beside tables and is none, by its name. */
export function isProse(of: Pick<Peek, 'name'>): boolean {
  return PROSE.test(baseName(of));
}

/** Roles of a source whose columns always have this order; `-` is an unused column. */
export function byPosition(roles: readonly (Role | '-')[], reason: string): Recognition['roles'] {
  return Object.fromEntries(roles.flatMap((role, column) => (role === '-' ? [] : [[role, { column, reason }]])));
}

/** Roles of a source by the names of its columns; names that it lacks are left out. */
export function byName(
  columns: readonly string[],
  names: Readonly<Partial<Record<Role, string>>>,
  reason: string,
): Recognition['roles'] {
  return Object.fromEntries(
    Object.entries(names).flatMap(([role, name]) =>
      columns.includes(name) ? [[role, { column: columns.indexOf(name), reason }]] : [],
    ),
  );
}

/** The part of a split in a file name: `Beauty.train.csv`, `valid.inter`. */
export function shareOf(base: string): Share | undefined {
  const word = /(?:^|[._-])(train(?:ing)?|valid(?:ation)?|val|dev|test)(?:[._-]|$)/.exec(base)?.[1];
  if (word === undefined) return undefined;
  return word.startsWith('train') ? 'train' : word === 'test' ? 'test' : 'validation';
}

/** Whether every value of a column in the first records fits. */
export function columnFits({ rows }: Pick<Peek, 'rows'>, column: number, pattern: RegExp): boolean {
  return rows.length > 0 && rows.every((row) => pattern.test(idOf(row[column])));
}

/** The share of a column's values that fit, ignoring empty ones. */
export function shareFitting({ rows }: Pick<Peek, 'rows'>, column: number, pattern: RegExp): number {
  const values = rows.map((row) => row[column]).map((value) => (value instanceof Date ? value.toISOString() : idOf(value)));
  const present = values.filter((value) => value !== '');
  return present.length === 0 ? 0 : present.filter((value) => pattern.test(value)).length / present.length;
}

export const INTEGER = /^\d+$/;
/** Whole seconds or milliseconds since 1985, and dates with the year first. */
export const ANY_TIME = /^(?:[5-9]\d{8}|[12]\d{9}|[5-9]\d{11}|[12]\d{12})(?:\.\d+)?$|^(?:19|20)\d{2}-\d\d?-\d\d?(?:[T ]|$)/;
export const UNIX_SECONDS = /^[5-9]\d{8}$|^[12]\d{9}$/;
