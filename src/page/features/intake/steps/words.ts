/** Words of the intake. Pure. */
import { message, t } from '../../../../words/words';
import { idOf, textOf } from '../../../../log/records/values';
import { delimiterName, type TextSyntax } from '../../../../log/records/syntax';
import type { SourcePart, Share } from '../../../../recipe/logRecipe';
import { shownText } from '../../../../recipe/texts';

interface Named<T> {
  readonly value: T;
  readonly label: string;
}

export const PART_NAMES: readonly Named<SourcePart>[] = [
  { value: 'events', label: message('events') },
  { value: 'items', label: message('items') },
  { value: 'orders', label: message('about orders') },
  { value: 'accounts', label: message('other IDs of users') },
  { value: 'candidates', label: message('candidate sets') },
  { value: 'users', label: message('users (not read)') },
  { value: 'ignored', label: message('ignored') },
];

/** What a file holds. */
export function partName(part: SourcePart): string {
  return t(PART_NAMES.find(({ value }) => value === part)!.label);
}

export const SHARE_NAMES: readonly Named<Share | 'all'>[] = [
  { value: 'all', label: message('not part of a split') },
  { value: 'train', label: message('training') },
  { value: 'validation', label: message('validation') },
  { value: 'test', label: message('test') },
];

export const SYNTAX_NAMES: readonly Named<TextSyntax['kind']>[] = [
  { value: 'delimited', label: message('delimited table') },
  { value: 'json-lines', label: message('JSON, one object per line') },
  { value: 'json', label: message('JSON objects') },
  { value: 'json-map', label: message('one JSON object, one row per entry') },
  { value: 'pairs', label: message('one ID and text per line') },
  { value: 'sequence', label: message('one user and items per line') },
];

const DELIMITERS = [',', '\t', ';', '|', '::', ' '] as const;

export function namedDelimiters(): Named<string>[] {
  return DELIMITERS.map((value) => ({
    value,
    label: delimiterName(value),
  }));
}

export function syntaxOf(kind: TextSyntax['kind'], delimiter: string): TextSyntax {
  switch (kind) {
    case 'delimited':
      return { kind, delimiter, quoting: true, header: true };
    case 'pairs':
    case 'sequence':
      return { kind, delimiter };
    case 'fields':
    case 'json':
    case 'json-map':
    case 'json-lines':
      return { kind };
  }
}

/** A time of a log as a day, `2000-07-30`, UTC; empty if it is not a time. */
export function dayOf(seconds: number): string {
  const date = new Date(1000 * seconds);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

/** A time of a log as a day and, if it has one, a time of day: `2000-07-30 18:45`. UTC. */
export function logTimeText(seconds: number): string {
  const date = new Date(1000 * seconds);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const text = date.toISOString();
  return text.slice(11, 19) === '00:00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

/** The kind of a column's values, from the first ones. */
export function columnType(values: readonly unknown[]): string {
  const present = values.filter((value) => value !== undefined && value !== null && value !== '');
  if (present.length === 0) return t('empty');
  const all = (fits: (value: unknown) => boolean): boolean => present.every(fits);
  if (all(Array.isArray)) return t('list');
  if (all((value) => value instanceof Date)) return t('time');
  if (all((value) => typeof value === 'boolean')) return t('yes or no');
  const number = (value: unknown): number => (typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN);
  if (all((value) => typeof value === 'bigint' || /^[+-]?\d+$/.test(String(value)))) return t('whole number');
  if (all((value) => Number.isFinite(number(value)))) return t('number');
  return t('text');
}

/** A cell as text: nothing in it is interpreted. */
export function rawCellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return logTimeText(value.getTime() / 1000);
  if (Array.isArray(value)) return `[${value.map(rawCellText).join(', ')}]`;
  return shownText(typeof value === 'object' ? JSON.stringify(value) : textOf(value));
}

/** Distinct values of a column in the first rows, in order. */
export function distinctValues(rows: readonly (readonly unknown[])[], column: number): string[] {
  return [...new Set(rows.map((row) => idOf(row[column])))].filter((value) => value !== '');
}
