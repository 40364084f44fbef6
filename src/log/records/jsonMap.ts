/** Streaming JSON object with many entries: a row is a key and its value. */
import { BracketReader } from './brackets';
import type { LineTooLong } from './delimited';
import type { JsonRecord } from './brackets';
import { parseObject } from './json';

/** The column of the key, and that of a value that is not an object. */
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

/** The objects in one array of one streaming object, `{"info": …, "playlists": [{ … }, …]}`. */
export class InsideParser extends BracketReader {
  /** The key of the array that is open. */
  protected array: string | null = null;

  constructor(
    tooLong: LineTooLong,
    private readonly inside: string | null,
  ) {
    super(tooLong);
  }

  protected read(char: number): JsonRecord | null {
    let record: JsonRecord | null = null;
    const starts = this.depth === 2 && char === 123 && this.array !== null && (this.inside ?? this.array) === this.array;
    if (this.depth === 1) {
      const ends = char === 44 || char === 125;
      if (ends && this.open) this.take(this.at);
      else if ((char === 91 || char === 123) && this.open) {
        const key = /"([^"]*)"/.exec(this.take(this.at))?.[1] ?? '';
        this.array = char === 91 ? key : null;
      } else if (!ends && !this.open && char > 32) this.begin();
    }
    this.follow(char);
    if (starts) this.begin();
    else if (this.depth === 2 && char === 125 && this.open) record = parseObject(this.take(this.at + 1), this.startLine);
    return record;
  }
}

/** Finds the array of objects in one object. */
export class KeyScan extends InsideParser {
  key = '';
  objects = 0;
  /** Whether nothing follows the object. */
  alone = true;

  constructor() {
    super(() => new RangeError('an entry longer than the head'), null);
  }

  protected override read(char: number): JsonRecord | null {
    if (this.depth === 0 && this.at > 0 && char > 32) this.alone = false;
    const starts = this.depth === 2 && char === 123 && this.array !== null;
    const record = super.read(char);
    if (starts && (this.key === '' || this.key === this.array)) {
      this.key = this.array!;
      this.objects++;
    }
    return record === null ? null : { ...record, value: record.value ?? {} };
  }
}

/** The columns of `IdMapsParser`. */
export const ID_MAP_COLUMNS = ['item', 'number'] as const;
/** From an item to its number, and the other way round. */
const FORWARD = new Set(['item2id', 'item2idx']);
const BACK = new Set(['id2item', 'idx2item']);
const FIRST_MAPS = /^\{\s*"(?:user|item)2idx?"\s*:\s*\{|^\{\s*"idx?2(?:user|item)"\s*:\s*\{/;

/** Whether a text starts as an object of maps between IDs and numbers. */
export function isIdMaps(start: string): boolean {
  return FIRST_MAPS.test(start);
}

/** The entries of maps such as `item2id` inside one streaming object; other maps are skipped. */
export class IdMapsParser extends BracketReader {
  private name = '';

  protected read(char: number): JsonRecord | null {
    const ends = char === 44 || char === 125 || char === 93;
    let record: JsonRecord | null = null;
    if (this.depth === 1) {
      if (ends && this.open) this.take(this.at);
      else if (char === 123 && this.open) this.name = /"([^"]*)"/.exec(this.take(this.at))?.[1] ?? '';
      else if (!ends && !this.open && char > 32) this.begin();
    } else if (this.depth === 2 && (FORWARD.has(this.name) || BACK.has(this.name))) {
      if (ends && this.open) record = this.entry();
      else if (!ends && !this.open && char > 32) this.begin();
    }
    this.follow(char);
    return record;
  }

  private entry(): JsonRecord {
    const { value, line, problem } = entryRecord(this.take(this.at), this.startLine);
    if (value === null) return { value, line, problem };
    const [key, of] = [value[MAP_KEY], value[MAP_VALUE]];
    const [item, number] = BACK.has(this.name) ? [of, key] : [key, of];
    return { value: { item, number }, line, problem };
  }
}
