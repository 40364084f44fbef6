/**
 * Thrift's compact protocol, as far as Parquet uses it, read defensively: sizes are checked before anything
 * is allocated.
 */
import { t } from '../../words/words';

/**
 * A value of a struct: numbers (64 bits as far as a double holds them), booleans, bytes, lists and structs.
 */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const MOST_DEPTH = 24;

const TRUE = 1;
const FALSE = 2;

export class ThriftReader {
  /** @param at where to start; afterwards, where reading ended */
  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError(t('it ends inside a header'));
    return byte;
  }

  private varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError(t('a number in a header has no end'));
  }

  private zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  private skip(count: number): Uint8Array {
    if (count > this.bytes.length - this.at) throw new RangeError(t('a text in a header is longer than the file'));
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private list(depth: number): ThriftValue[] {
    const head = this.byte();
    const size = head >> 4 === 15 ? this.varint() : head >> 4;
    const type = head & 15;
    // Every element takes at least a byte.
    if (size > this.bytes.length - this.at) throw new RangeError(t('a list in a header is longer than the file'));
    return Array.from({ length: size }, () => (type === TRUE || type === FALSE ? this.byte() === TRUE : this.value(type, depth)));
  }

  private value(type: number, depth: number): ThriftValue {
    switch (type) {
      case TRUE:
        return true;
      case FALSE:
        return false;
      case 3:
        return this.byte();
      case 4:
      case 5:
      case 6:
        return this.zigzag();
      case 7:
        return this.skip(8);
      case 8:
        return this.skip(this.varint());
      case 9:
      case 10:
        return this.list(depth + 1);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new RangeError(t('a header holds a value of an unknown type'));
    }
  }

  /** @throws RangeError for bytes that are not a struct */
  struct(depth = 0): ThriftStruct {
    if (depth > MOST_DEPTH) throw new RangeError(t('a header is nested too deeply'));
    const fields = new Map<number, ThriftValue>();
    for (let field = 0; ;) {
      const head = this.byte();
      if (head === 0) return fields;
      field = head >> 4 === 0 ? this.zigzag() : field + (head >> 4);
      fields.set(field, this.value(head & 15, depth));
    }
  }
}
