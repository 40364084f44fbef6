/** One JSON object of many entries, as it streams in: a row is a key and its value. */
import { BracketReader } from './brackets';
import { parseObject, type JsonRecord } from './json';

/** The column of the key, and that of a value that is no object. */
export const MAP_KEY = 'key';
export const MAP_VALUE = 'value';

/** An entry as a record: the key, with the fields of an object, or with the value itself. */
function entryRecord(text: string, line: number): JsonRecord {
  const { value, problem } = parseObject(`{${text}}`, line);
  const [entry] = value === null ? [] : Object.entries(value);
  if (entry === undefined) return { value: null, line, problem: problem || 'This is not an entry "key": value.' };
  const [key, of] = entry;
  const fields = typeof of === 'object' && of !== null && !Array.isArray(of) ? of : { [MAP_VALUE]: of };
  return { value: { [MAP_KEY]: key, ...fields }, line, problem: '' };
}

export class JsonMapParser extends BracketReader {
  protected read(char: number): JsonRecord | null {
    let record: JsonRecord | null = null;
    if (this.depth === 1) {
      const ends = char === 44 || char === 125 || char === 93;
      if (ends && this.open) record = entryRecord(this.take(this.at), this.startLine);
      else if (!ends && !this.open && char > 32) this.begin();
    }
    this.follow(char);
    return record;
  }
}
