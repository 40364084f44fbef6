/** Texts as one block of bytes: a hundred thousand small strings would cost more than their letters, and could not be transferred. */

/** Half of a surrogate pair: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** A column of texts as plain data, to be sent to another worker or written to a file. */
export interface TextBytes {
  /** uint8: UTF-8, one text behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** uint32 [texts]: where each text ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Texts that are no well-formed Unicode, by their number; their bytes hold U+FFFD instead of what cannot be written. */
  readonly irregular: ReadonlyMap<number, string>;
}

export class TextColumn implements Iterable<string> {
  constructor(readonly data: TextBytes) {}

  static of(texts: Iterable<string>): TextColumn {
    const column = new TextColumnBuilder();
    for (const text of texts) column.push(text);
    return column.done();
  }

  get length(): number {
    return this.data.ends.length;
  }

  /** @throws RangeError for a place that is in no column of this length */
  at(place: number): string {
    const { bytes, ends, irregular } = this.data;
    const end = ends[place];
    if (end === undefined) throw new RangeError(`no text ${place} of ${ends.length}`);
    const start = place === 0 ? 0 : ends[place - 1]!;
    if (start === end) return '';
    return irregular.get(place) ?? decoder.decode(bytes.subarray(start, end));
  }

  /** Whether the text is empty, without decoding it. */
  isEmpty(place: number): boolean {
    return this.data.ends[place] === (place === 0 ? 0 : this.data.ends[place - 1]);
  }

  *[Symbol.iterator](): Generator<string, void> {
    for (let place = 0; place < this.length; place++) yield this.at(place);
  }
}

export class TextColumnBuilder {
  private bytes = new Uint8Array(1024);
  private used = 0;
  private ends = new Uint32Array(64);
  private length = 0;
  private readonly irregular = new Map<number, string>();

  push(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    if (this.used + 3 * text.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.used + 3 * text.length));
      grown.set(this.bytes.subarray(0, this.used));
      this.bytes = grown;
    }
    if (this.length === this.ends.length) {
      const grown = new Uint32Array(2 * this.length);
      grown.set(this.ends);
      this.ends = grown;
    }
    if (!this.pushAscii(text)) {
      if (LONE_SURROGATE.test(text)) this.irregular.set(this.length, text);
      this.used += encoder.encodeInto(text, this.bytes.subarray(this.used)).written;
    }
    this.ends[this.length++] = this.used;
  }

  /** Most texts are ASCII, and a view of memory for each would cost more than they do. @returns false if this one is not */
  private pushAscii(text: string): boolean {
    const { bytes, used } = this;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) return false;
      bytes[used + at] = code;
    }
    this.used += text.length;
    return true;
  }

  /** The column, in memory of just its size. */
  done(): TextColumn {
    const { used, length, irregular } = this;
    return new TextColumn({ bytes: this.bytes.slice(0, used), ends: this.ends.slice(0, length), irregular });
  }
}
