/** One JSON object of many entries, as it streams in: a row is a key and its value. */
import type { LineTooLong } from './delimited';
import { parseObject, type JsonRecord } from './json';

/** Characters of one entry. */
const MOST_CHARACTERS = 8_000_000;
/** The column of the key, and that of a value that is no object. */
export const MAP_KEY = 'key';
export const MAP_VALUE = 'value';

/** An entry as a record: the key, with the fields of an object, or with the value itself. */
function entryRecord(text: string, line: number): JsonRecord {
  const { value, problem } = parseObject(`{${text}}`, line);
  const [entry] = value === null ? [] : Object.entries(value);
  if (entry === undefined) return { value: null, line, problem: problem || 'This is no entry "key": value.' };
  const [key, of] = entry;
  const fields = typeof of === 'object' && of !== null && !Array.isArray(of) ? of : { [MAP_VALUE]: of };
  return { value: { [MAP_KEY]: key, ...fields }, line, problem: '' };
}

export class JsonMapParser {
  private text = '';
  private at = 0;
  private line = 1;
  private depth = 0;
  private inString = false;
  /** Where the entry begins, −1 between two. */
  private start = -1;
  private startLine = 1;

  constructor(private readonly tooLong: LineTooLong) {}

  *push(piece: string, final: boolean): Generator<JsonRecord, void> {
    this.text += piece;
    for (; this.at < this.text.length; this.at++) {
      const char = this.text.charCodeAt(this.at);
      if (char === 10) this.line++;
      if (this.inString) {
        if (char === 92) this.at++;
        else if (char === 34) this.inString = false;
        continue;
      }
      const open = char === 123 || char === 91;
      const close = char === 125 || char === 93;
      if (this.depth === 1 && (char === 44 || close)) yield* this.entry();
      else if (this.depth === 1 && this.start < 0 && char > 32) {
        this.start = this.at;
        this.startLine = this.line;
      }
      if (char === 34) this.inString = true;
      else if (open) this.depth++;
      else if (close) this.depth--;
    }
    if (final && this.depth > 0)
      yield { value: null, line: this.startLine, problem: 'The file ends inside this object. Is it cut off?' };
    else this.cut();
  }

  private *entry(): Generator<JsonRecord, void> {
    if (this.start >= 0) yield entryRecord(this.text.slice(this.start, this.at), this.startLine);
    this.start = -1;
  }

  private cut(): void {
    const keep = this.start >= 0 ? this.start : Math.min(this.at, this.text.length);
    if (this.text.length - keep > MOST_CHARACTERS) throw this.tooLong(this.startLine);
    this.text = this.text.slice(keep);
    this.at -= keep;
    if (this.start >= 0) this.start = 0;
  }
}
