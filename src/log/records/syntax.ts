/** What readers pass on, and the names of syntaxes. */
import { message, t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';

export type TextSyntax = Exclude<Syntax, { kind: 'parquet' | 'npy' | 'id-maps' }>;

/** A cell of the current record, by column; `undefined` or `null` if there is none. */
export type CellReader = (column: number) => unknown;

export type RecordProblem = 'fields' | 'quotes' | 'json';

/** Receives records in the order of the source. `at` is the line, in Parquet the row, counted from 1. */
export interface RecordSink {
  /** `row` reads the current record and is the same function each time. Returning `stop` ends the reading. */
  record(row: CellReader, at: number): 'stop' | undefined;
  /** A record that cannot be read, with what is wrong in words. */
  problem(kind: RecordProblem, at: number, detail: string): void;
  /** A record that is passed on unchanged, with what is odd about its quotes in words. */
  doubt?(at: number, detail: string): void;
}

const NAMES: Readonly<Record<string, string>> = {
  ',': message('commas'),
  '\t': message('tabs'),
  ';': message('semicolons'),
  '|': message('bars'),
  '::': '“::”',
  ' ': message('spaces'),
  '\u0001': 'Ctrl-A',
};

export function delimiterName(delimiter: string): string {
  const name = NAMES[delimiter];
  return name === undefined ? `“${delimiter}”` : t(name);
}

export function describeSyntax(syntax: Syntax): string {
  switch (syntax.kind) {
    case 'delimited':
      return syntax.header
        ? t('fields separated by {delimiter}, column names in the first line', { delimiter: delimiterName(syntax.delimiter) })
        : t('fields separated by {delimiter}, no header', { delimiter: delimiterName(syntax.delimiter) });
    case 'pairs':
      return t('an ID and a text in each line, separated by {delimiter}', { delimiter: delimiterName(syntax.delimiter) });
    case 'sequence':
      return t('a user and the items of a history in each line, separated by {delimiter}', {
        delimiter: delimiterName(syntax.delimiter),
      });
    case 'fields':
      return t('a name and a value in each line, a record in several');
    case 'json-lines':
      return t('one JSON object per line');
    case 'json':
      return t('JSON objects in an array');
    case 'json-map':
      return t('one JSON object, one row per entry');
    case 'id-maps':
      return t('one JSON object of maps between IDs and numbers');
    case 'parquet':
      return 'Parquet';
    case 'npy':
      return 'a NumPy array';
  }
}
