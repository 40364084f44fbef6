/** Streaming delimited text to records: RFC 4180 with any delimiter, lenient where that loses nothing. */

/** Maximum characters of one record; beyond that, a delimiter or a closing quote must be missing. */
const MOST_RECORD_CHARACTERS = 4_000_000;
const MOST_QUOTED = 1_000_000;

export interface DelimitedRow {
  readonly fields: readonly string[];
  /** Line on which the row starts, counted from 1 as an editor does: a quoted field may span several. */
  readonly line: number;
  readonly quoteProblem: string | null;
}

export type LineTooLong = (line: number) => Error;

const UNCLOSED =
  'A quoted field that starts in this line is never closed. Close the quote ("), or double it ("") where it belongs to the text.';
const TRAILING = 'A quoted field is followed by other text. Double a quote that belongs to the text ("").';

interface QuotedRow {
  readonly fields: string[];
  /** Position after the row's line end. */
  readonly end: number;
  readonly trailing: boolean;
  /**
   * Whether the quote that closes a field over several lines is another one's: it stands in the middle of a
   * field, or the lines are rows of their own.
   */
  readonly runsOn: boolean;
}

/**
 * Splits text into rows as it arrives, passing on each complete row; blank lines are skipped. A quote that is
 * never closed costs its line, not the rest of the file.
 */
export class DelimitedParser {
  private text = '';
  private line = 1;

  /**
   * @param tooLong makes the error for a line that is longer than any record
   * @param most maximum characters of a line
   */
  constructor(
    private readonly delimiter: string,
    private readonly quoting: boolean,
    private readonly tooLong: LineTooLong,
    private readonly most = MOST_RECORD_CHARACTERS,
  ) {}

  /** Rows completed by this piece; `final` means that no more text follows. */
  *push(piece: string, final: boolean): Generator<DelimitedRow, void> {
    const text = this.text + piece;
    let at = 0;
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      if (end - at > this.most) throw this.tooLong(this.line);
      if (newline < 0 && !final) break;
      const row = text.slice(at, end);
      if (!this.quoting || !row.includes('"')) {
        if (row.trim() !== '') yield { fields: row.split(this.delimiter), line: this.line, quoteProblem: null };
        this.line++;
        at = end + 1;
        continue;
      }
      const quoted = this.readQuoted(text, at, final);
      if (quoted === null || quoted.runsOn) {
        if (quoted === null && !final && text.length - at <= MOST_QUOTED) break;
        yield { fields: row.split(this.delimiter), line: this.line, quoteProblem: UNCLOSED };
        this.line++;
        at = end + 1;
        continue;
      }
      yield { fields: quoted.fields, line: this.line, quoteProblem: quoted.trailing ? TRAILING : null };
      this.line += countNewlines(text.slice(at, quoted.end));
      at = quoted.end;
    }
    this.text = text.slice(at);
  }

  /** The row at `at`, or null when the text ends inside it: in a quote, or where more text may follow. */
  private readQuoted(text: string, at: number, final: boolean): QuotedRow | null {
    const { delimiter } = this;
    const fields: string[] = [];
    const spread = new Set<number>();
    let [trailing, runsOn] = [false, false];
    for (let from = at; ;) {
      let start = from;
      while (text[start] === ' ' && delimiter !== ' ') start++;
      let field: string;
      let rest: number;
      if (text[start] === '"') {
        const close = closingQuote(text, start + 1, delimiter);
        if (close < 0) return null;
        const raw = text.slice(start + 1, close);
        field = raw.replaceAll('""', '"');
        // Quotes are escaped by doubling, or by a backslash if one precedes a quote that closes nothing.
        if (/\\"(?!")/.test(raw)) field = raw.replaceAll('\\"', '"');
        rest = close + 1;
      } else {
        field = '';
        rest = from;
      }
      const nextDelimiter = text.indexOf(delimiter, rest);
      const newline = text.indexOf('\n', rest);
      if (newline < 0 && !final) return null;
      const rowEnd = newline < 0 ? text.length : newline;
      const fieldEnd = nextDelimiter >= 0 && nextDelimiter < rowEnd ? nextDelimiter : rowEnd;
      const tail = text.slice(rest, fieldEnd);
      if (text[start] === '"' && tail.trim() !== '') {
        trailing = true;
        if (text.slice(start, rest).includes('\n')) runsOn = true;
      } else if (text[start] === '"' && text.slice(start, rest).includes('\n')) spread.add(fields.length);
      fields.push(text[start] === '"' && tail.trim() === '' ? field : text.slice(from, fieldEnd));
      if (fieldEnd === rowEnd) {
        if (spread.size > 0) runsOn ||= linesAreRows(text.slice(at, rowEnd), delimiter, spread);
        return { fields, end: Math.min(text.length, rowEnd + 1), trailing, runsOn };
      }
      from = fieldEnd + delimiter.length;
    }
  }
}

/**
 * What a cell is like, to tell a row from a line of a text: digits as such, one word, several, or nothing.
 */
function kindOf(cell: string): string {
  const text = cell.trim();
  return /^[-+.\d:/ ]*\d[-+.\d:/ ]*$/.test(text) ? 'number' : text === '' ? 'nothing' : text.includes(' ') ? 'words' : 'word';
}

/**
 * Whether each line of a row, in which one field alone is quoted, would be a row by itself: as many fields,
 * of the same kinds, some of them numbers or words with digits.
 * @param spread the fields over several lines
 */
function linesAreRows(row: string, delimiter: string, spread: ReadonlySet<number>): boolean {
  if (row.split('"').length !== 3) return false;
  const lines = row
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(delimiter));
  const [first = []] = lines;
  const columns = first.map((_, column) => column).filter((column) => !spread.has(column));
  if (lines.length + first.length < 5 || lines.some(({ length }) => length !== first.length)) return false;
  const alike = (column: number): boolean => lines.every((cells) => kindOf(cells[column]!) === kindOf(first[column]!));
  return columns.every(alike) && columns.some((column) => lines.every((cells) => /\d/.test(cells[column]!)));
}

/**
 * Position of the quote that closes a field, skipping doubled ones and those after a backslash that close
 * nothing, or -1.
 */
function closingQuote(text: string, from: number, delimiter: string): number {
  let at = text.indexOf('"', from);
  while (at >= 0) {
    if (text[at + 1] === '"') at = text.indexOf('"', at + 2);
    else if (text[at - 1] === '\\' && at > from && !endsField(text, at + 1, delimiter)) at = text.indexOf('"', at + 1);
    else return at;
  }
  return -1;
}

function endsField(text: string, at: number, delimiter: string): boolean {
  return at >= text.length || text[at] === '\n' || text.startsWith(delimiter, at);
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
