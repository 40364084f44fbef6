/** Columns that grow while a file is read: a million rows as objects would not fit. */

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

/** Texts by number, each kept once, numbered in order of first appearance. */
export class Names {
  readonly texts: string[] = [];
  private readonly index = new Map<string, number>();

  number(text: string): number {
    const known = this.index.get(text);
    if (known !== undefined) return known;
    const own = ownCopy(text);
    this.index.set(own, this.texts.length);
    return this.texts.push(own) - 1;
  }

  find(text: string): number | undefined {
    return this.index.get(text);
  }
}
