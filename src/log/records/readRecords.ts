/** Any source to records, whatever its syntax. */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { readText, type EncodingTally, type ReadOptions } from '../source/text';
import { DelimitedParser, type DelimitedRow } from './delimited';
import type { JsonRecord } from './brackets';
import { JsonLinesParser, JsonParser } from './json';
import { IdMapsParser, JsonMapParser } from './jsonMap';
import { splitPair, splitSequence } from './lines';
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

/** Passes on the rows of delimited text, without the header. */
function delimitedTaker(
  { syntax, columns }: Layout & { readonly syntax: Extract<Syntax, { kind: 'delimited' }> },
  sink: RecordSink,
): (row: DelimitedRow) => 'stop' | undefined {
  let current: readonly string[] = [];
  const cell = (column: number): unknown => current[column];
  let header = syntax.header;
  const width = columns.length;
  const skip = syntax.skip ?? 0;
  return ({ fields, line, quoteProblem }) => {
    if (line <= skip) return undefined;
    if (header) {
      header = false;
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

function jsonTaker(columns: readonly string[], sink: RecordSink): (record: JsonRecord) => 'stop' | undefined {
  let current: Readonly<Record<string, unknown>> = {};
  const cell = (column: number): unknown => current[columns[column]!];
  return ({ value, line, problem }) => {
    if (value === null) {
      sink.problem('json', line, problem);
      return undefined;
    }
    current = value;
    return sink.record(cell, line);
  };
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
  const { syntax, columns } = layout;
  const long = tooLong(source);
  switch (syntax.kind) {
    case 'delimited':
      return pump(
        source,
        tally,
        options,
        new DelimitedParser(syntax.delimiter, syntax.quoting, long),
        delimitedTaker({ syntax, columns }, sink),
      );
    case 'pairs':
    case 'sequence': {
      const take = lineTaker(syntax.kind === 'pairs' ? splitPair : splitSequence, syntax.delimiter, sink);
      return pump(source, tally, options, new DelimitedParser('\n', false, long), take);
    }
    case 'json-lines':
      return pump(source, tally, options, new JsonLinesParser(long), jsonTaker(columns, sink));
    case 'json':
      return pump(source, tally, options, new JsonParser(long), jsonTaker(columns, sink));
    case 'json-map':
      return pump(source, tally, options, new JsonMapParser(long), jsonTaker(columns, sink));
    case 'id-maps':
      return pump(source, tally, options, new IdMapsParser(long), jsonTaker(columns, sink));
    case 'npy':
      await readNpy(source, sink, options);
      return;
    case 'parquet': {
      const { openParquet, readParquet } = await import('./parquet');
      const file = await openParquet(source);
      options.onRows?.(file.rows);
      return readParquet(file, wanted, sink, options);
    }
  }
}
