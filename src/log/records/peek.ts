/** The first records of a source: enough to say how it is written and what it holds. */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { sniff, type Sniffed } from '../source/sniff';
import { emptyTally, readText } from '../source/text';
import { matchHeader } from '../formats/header';
import { DelimitedParser } from './delimited';
import { behindLines, firstRows, guessSyntax, regularity } from './guessSyntax';
import { JsonLinesParser, JsonParser } from './json';
import { ID_MAP_COLUMNS, InsideParser, isIdMaps, JsonMapParser } from './jsonMap';
import { splitPair, splitSequence } from './lines';
import { readNpy } from './npy';
import { HEADING, readRecords, RECORD_NUMBER, recordsOfFields, rowsOfRecord, withRest, type Layout } from './readRecords';
import type { RecordSink, CellReader, TextSyntax } from './syntax';
import { PATH } from '../../recipe/texts';

export interface Peek extends Layout {
  readonly name: string;
  /** Values of the first records, by column. */
  readonly rows: readonly (readonly unknown[])[];
}

/** Maximum characters inspected, and records kept. */
const HEAD = 256_000;
const ROWS = 500;

async function readHead(source: Source): Promise<{ text: string; whole: boolean }> {
  let text = '';
  for await (const piece of readText(source, emptyTally())) {
    text += piece;
    if (text.length >= HEAD) return { text: text.slice(0, HEAD), whole: false };
  }
  return { text, whole: true };
}

function delimitedHead(
  text: string,
  whole: boolean,
  { delimiter, quoting, header, skip = 0, heading, rest }: Extract<Syntax, { kind: 'delimited' }>,
): Pick<Peek, 'columns' | 'rows'> {
  const found = firstRows(behindLines(text, skip), delimiter, quoting, whole, ROWS + 1);
  const least = (header ? found[0]?.length : found.reduce((one, { length }) => Math.min(one, length), Infinity)) ?? 0;
  const rows = rest === true ? found.map((row) => withRest(row, least, delimiter)) : found;
  const isHead = (row: readonly string[]): boolean => heading !== undefined && row.length === 1 && row[0]!.includes(heading);
  const width = header ? (rows[0]?.length ?? 0) : regularity(rows.filter((row) => !isHead(row))).width;
  const names = Array.from({ length: width }, (_, column) =>
    header ? rows[0]![column]!.trim().replace(/^#\s*(?=\S)/, '') : `column ${column + 1}`,
  );
  const records = header ? rows.slice(1) : rows;
  if (heading === undefined) return { columns: names, rows: records.filter(({ length }) => length === width) };
  let head = '';
  const headed = records.flatMap((row) => {
    if (isHead(row)) head = row[0]!.trim().split(heading, 1)[0]!;
    return row.length === width && !isHead(row) ? [[...row, head]] : [];
  });
  return { columns: [...names, HEADING], rows: headed };
}

type Values = Readonly<Record<string, unknown>>;

/** The records of a head that are objects. */
function objectsOf(text: string, whole: boolean, syntax: TextSyntax): Values[] {
  const long = (): Error => new RangeError('a record longer than the head');
  const open = { record: null };
  const parsed =
    syntax.kind === 'fields'
      ? recordsOfFields(new DelimitedParser('\n', false, long).push(text, whole), open)
      : (syntax.kind === 'json' && syntax.inside !== undefined
          ? new InsideParser(long, syntax.inside)
          : syntax.kind === 'json'
            ? new JsonParser(long)
            : syntax.kind === 'json-map'
              ? new JsonMapParser(long)
              : new JsonLinesParser(long)
        ).push(text, whole);
  const records: Values[] = [];
  for (const { value } of parsed) if (value !== null && records.push(value) === ROWS) break;
  return records;
}

/** The key of the lists of objects that are the rows of records which name no item themselves. */
function eachOf(records: readonly Values[]): string | undefined {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (matchHeader(keys).roles.item !== undefined) return undefined;
  const isRows = (value: unknown): boolean =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  return keys.find(
    (key) =>
      records.some((record) => isRows(record[key])) &&
      records.every((record) => record[key] == null || isRows(record[key]) || sameEmpty(record[key])),
  );
}

function sameEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function objectHead(records: readonly Values[], each: string | undefined): Pick<Peek, 'columns' | 'rows'> {
  const rows = records.flatMap((record) => rowsOfRecord(record, each)).slice(0, ROWS);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns, rows: rows.map((row) => columns.map((column) => row[column])) };
}

function textHead(text: string, whole: boolean, syntax: TextSyntax): Pick<Peek, 'columns' | 'rows' | 'syntax'> {
  switch (syntax.kind) {
    case 'delimited':
      return { syntax, ...delimitedHead(text, whole, syntax) };
    case 'pairs':
    case 'sequence': {
      const split = syntax.kind === 'pairs' ? splitPair : splitSequence;
      const rows = firstRows(text, '\n', false, whole, ROWS + 1).map(([line = '']) => split(line, syntax.delimiter));
      if (syntax.kind === 'pairs') return { syntax, columns: ['id', 'text'], rows };
      if (syntax.first === undefined) return { syntax, columns: ['user', 'items'], rows };
      return { syntax, columns: ['number', 'items', RECORD_NUMBER], rows: rows.map((row, at) => [...row, at + 1]) };
    }
    case 'fields':
      return { syntax, ...objectHead(objectsOf(text, whole, syntax), undefined) };
    case 'json-map':
      return { syntax, ...objectHead(objectsOf(text, whole, syntax), undefined) };
    case 'json':
    case 'json-lines': {
      const records = objectsOf(text, whole, syntax);
      const each = syntax.each ?? eachOf(records);
      return { syntax: each === undefined ? syntax : { ...syntax, each }, ...objectHead(records, each) };
    }
  }
}

async function kindOf(source: Source): Promise<Sniffed['kind']> {
  const reader = source.open().getReader();
  try {
    const { value } = await reader.read();
    return value === undefined ? 'text' : sniff(value.subarray(0, 16)).kind;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A sink that keeps these columns of every record. */
function collector(columns: readonly number[]): { readonly rows: unknown[][]; readonly sink: RecordSink } {
  const rows: unknown[][] = [];
  const record = (row: CellReader): undefined => {
    rows.push(columns.map(row));
  };
  return { rows, sink: { record, problem: () => undefined } };
}

async function peekParquet(source: Source): Promise<Peek> {
  const { openParquet, readParquet } = await import('./parquet');
  const file = await openParquet(source);
  const all = file.columns.map((_, column) => column);
  const { rows, sink } = collector(all);
  await readParquet(file, all, sink, {}, ROWS);
  return { name: source.name, syntax: { kind: 'parquet' }, columns: file.columns, rows };
}

async function peekNpy(source: Source): Promise<Peek> {
  const { rows, sink } = collector([0]);
  const { width } = await readNpy(source, sink, {}, ROWS);
  return { name: source.name, syntax: { kind: 'npy' }, columns: [width === null ? 'id' : 'embedding'], rows };
}

/** The map of items may follow a long one of users, so the head alone is not enough. */
async function peekIdMaps(source: Source): Promise<Peek> {
  const { rows, sink } = collector([0, 1]);
  const layout: Layout = { syntax: { kind: 'id-maps' }, columns: ID_MAP_COLUMNS };
  const first: RecordSink = {
    record: (row, at) => (rows.length < ROWS ? sink.record(row, at) : 'stop'),
    problem: () => undefined,
  };
  await readRecords(source, layout, [0, 1], first, emptyTally());
  return { name: source.name, ...layout, rows };
}

/**
 * @param syntax how the source is written, if the user said so; else it is guessed
 * @throws LogError for a source that is not a table at all
 */
export async function peek(source: Source, syntax?: TextSyntax): Promise<Peek> {
  return withNames(await peekAny(source, syntax));
}

async function peekAny(source: Source, syntax?: TextSyntax): Promise<Peek> {
  const kind = await kindOf(source).catch(() => 'text' as const);
  if (kind === 'parquet') return peekParquet(source);
  if (kind === 'npy') return peekNpy(source);
  const { text, whole } = await readHead(source);
  if (text.trim() === '') throw refuse(source.name, t('The file holds only blank lines. Choose a file with one line per event.'));
  if (syntax === undefined && isIdMaps(text.trimStart())) return peekIdMaps(source);
  const written = syntax ?? guessSyntax(text, whole);
  const head = textHead(text, whole, written);
  if (head.columns.length === 0) {
    throw refuse(
      source.name,
      t('No record was found in it: neither rows of fields, nor JSON objects. Is it cut off, or not a log?'),
    );
  }
  return { name: source.name, ...head };
}

/** A name of that length is a line that was taken for the names of columns. @throws LogError */
function withNames(seen: Peek): Peek {
  const long = seen.columns.findIndex(({ length }) => length > PATH);
  if (long < 0) return seen;
  throw refuse(
    seen.name,
    t('The name of column {n} has {length} characters; at most {most} are read. Rename it, or check the delimiter.', {
      n: long + 1,
      length: seen.columns[long]!.length,
      most: PATH,
    }),
  );
}
