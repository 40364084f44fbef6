/** Columns that grow while a file is read: a million rows as objects would not fit. */
import { hashText } from '../random';

type Numbers =
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * The array in memory of another size; the old memory is released at once, without waiting for garbage
 * collection, if the platform supports it.
 */
function resized<T extends Numbers>(values: T, length: number, make: (buffer: ArrayBuffer) => T): T {
  const { buffer, BYTES_PER_ELEMENT } = values;
  const bytes = length * BYTES_PER_ELEMENT;
  // Node 20 cannot.
  if ('transfer' in buffer) return make((buffer as ArrayBuffer & { transfer: (bytes: number) => ArrayBuffer }).transfer(bytes));
  const moved = make(new ArrayBuffer(bytes));
  moved.set(values.subarray(0, length));
  return moved;
}

/** Numbers of one kind, appended one at a time. */
export class GrowingColumn<T extends Numbers> {
  length = 0;
  private values: T;

  /** @param make the array over a buffer */
  constructor(private readonly make: (buffer: ArrayBuffer) => T) {
    this.values = make(new ArrayBuffer(8192));
  }

  push(value: number): void {
    if (this.length === this.values.length) this.values = resized(this.values, 2 * this.length, this.make);
    this.values[this.length++] = value;
  }

  at(place: number): number {
    return this.values[place]!;
  }

  set(place: number, value: number): void {
    this.values[place] = value;
  }

  /** What was appended, in memory of exactly its size; nothing may be appended afterwards. */
  done(): T {
    if (this.values.length > this.length) this.values = resized(this.values, this.length, this.make);
    return this.values;
  }
}

/** A column that often holds only one value, and takes no memory until another one is appended. */
export class OptionalColumn<T extends Numbers> {
  private skipped = 0;
  private column: GrowingColumn<T> | null = null;

  /** @param usual the value that a missing column stands for */
  constructor(
    private readonly make: (buffer: ArrayBuffer) => T,
    private readonly usual: number,
  ) {}

  push(value: number): void {
    if (this.column === null) {
      if (Object.is(value, this.usual)) {
        this.skipped++;
        return;
      }
      this.column = new GrowingColumn(this.make);
      for (let at = 0; at < this.skipped; at++) this.column.push(this.usual);
    }
    this.column.push(value);
  }

  at(row: number): number {
    return this.column?.at(row) ?? this.usual;
  }

  /** What was appended, as `GrowingColumn.done`; null if it was the usual value each time. */
  done(): T | null {
    return this.column === null ? null : this.column.done();
  }
}

const SHORT = 13;
const MOST_CODES = 8192;

/** A column whose values stay the same over long stretches, such as the file of a row. */
export class RunColumn {
  length = 0;
  private readonly starts = new GrowingColumn((buffer) => new Uint32Array(buffer));
  private readonly values = new GrowingColumn((buffer) => new Int32Array(buffer));

  push(value: number): void {
    if (this.values.length === 0 || this.values.at(this.values.length - 1) !== value) {
      this.starts.push(this.length);
      this.values.push(value);
    }
    this.length++;
  }

  /** The value of an appended row, by bisection. */
  at(row: number): number {
    let [low, high] = [0, this.starts.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.starts.at(middle) <= row) low = middle;
      else high = middle;
    }
    return this.values.at(low);
  }
}

/**
 * A copy of a text that shares no memory with the text it was cut from: JavaScript engines keep a whole piece
 * of a file alive for one name in it. Texts below 13 characters are copied when they are cut (V8's
 * SlicedString::kMinLength).
 */
export function ownCopy(text: string): string {
  if (text.length < SHORT || text.length > MOST_CODES) return text;
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at));
  return String.fromCharCode(...codes);
}

// eslint-disable-next-line no-control-regex
const LATIN = /^[\u0000-\u00ff]*$/;

/** Bytes of a text that is kept as a string while the files are read, and in UTF-8 in the finished log. */
export function textBytes(text: string): number {
  return text.length * (LATIN.test(text) ? 2 : 5);
}

/**
 * Texts by number, each kept once, numbered in order of first appearance. A hash table in one array: with
 * half a million texts it takes half the time of a `Map`, whose entries are scattered over the heap.
 */
export class Names {
  readonly texts: string[] = [];
  /** `textBytes` of all texts. */
  bytes = 0;
  /** By slot: 1 + the number of its text, 0 if it is free; and the text's hash. At most half are taken. */
  private slots = new Int32Array(2048);
  /** Random each time, so that no file can be made whose texts all collide. */
  private readonly seed = Math.floor(2 ** 32 * Math.random());

  number(text: string): number {
    const hash = hashText(text, this.seed) | 0;
    const known = this.lookUp(text, hash);
    if (known >= 0) return known;
    const count = this.texts.push(ownCopy(text));
    this.bytes += textBytes(text);
    if (4 * count > this.slots.length) this.grow();
    this.enter(count, hash);
    return count - 1;
  }

  find(text: string): number | undefined {
    const known = this.lookUp(text, hashText(text, this.seed) | 0);
    return known < 0 ? undefined : known;
  }

  /** @returns the number of a text, -1 if it has none */
  private lookUp(text: string, hash: number): number {
    const { slots, texts } = this;
    const last = slots.length / 2 - 1;
    for (let at = hash & last; slots[2 * at] !== 0; at = (at + 1) & last) {
      const number = slots[2 * at]! - 1;
      if (slots[2 * at + 1] === hash && texts[number] === text) return number;
    }
    return -1;
  }

  private enter(entry: number, hash: number): void {
    const { slots } = this;
    const last = slots.length / 2 - 1;
    let at = hash & last;
    while (slots[2 * at] !== 0) at = (at + 1) & last;
    slots[2 * at] = entry;
    slots[2 * at + 1] = hash;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 2) if (before[at] !== 0) this.enter(before[at]!, before[at + 1]!);
  }
}
