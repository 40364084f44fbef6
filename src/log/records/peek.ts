/** The first records of a source: enough to say how it is written and what it holds. */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { sniff, type Sniffed } from '../source/sniff';
import { emptyTally, readText } from '../source/text';
import { behindLines, firstRows, guessSyntax, regularity } from './guessSyntax';
import { JsonLinesParser, JsonParser } from './json';
import { ID_MAP_COLUMNS, isIdMaps, JsonMapParser } from './jsonMap';
import { splitPair, splitSequence } from './lines';
import { readNpy } from './npy';
import { readRecords, type Layout } from './readRecords';
import type { RecordSink, Row, TextSyntax } from './syntax';
import { PATH } from '../../recipe/texts';

export interface Peek extends Layout {
  readonly name: string;
  /** Values of the first records, by column. */
  readonly rows: readonly (readonly unknown[])[];
}

/** Maximum characters inspected, and records kept. */
const HEAD = 256_000;
const ROWS = 200;

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
  { delimiter, quoting, header, skip = 0 }: Extract<Syntax, { kind: 'delimited' }>,
): Pick<Peek, 'columns' | 'rows'> {
  const rows = firstRows(behindLines(text, skip), delimiter, quoting, whole, ROWS + 1);
  const width = header ? (rows[0]?.length ?? 0) : regularity(rows).width;
  const columns = Array.from({ length: width }, (_, column) =>
    header ? rows[0]![column]!.trim().replace(/^#\s*(?=\S)/, '') : `column ${column + 1}`,
  );
  const records = header ? rows.slice(1) : rows;
  return { columns, rows: records.filter(({ length }) => length === width) };
}

function jsonHead(text: string, whole: boolean, kind: 'json' | 'json-lines' | 'json-map'): Pick<Peek, 'columns' | 'rows'> {
  const long = (): Error => new RangeError('a record longer than the head');
  const parser =
    kind === 'json' ? new JsonParser(long) : kind === 'json-map' ? new JsonMapParser(long) : new JsonLinesParser(long);
  const records: Readonly<Record<string, unknown>>[] = [];
  for (const { value } of parser.push(text, whole)) if (value !== null && records.push(value) === ROWS) break;
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { columns, rows: records.map((record) => columns.map((column) => record[column])) };
}

function textHead(text: string, whole: boolean, syntax: TextSyntax): Pick<Peek, 'columns' | 'rows'> {
  switch (syntax.kind) {
    case 'delimited':
      return delimitedHead(text, whole, syntax);
    case 'pairs':
    case 'sequence': {
      const split = syntax.kind === 'pairs' ? splitPair : splitSequence;
      const rows = firstRows(text, '\n', false, whole, ROWS + 1).map(([line = '']) => split(line, syntax.delimiter));
      return { columns: syntax.kind === 'pairs' ? ['id', 'text'] : ['user', 'items'], rows };
    }
    case 'json':
    case 'json-map':
    case 'json-lines':
      return jsonHead(text, whole, syntax.kind);
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
  const record = (row: Row): undefined => {
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
  return { name: source.name, syntax: written, ...head };
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
