/** How a source is written, guessed from its first lines. */
import { namesColumns } from '../formats/header';
import { DelimitedParser } from './delimited';
import { parseObject } from './json';
import { JsonMapParser, KeyScan, MAP_KEY, MAP_VALUE } from './jsonMap';
import { NAMED_LINE } from './lines';
import type { TextSyntax } from './syntax';

export const DELIMITERS = ['\t', ',', ';', '|', '::', '\u0001', ' '] as const;
const LINES = 60;

/** The first rows of a head, at most `most`; the last line of a long head may be cut and is left out. */
export function firstRows(
  head: string,
  delimiter: string,
  quoting: boolean,
  whole: boolean,
  most = LINES,
): (readonly string[])[] {
  const parser = new DelimitedParser(delimiter, quoting, () => new RangeError('a line longer than the head'));
  const rows: (readonly string[])[] = [];
  for (const { fields } of parser.push(head, whole)) if (rows.push(fields) === most) break;
  return rows;
}

/** The most frequent width of rows, and their share. */
export function regularity(rows: readonly (readonly string[])[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  let [width, most] = [0, 0];
  for (const [length, count] of counts) if (count > most) [width, most] = [length, count];
  return { width, share: rows.length === 0 ? 0 : most / rows.length };
}

/** Lines before a table: Excel's `sep=;`, and comments. */
export interface Preamble {
  /** Number of lines. */
  readonly skip: number;
  /** The delimiter that it names. */
  readonly delimiter: string | null;
}

/**
 * A line of names may itself start with `#`, so the last comment counts as one only if the table has another
 * width.
 */
export function preambleOf(head: string): Preamble {
  const lines = head.split('\n', 200);
  const named = /^sep=(.)\s*$/i.exec(lines[0] ?? '');
  let skip = named === null ? 0 : 1;
  const isComment = (line: string | undefined): boolean => line?.trimStart().startsWith('#') === true;
  while (isComment(lines[skip])) skip++;
  const last = lines[skip - 1];
  const first = lines.slice(skip).find((line) => line.trim() !== '');
  if (isComment(last) && first !== undefined) {
    const delimiter = named?.[1] ?? DELIMITERS.find((one) => one !== ' ' && first.includes(one));
    if (delimiter !== undefined && last!.split(delimiter).length === first.split(delimiter).length) skip--;
  }
  return { skip, delimiter: named?.[1] ?? null };
}

/** The text after its first lines. */
export function behindLines(text: string, lines: number): string {
  let at = 0;
  for (let line = 0; line < lines; line++) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return '';
    at = newline + 1;
  }
  return text.slice(at);
}

const NUMERIC = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Minimum rows, and share of them with digits, for words in the first line to be names. */
const LEAST_ROWS = 3;
const ALMOST_ALL = 0.95;

/** Whether the first line names columns: it has known names, or words over numbers. */
function hasHeader(rows: readonly (readonly string[])[]): boolean {
  const [first = [], ...rest] = rows;
  if (namesColumns(first) > 0) return true;
  if (first.some((cell) => NUMERIC.test(cell.trim())) || new Set(first).size < first.length) return false;
  return first.some((cell, column) => {
    const below = rest.map((row) => row[column]?.trim() ?? '').filter((text) => text !== '');
    const name = cell.trim();
    if (name === '' || below.length === 0) return false;
    if (below.every((text) => NUMERIC.test(text))) return true;
    // Words over ids with digits in them, or over dates.
    const digits = below.filter((text) => /\d/.test(text)).length;
    return !/\d/.test(name) && below.length >= LEAST_ROWS && digits >= ALMOST_ALL * below.length;
  });
}

interface Candidate {
  readonly delimiter: string;
  readonly quoting: boolean;
  readonly rows: readonly (readonly string[])[];
  readonly score: number;
  readonly share: number;
  readonly width: number;
  /** Cells of the first line that are column names. */
  readonly known: number;
}

/** Whether some field starts with a quote. */
function opensQuotes(head: string, delimiter: string): boolean {
  return head.startsWith('"') || head.includes('\n"') || head.includes(`${delimiter}"`);
}

/** Of delimiters that fit equally well, those that texts hardly contain come first. */
const RARE: Readonly<Record<string, number>> = { '\t': 4, '::': 4, '\u0001': 4, ';': 2, '|': 1, ',': 1, ' ': -40 };
/** What a line of known names is worth, if the lines below it have its width. */
const NAMES_BONUS = 30;
const MOST_NAMES = 3;

/**
 * Rows of one width count most, then known column names above them, then many columns: titles and genres are
 * full of words, commas and bars.
 */
function judge(head: string, delimiter: string, whole: boolean): Candidate {
  // In files meant for spreadsheets, quotes may occur after the head; elsewhere a quote is mostly text.
  const quoting = delimiter === ',' || delimiter === ';' || (/[\t|]/.test(delimiter) && opensQuotes(head, delimiter));
  const rows = firstRows(head, delimiter, quoting, whole);
  const { width, share } = regularity(rows);
  const known = width > 1 || rows.length <= 1 ? namesColumns(rows[0] ?? []) : 0;
  const named = rows[0]?.length === width ? NAMES_BONUS * Math.min(known, MOST_NAMES) : 0;
  const score = named + (width > 1 ? 100 * share + Math.min(width, 20) + (RARE[delimiter] ?? 0) : 0);
  return { delimiter, quoting, rows, score, share, width, known };
}

const ID = /^[\w-]{1,40}$/;

/** Lines of IDs of various lengths: `user item item …`, or `3 item item item`. */
function guessSequence(head: string, whole: boolean): TextSyntax | null {
  for (const delimiter of [' ', '\t', ',']) {
    const rows = firstRows(head, delimiter, false, whole).map((row) =>
      row.map((cell) => cell.trim()).filter((cell) => cell !== ''),
    );
    if (rows.length < 2 || rows.some((row) => row.some((cell) => !ID.test(cell)))) continue;
    const cells = rows.flat();
    const counted = rows.every(([first, ...items]) => first === String(items.length));
    const long = rows.filter((row) => row.length >= 3).length;
    const numeric = cells.filter((cell) => /\d/.test(cell)).length;
    if ((regularity(rows).share >= 0.8 && !counted) || numeric <= 0.9 * cells.length) continue;
    if (counted && rows.some(({ length }) => length > 1)) return { kind: 'sequence', delimiter, first: 'length' };
    if (long > 0.6 * rows.length) return { kind: 'sequence', delimiter };
  }
  return null;
}

/** Lines that head the rows under them: an ID and a colon, or an ID, a bar and a number of rows. */
const HEADINGS: readonly (readonly [string, RegExp])[] = [
  [':', /^[^\s,:|]{1,60}:$/],
  ['|', /^[^\s,:|]{1,60}\|\d+$/],
];

function guessBlocks(head: string, whole: boolean): TextSyntax | null {
  const lines = firstRows(head, '\n', false, whole, 2000).map(([line = '']) => line.trim());
  const found = HEADINGS.find(([, pattern]) => pattern.test(lines[0] ?? ''));
  if (found === undefined) return null;
  const [heading, pattern] = found;
  const rows = lines.filter((line) => !pattern.test(line));
  const table = rows.length === 0 ? null : guessTable(`${rows.join('\n')}\n`, true, null);
  return table?.kind === 'delimited' ? { ...table, header: false, heading } : null;
}

/**
 * Records of lines `name: value`: the first name comes again and again, and nearly every line has one of a
 * few names.
 */
function guessFields(head: string, whole: boolean): TextSyntax | null {
  const lines = firstRows(head, '\n', false, whole, 2000).map(([line = '']) => line);
  const names = lines.map((line) => NAMED_LINE.exec(line)?.[1] ?? '');
  const records = names.filter((name) => name === names[0]).length;
  const kinds = new Set(names);
  const named = names.filter((name) => name !== '').length;
  if (names[0] === '' || records < 2 || kinds.size < 3 || named < 0.9 * lines.length) return null;
  return kinds.size <= 2 + (2 * lines.length) / records ? { kind: 'fields' } : null;
}

/** Numbers alone are a list, not a text. */
const NUMBERS = /^\s*\d+(?:\s+\d+){4,}\s*$/;

const NUMBER_LIST = /^\s*\d+(?:[\s,;|]+\d+)*\s*$/;

/** Whether nearly all lines are a word and many fractions, as in files of embeddings. */
function vectors(lines: readonly string[]): boolean {
  const many = lines.filter(
    (line) => /^\S+(?:[\s,]+-?\d+(?:\.\d+)?(?:e[+-]?\d+)?){8,}\s*$/i.test(line) && /\.\d/.test(line),
  ).length;
  return many >= 0.9 * lines.length;
}

/** Lines of an ID and a text that contains the delimiter: `12 Toy Story (1995)`. */
function guessPairs(head: string, whole: boolean): TextSyntax | null {
  const lines = firstRows(head, '\n', false, whole).map(([line = '']) => line);
  if (lines.every((line) => NUMBERS.test(line)) || vectors(lines)) return null;
  for (const delimiter of ['\t', ' ']) {
    const keys = lines.map((line) => line.split(delimiter, 1)[0]!);
    const texts = lines.filter((line) => line.trim().includes(delimiter)).length;
    if (lines.length < 2 || texts < 0.9 * lines.length || !keys.every((key) => ID.test(key) && /\d/.test(key))) continue;
    const lists = lines.filter((line) => NUMBER_LIST.test(line.slice(line.indexOf(delimiter)))).length;
    if (new Set(keys).size > 0.95 * keys.length && lists < MOST * lines.length) return { kind: 'pairs', delimiter };
  }
  return null;
}

/** Number of entries inspected to distinguish a map from a record. */
const ENTRIES = 5;
/** Number of entries that no record has. */
const MANY_ENTRIES = 50;

/**
 * Whether it is one object of IDs and texts, `{"B00X": "Toy Story"}`; an item without a text may have null. A
 * record of texts looks the same, but its keys are words, and few, and the next record repeats them.
 */
function isTextMap(start: string, whole: boolean): boolean {
  if (!/^\{\s*"[^"]{0,200}"\s*:\s*(?:"|null)/.test(start)) return false;
  const parser = new JsonMapParser(() => new RangeError('an entry longer than the head'));
  const entries = [...parser.push(start, whole)].flatMap(({ value }) => (value === null ? [] : [value]));
  const keys = entries.map((entry) => String(entry[MAP_KEY]));
  const texts = entries.map((entry) => entry[MAP_VALUE]);
  return (
    keys.length > 1 &&
    new Set(keys).size > 0.95 * keys.length &&
    namesColumns(keys.slice(0, ENTRIES)) === 0 &&
    texts.every((text) => text === null || typeof text === 'string') &&
    texts.some((text) => text !== null) &&
    keys.every((key) => /^\S{1,100}$/.test(key)) &&
    (keys.length >= MANY_ENTRIES || keys.every((key) => /\d/.test(key)))
  );
}

/**
 * Whether it is one object whose values are all lists of IDs or all objects, under keys that are not column
 * names.
 */
function isMap(start: string, whole: boolean): boolean {
  if (isTextMap(start, whole)) return true;
  if (!/^\{\s*"[^"]{0,200}"\s*:\s*[[{]/.test(start)) return false;
  const parser = new JsonMapParser(() => new RangeError('an entry longer than the head'));
  const keys: unknown[] = [];
  const kinds = new Set<boolean>();
  for (const { value } of parser.push(start, false)) {
    if (value === null) return false;
    const listed = MAP_VALUE in value;
    const list = value[MAP_VALUE];
    if (listed && !(Array.isArray(list) && list.every((one) => typeof one !== 'object'))) return false;
    kinds.add(listed);
    if (keys.push(value[MAP_KEY]) === ENTRIES) break;
  }
  const cutShort = keys.length === 0 && !whole;
  return !cutShort && keys.length > 1 && kinds.size === 1 && namesColumns(keys.map(String)) === 0;
}

/** The key of an array of objects in one object that is all of the text; null if there is none. */
function insideOf(start: string): string | null {
  const scan = new KeyScan();
  for (const { value } of scan.push(start, false)) if (value === null) break;
  return scan.alone && scan.objects > 1 ? scan.key : null;
}

/**
 * Number of lines inspected to recognise objects if the first is broken, and the share of them that must be
 * intact.
 */
const OBJECT_LINES = 20;
const MOST = 0.8;

function mostlyObjects(head: string): boolean {
  const lines = head
    .split('\n', OBJECT_LINES)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const whole = lines.filter((line) => line.startsWith('{') && parseObject(line, 1).value !== null).length;
  return lines.length >= 3 && whole >= MOST * lines.length;
}

/**
 * @param head the first characters of the text, not blank
 * @param whole whether the head is the whole text
 */
export function guessSyntax(head: string, whole: boolean): TextSyntax {
  const start = head.trimStart();
  if (isMap(start, whole)) return { kind: 'json-map' };
  if (start.startsWith('{') || /^\[\s*(?:[{\]]|$)/.test(start)) {
    const end = start.indexOf('\n');
    const line = end < 0 ? (whole ? start : '') : start.slice(0, end);
    const inside = insideOf(start);
    if (inside !== null) return { kind: 'json', inside };
    const isLine = start.startsWith('{') && (parseObject(line.trim(), 1).value !== null || mostlyObjects(head));
    return isLine ? { kind: 'json-lines' } : { kind: 'json' };
  }
  if (mostlyObjects(head)) return { kind: 'json-lines' };
  const records = guessBlocks(head, whole) ?? guessFields(head, whole);
  if (records !== null) return records;
  const { skip, delimiter: named } = preambleOf(head);
  if (skip > 0) {
    const table = guessTable(behindLines(head, skip), whole, named);
    return table.kind === 'delimited' ? { ...table, skip } : table;
  }
  return guessTable(head, whole, null);
}

/** @param named the delimiter that the file itself names */
function guessTable(head: string, whole: boolean, named: string | null): TextSyntax {
  const candidates = (named === null ? DELIMITERS : [named]).map((delimiter) => judge(head, delimiter, whole));
  const best = candidates.reduce((a, b) => (b.score > a.score ? b : a));
  if (
    (best.known === 0 || best.rows[0]?.length !== best.width) &&
    (best.width < 2 || best.share < 0.8 || best.delimiter === ' ')
  ) {
    const other = guessSequence(head, whole) ?? guessPairs(head, whole);
    if (other !== null) return other;
  }
  const header = hasHeader(best.rows);
  const rest = takesRest(best, header) ? ({ rest: true } as const) : {};
  return { kind: 'delimited', delimiter: best.delimiter, quoting: best.quoting, header, ...rest };
}

/**
 * Whether the last column is the rest of the line: the rows are longer than the names, or IDs and a text that
 * has the delimiter.
 */
function takesRest({ rows, share, delimiter }: Candidate, header: boolean): boolean {
  const records = header ? rows.slice(1) : rows;
  const width = header ? rows[0]!.length : records.reduce((least, { length }) => Math.min(least, length), Infinity);
  const longer = records.filter((row) => row.slice(width).some((cell) => cell.trim() !== '')).length;
  if (records.length < LEAST_ROWS || width < 2 || delimiter === ' ') return false;
  if (header) return longer >= MOST * records.length && records.every(({ length }) => length >= width);
  const ids = records.filter(
    (row) => row.slice(0, width - 1).every((cell) => /^[\w-]{1,40}$/.test(cell)) && /\p{L}/u.test(row[width - 1]!),
  ).length;
  // Behind a comma in a text stands a space.
  const spaced = records.every((row) => row.slice(width).every((cell) => cell.startsWith(' ')));
  return width > 2 && (share < ALMOST_ALL || spaced) && longer > 0.1 * records.length && ids >= ALMOST_ALL * records.length;
}
