/**
 * Writer of protobuf's wire format (https://protobuf.dev/programming-guides/encoding/), as far as ONNX needs
 * it. Fields are written in the order of the calls; large byte fields are kept by reference and copied once,
 * by `finish`.
 */
import { concatenate } from '../../storage/bytes';

type WireType = 0 | 2 | 5;

export class ProtoWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** int64, int32 or enum field. */
  integer(field: number, value: number): this {
    return this.#tag(field, 0).#push(varint(value));
  }

  /** float field. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, 5).#push(bytes);
  }

  /** bytes field; the content must not change before `finish`. */
  bytes(field: number, content: Uint8Array): this {
    return this.#tag(field, 2).#push(varint(content.length)).#push(content);
  }

  string(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  /** Repeated int64, packed. */
  integers(field: number, values: readonly number[]): this {
    return this.bytes(field, concatenate(values.map(varint)));
  }

  /** Embedded message; the child must be complete. */
  message(field: number, child: ProtoWriter): this {
    this.#tag(field, 2).#push(varint(child.#length));
    for (const chunk of child.#chunks) this.#push(chunk);
    return this;
  }

  get length(): number {
    return this.#length;
  }

  /** Pieces written so far, in order; large fields are not copied. */
  get parts(): readonly Uint8Array[] {
    return this.#chunks;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return concatenate(this.#chunks);
  }

  #tag(field: number, wireType: WireType): this {
    return this.#push(varint(field * 8 + wireType));
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

/** Base-128, least significant group first; negative numbers as 64-bit two's complement, in ten bytes. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
