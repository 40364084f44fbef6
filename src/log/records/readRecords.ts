/** Any source to records, whatever its syntax. */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { readText, type EncodingTally, type ReadOptions } from '../source/text';
import { DelimitedParser, type DelimitedRow, type LineTooLong } from './delimited';
import type { JsonRecord } from './brackets';
import { JsonLinesParser, JsonParser } from './json';
import { IdMapsParser, InsideParser, JsonMapParser } from './jsonMap';
import { NAMED_LINE, splitPair, splitSequence } from './lines';
import { readNpy } from './npy';
import type { RecordSink } from './syntax';

export interface Layout {
  readonly syntax: Syntax;
  /** Names of the columns; in JSON the keys. Sources without names have `column 1`, … */
  readonly columns: readonly string[];
}

/** The parser of a syntax, with a uniform interface. */
interface Parser<T> {
  push(piece: string, final: boolean): Generator<T, void>;
}

async function pump<T>(
  source: Source,
  tally: EncodingTally,
  options: ReadOptions,
  parser: Parser<T>,
  take: (parsed: T) => 'stop' | undefined,
): Promise<void> {
  for await (const piece of readText(source, tally, options)) {
    for (const parsed of parser.push(piece, false)) if (take(parsed) === 'stop') return;
  }
  for (const parsed of parser.push('', true)) if (take(parsed) === 'stop') return;
}

function tooLong(source: Source): (line: number) => Error {
  return (line) =>
    refuse(source.name, t('This line is longer than any record of a log. Check the delimiter, or choose another file.'), line);
}

/** The column of a record's number, from 1, for sources in which a record is a user. */
export const RECORD_NUMBER = '(record)';
/** The column of what heads a block of rows. */
export const HEADING = '(heading)';

/** Fields whose last one is the rest of the line. */
export function withRest(fields: readonly string[], width: number, delimiter: string): readonly string[] {
  return fields.length <= width ? fields : [...fields.slice(0, width - 1), fields.slice(width - 1).join(delimiter)];
}

/** Passes on the rows of delimited text, without the header. */
function delimitedTaker(
  { syntax, columns }: Layout & { readonly syntax: Extract<Syntax, { kind: 'delimited' }> },
  sink: RecordSink,
): (row: DelimitedRow) => 'stop' | undefined {
  let current: readonly string[] = [];
  let head = '';
  const own = columns.filter((name) => name !== HEADING && name !== RECORD_NUMBER);
  const width = own.length;
  const cell = (column: number): unknown => (columns[column] === HEADING ? head : current[column]);
  let header = syntax.header;
  const skip = syntax.skip ?? 0;
  return ({ fields: all, line, quoteProblem }) => {
    if (line <= skip) return undefined;
    const fields = syntax.rest === true ? withRest(all, width, syntax.delimiter) : all;
    if (header) {
      header = false;
      return undefined;
    }
    if (syntax.heading !== undefined && fields.length === 1 && fields[0]!.trim().includes(syntax.heading)) {
      head = fields[0]!.trim().split(syntax.heading, 1)[0]!;
      return undefined;
    }
    const surplus = fields.length > width && fields.slice(width).every((field) => field.trim() === '');
    if (quoteProblem !== null && fields.length !== width) sink.problem('quotes', line, quoteProblem);
    else if (fields.length !== width && !surplus) {
      const detail =
        `This row has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, not ${width}. ` +
        'Put quotes around text that contains the delimiter, or complete the row.';
      sink.problem('fields', line, detail);
    } else {
      if (quoteProblem !== null) sink.doubt?.(line, quoteProblem);
      current = fields;
      return sink.record(cell, line);
    }
    return undefined;
  };
}

type Values = Readonly<Record<string, unknown>>;

/** What a record's rows are: itself, or the objects of one of its lists, each with what is around them. */
export function rowsOfRecord(value: Values, each: string | undefined): Values[] {
  if (each === undefined) return [value];
  const list = value[each];
  if (!Array.isArray(list)) return [];
  const { [each]: _, ...around } = value;
  return list.map((inner: unknown) => ({
    ...around,
    ...Object.fromEntries(Object.entries(inner ?? {}).map(([key, of]) => [`${each}.${key}`, of])),
  }));
}

function jsonTaker({ syntax, columns }: Layout, sink: RecordSink): (record: JsonRecord) => 'stop' | undefined {
  let current: Values = {};
  const each = 'each' in syntax ? syntax.each : undefined;
  const cell = (column: number): unknown => current[columns[column]!];
  return ({ value, line, problem }) => {
    if (value === null) {
      sink.problem('json', line, problem);
      return undefined;
    }
    for (const row of rowsOfRecord(value, each)) {
      current = row;
      if (sink.record(cell, line) === 'stop') return 'stop';
    }
    return undefined;
  };
}

/** Records of lines `name: value`. A name that the record has already starts the next one. */
export function* recordsOfFields(
  lines: Iterable<DelimitedRow>,
  open: { record: JsonRecord | null },
): Generator<JsonRecord, void> {
  for (const {
    fields: [text = ''],
    line,
  } of lines) {
    const [, name, value = ''] = NAMED_LINE.exec(text) ?? [];
    const known = open.record?.value;
    if (name !== undefined && (known == null || name in known)) {
      if (open.record !== null) yield open.record;
      open.record = { value: { [name]: value.trim() }, line, problem: '' };
    } else if (known == null) yield { value: null, line, problem: 'This is not a line “name: value”.' };
    else {
      const last = Object.keys(known).at(-1)!;
      open.record = {
        ...open.record!,
        value:
          name === undefined ? { ...known, [last]: `${String(known[last])} ${text.trim()}` } : { ...known, [name]: value.trim() },
      };
    }
  }
}

/** A parser of records in lines `name: value`. */
class FieldsParser {
  private readonly lines: DelimitedParser;
  private readonly open: { record: JsonRecord | null } = { record: null };

  constructor(long: LineTooLong) {
    this.lines = new DelimitedParser('\n', false, long);
  }

  *push(piece: string, final: boolean): Generator<JsonRecord, void> {
    yield* recordsOfFields(this.lines.push(piece, final), this.open);
    if (final && this.open.record !== null) yield this.open.record;
  }
}

/** Lines as rows of two columns. */
function lineTaker(
  split: (line: string, delimiter: string) => readonly [unknown, unknown],
  delimiter: string,
  sink: RecordSink,
): (row: DelimitedRow) => 'stop' | undefined {
  let current: readonly [unknown, unknown] = ['', ''];
  const cell = (column: number): unknown => current[column];
  return ({ fields: [line = ''], line: at }) => {
    current = split(line, delimiter);
    return sink.record(cell, at);
  };
}

/** Numbers the records, for a layout with that column. */
function numbered({ columns }: Layout, sink: RecordSink): RecordSink {
  const own = columns.indexOf(RECORD_NUMBER);
  if (own < 0) return sink;
  let [number, before] = [0, -1];
  return {
    record: (row, at) => {
      if (at !== before) number++;
      before = at;
      return sink.record((column) => (column === own ? number : row(column)), at);
    },
    problem: (...problem) => {
      sink.problem(...problem);
    },
    doubt: (...doubt) => {
      sink.doubt?.(...doubt);
    },
  };
}

/**
 * Reads a source to its end, or until the sink returns `stop`. Records are passed one at a time and not kept.
 * @param wanted columns (indices) that the sink will read; only Parquet uses it
 * @throws LogError for a source that cannot be read further; the signal's reason when aborted
 */
export async function readRecords(
  source: Source,
  layout: Layout,
  wanted: readonly number[],
  sink: RecordSink,
  tally: EncodingTally,
  options: ReadOptions = {},
): Promise<void> {
  const { syntax } = layout;
  const long = tooLong(source);
  const to = numbered(layout, sink);
  const through = <T>(parser: Parser<T>, take: (parsed: T) => 'stop' | undefined): Promise<void> =>
    pump(source, tally, options, parser, take);
  switch (syntax.kind) {
    case 'delimited':
      return through(new DelimitedParser(syntax.delimiter, syntax.quoting, long), delimitedTaker({ ...layout, syntax }, to));
    case 'pairs':
    case 'sequence': {
      const take = lineTaker(syntax.kind === 'pairs' ? splitPair : splitSequence, syntax.delimiter, to);
      return through(new DelimitedParser('\n', false, long), take);
    }
    case 'fields':
      return through(new FieldsParser(long), jsonTaker(layout, to));
    case 'json-lines':
      return through(new JsonLinesParser(long), jsonTaker(layout, to));
    case 'json':
      return through(
        syntax.inside === undefined ? new JsonParser(long) : new InsideParser(long, syntax.inside),
        jsonTaker(layout, to),
      );
    case 'json-map':
      return through(new JsonMapParser(long), jsonTaker(layout, to));
    case 'id-maps':
      return through(new IdMapsParser(long), jsonTaker(layout, to));
    case 'npy':
      await readNpy(source, to, options);
      return;
    case 'parquet': {
      const { openParquet, readParquet } = await import('./parquet');
      const file = await openParquet(source);
      options.onRows?.(file.rows);
      return readParquet(
        file,
        wanted.filter((column) => column < file.columns.length),
        to,
        options,
      );
    }
  }
}
