import Papa from 'papaparse';
import { matchColumns } from './header';

const DELIMITERS = [',', '\t', ';', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** One row of the file, fields trimmed. */
export interface DelimitedRow {
  readonly fields: readonly string[];
  /** 1-based line on which the row starts, as an editor counts: a quoted field may span several. */
  readonly line: number;
  /** Set when the quotes of the row make no sense. */
  readonly problem?: string;
}

/**
 * The delimiter that makes most sense of the header line: most known columns, then most columns.
 * Rows are not consulted: titles and genres are full of commas and bars.
 */
export function guessDelimiter(headerLine: string): Delimiter {
  let best: Delimiter = ',';
  let bestScore = -1;
  for (const delimiter of DELIMITERS) {
    const fields = Papa.parse<string[]>(headerLine, { delimiter, newline: '\n' }).data[0] ?? [];
    const score = 1000 * Object.keys(matchColumns(fields.map((field) => field.trim())).index).length + fields.length;
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function countNewlines(field: string): number {
  let count = 0;
  for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) count++;
  return count;
}

const QUOTE_PROBLEMS: Readonly<Record<string, string>> = {
  MissingQuotes:
    'A quoted field that starts in this row is never closed. Close the quote ("), or double it ("") where it belongs to the text.',
  InvalidQuotes: 'A quoted field is followed by other text. Double a quote that belongs to the text ("").',
};

/**
 * Calls `onRow` for every row of `text` (line endings `\n`), the header first, until it returns `stop`; blank lines are skipped.
 * Rows are handed on one at a time, so a million of them need no more memory than the caller keeps.
 */
export function readRows(text: string, onRow: (row: DelimitedRow) => 'stop' | undefined): void {
  const start = /^(?:[^\S\n]*\n)*/.exec(text)![0].length;
  const end = text.indexOf('\n', start);
  const delimiter = guessDelimiter(text.slice(start, end < 0 ? undefined : end));
  let line = 1;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step: ({ data, errors }, parser) => {
      const at = line;
      line++;
      for (const field of data) line += countNewlines(field);
      const fields = data.map((field) => field.trim());
      if (fields.length === 1 && fields[0] === '') return;
      const problem = errors.map(({ code }) => QUOTE_PROBLEMS[code]).find((message) => message !== undefined);
      const answer = onRow(problem === undefined ? { fields, line: at } : { fields, line: at, problem });
      if (answer === 'stop') parser.abort();
    },
  });
}
