/**
 * Texts as one block of bytes: a hundred thousand small strings would cost more than their characters, and
 * could not be transferred.
 */

/** Half of a surrogate pair, which UTF-8 cannot encode. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** A column of texts as plain data, to send to another worker or write to a file. */
export interface TextBytes {
  /** uint8: UTF-8, one text after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** uint32 [texts]: where each text ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /**
   * Texts that are not well-formed Unicode, by index; their bytes hold U+FFFD in place of what cannot be
   * encoded.
   */
  readonly irregular: ReadonlyMap<number, string>;
}

/** Texts by index, wherever they are stored. */
export interface TextList extends Iterable<string> {
  readonly length: number;
  /** @throws RangeError for an index without a text */
  at(place: number): string;
  isEmpty(place: number): boolean;
}

/** Texts that are stored elsewhere and looked up on demand; they take no memory here. */
export class FoundTexts implements TextList {
  /** @param find returns the text of an index from 0 to `length` − 1 */
  constructor(
    readonly length: number,
    private readonly find: (place: number) => string,
  ) {}

  at(place: number): string {
    if (!(Number.isInteger(place) && place >= 0 && place < this.length))
      throw new RangeError(`no text ${place} of ${this.length}`);
    return this.find(place);
  }

  isEmpty(place: number): boolean {
    return this.at(place) === '';
  }

  *[Symbol.iterator](): Generator<string, void> {
    for (let place = 0; place < this.length; place++) yield this.find(place);
  }
}

export class TextColumn implements TextList {
  constructor(readonly data: TextBytes) {}

  /**
   * The texts in bytes of their own, without copying those that already are. Two passes over them allocate
   * memory of exactly their size.
   */
  static of(texts: TextList | readonly string[]): TextColumn {
    if (texts instanceof TextColumn) return texts;
    let characters = 0;
    for (const text of texts) characters += text.length;
    const column = new TextColumnBuilder(characters, texts.length);
    for (const text of texts) column.push(text);
    return column.done();
  }

  get length(): number {
    return this.data.ends.length;
  }

  /** @throws RangeError for an index outside a column of this length */
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

class TextColumnBuilder {
  private bytes: Uint8Array<ArrayBuffer>;
  private used = 0;
  private readonly ends: Uint32Array<ArrayBuffer>;
  private length = 0;
  private readonly irregular = new Map<number, string>();

  /** @param characters total of all texts, which is the number of bytes if all are ASCII */
  constructor(characters: number, texts: number) {
    this.bytes = new Uint8Array(characters);
    this.ends = new Uint32Array(texts);
  }

  push(text: string): void {
    if (!this.pushAscii(text)) {
      if (LONE_SURROGATE.test(text)) this.irregular.set(this.length, text);
      // A UTF-16 code unit takes at most three bytes.
      this.makeRoom(3 * text.length);
      this.used += encoder.encodeInto(text, this.bytes.subarray(this.used)).written;
    }
    this.ends[this.length++] = this.used;
  }

  private makeRoom(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(Math.ceil(1.5 * this.bytes.length), this.used + bytes));
    grown.set(this.bytes.subarray(0, this.used));
    this.bytes = grown;
  }

  /**
   * Most texts are ASCII, for which a view of memory each would cost more than the text.
   * @returns false if this one is not
   */
  private pushAscii(text: string): boolean {
    this.makeRoom(text.length);
    const { bytes, used } = this;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code > 127) return false;
      bytes[used + at] = code;
    }
    this.used += text.length;
    return true;
  }

  /** The column, in memory of exactly its size. */
  done(): TextColumn {
    const { bytes, used, ends, irregular } = this;
    return new TextColumn({ bytes: bytes.length === used ? bytes : bytes.slice(0, used), ends, irregular });
  }
}
