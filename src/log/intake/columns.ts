/** Columns that grow while a file is read: a million rows as objects would not fit. */
import { hashText } from '../random';

type Numbers = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float32Array | Float64Array;

/** Numbers of one kind, appended one at a time. */
export class GrowingColumn<T extends Numbers> {
  length = 0;
  private values: T;

  constructor(private readonly make: (length: number) => T) {
    this.values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = this.make(2 * this.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  /** What was appended; a view on memory that later appends may leave. */
  done(): T {
    return this.values.subarray(0, this.length) as T;
  }
}

/** A column that mostly holds one value, and takes no memory until another one is appended. */
export class OptionalColumn<T extends Numbers> {
  private skipped = 0;
  private column: GrowingColumn<T> | null = null;

  /** @param usual the value that a column that is not there stands for */
  constructor(
    private readonly make: (length: number) => T,
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

  /** What was appended, as `GrowingColumn.done`; null if it was the usual value each time. */
  done(): T | null {
    return this.column === null ? null : this.column.done();
  }
}

const SHORT = 13;
const MOST_CODES = 8192;

/**
 * A copy of a text that shares no memory with the text it was cut from: engines keep a whole piece of a file alive for one name
 * in it. Texts below 13 characters are copied when they are cut (V8's SlicedString::kMinLength).
 */
export function ownCopy(text: string): string {
  if (text.length < SHORT || text.length > MOST_CODES) return text;
  const codes: number[] = [];
  for (let at = 0; at < text.length; at++) codes.push(text.charCodeAt(at));
  return String.fromCharCode(...codes);
}

/**
 * Texts by number, each kept once, numbered in order of first appearance. A hash table in one array: with half a million texts it
 * takes half the time of a `Map`, whose entries lie all over the heap.
 */
export class Names {
  readonly texts: string[] = [];
  /** Of all texts. */
  characters = 0;
  /** By slot: 1 + the number of its text, 0 if it is free; and the text's hash. At most half are taken. */
  private slots = new Int32Array(2048);
  /** Another one each time, so that no file can be made whose texts all hash alike. */
  private readonly seed = Math.floor(2 ** 32 * Math.random());

  number(text: string): number {
    const hash = hashText(text, this.seed) | 0;
    const known = this.lookUp(text, hash);
    if (known >= 0) return known;
    const count = this.texts.push(ownCopy(text));
    this.characters += text.length;
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
