/**
 * The container of a GGUF file, version 3, as it is to be written: header, then the tensors, a piece at a
 * time.
 */
import { elementCount } from '../safetensors';
import { BLOCK_TYPES } from './blocks';
import type { QuantisedType } from './quantise';

const ALIGNMENT = 32;
const TEXT = 8;
const LIST = 9;

/** Values of the metadata by the format's types; its numbers for them are below. */
export type WrittenValue =
  | { readonly kind: 'u32' | 'i32' | 'f32'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'i32s' | 'f32s'; readonly value: readonly number[] }
  | { readonly kind: 'texts'; readonly value: readonly string[] };

const NUMBERS = { u32: 4, i32: 5, f32: 6, bool: 7, i32s: 5, f32s: 6 } as const;

export type WrittenType = 'F32' | 'F16' | QuantisedType;

/** The reader's types by name, with ggml's numbers for them. */
const TYPES = new Map([...BLOCK_TYPES].map(([number, { name, weights, bytes }]) => [name, { number, weights, bytes }]));

/** Bytes of that many numbers, in whole blocks. */
export function ggufBytes(type: WrittenType, count: number): number {
  const { weights, bytes } = TYPES.get(type)!;
  return (count / weights) * bytes;
}

export interface WrittenTensor {
  readonly name: string;
  /** Row-major; the file has the dimensions in reverse. */
  readonly shape: readonly number[];
  readonly type: WrittenType;
  /** Its bytes, one piece after the other. */
  pieces(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** @throws as the tensors do; Error when one has another number of bytes than its shape says */
export async function* ggufPieces(
  metadata: ReadonlyMap<string, WrittenValue>,
  tensors: readonly WrittenTensor[],
): AsyncGenerator<Uint8Array> {
  yield header(metadata, tensors);
  for (const tensor of tensors) {
    let left = ggufBytes(tensor.type, elementCount(tensor.shape));
    const padding = padded(left) - left;
    for await (const piece of tensor.pieces()) {
      left -= piece.length;
      yield piece;
    }
    if (left !== 0) throw new Error(`${tensor.name} has ${-left} bytes more than its shape says`);
    if (padding > 0) yield new Uint8Array(padding);
  }
}

function padded(bytes: number): number {
  return ALIGNMENT * Math.ceil(bytes / ALIGNMENT);
}

function header(metadata: ReadonlyMap<string, WrittenValue>, tensors: readonly WrittenTensor[]): Uint8Array {
  const out = new Bytes();
  out.raw(new TextEncoder().encode('GGUF'));
  out.u32(3);
  out.u64(tensors.length);
  out.u64(metadata.size);
  for (const [key, value] of metadata) {
    out.text(key);
    writeValue(out, value);
  }
  let offset = 0;
  for (const { name, shape, type } of tensors) {
    out.text(name);
    out.u32(shape.length);
    for (const size of [...shape].reverse()) out.u64(size);
    out.u32(TYPES.get(type)!.number);
    out.u64(offset);
    offset += padded(ggufBytes(type, elementCount(shape)));
  }
  return out.whole(padded(out.length));
}

function writeValue(out: Bytes, entry: WrittenValue): void {
  switch (entry.kind) {
    case 'text':
      out.u32(TEXT);
      out.text(entry.value);
      return;
    case 'texts':
      out.u32(LIST);
      out.u32(TEXT);
      out.u64(entry.value.length);
      for (const text of entry.value) out.text(text);
      return;
    case 'i32s':
    case 'f32s':
      out.u32(LIST);
      out.u32(NUMBERS[entry.kind]);
      out.u64(entry.value.length);
      for (const value of entry.value) out.number(entry.kind === 'f32s', value);
      return;
    case 'bool':
      out.u32(NUMBERS.bool);
      out.raw(Uint8Array.of(Number(entry.value)));
      return;
    case 'u32':
    case 'i32':
    case 'f32':
      out.u32(NUMBERS[entry.kind]);
      out.number(entry.kind === 'f32', entry.value);
  }
}

/** Little-endian bytes, appended. */
class Bytes {
  length = 0;
  private bytes = new Uint8Array(1024);

  raw(piece: Uint8Array): void {
    this.room(piece.length);
    this.bytes.set(piece, this.length);
    this.length += piece.length;
  }

  number(isFloat: boolean, value: number): void {
    const view = this.next(4);
    if (isFloat) view.setFloat32(0, value, true);
    else view.setInt32(0, value, true);
  }

  u32(value: number): void {
    this.next(4).setUint32(0, value, true);
  }

  u64(value: number): void {
    this.next(8).setBigUint64(0, BigInt(value), true);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    this.raw(bytes);
  }

  whole(length: number): Uint8Array {
    this.room(length - this.length);
    return this.bytes.slice(0, length);
  }

  private next(size: number): DataView {
    this.room(size);
    const view = new DataView(this.bytes.buffer, this.length, size);
    this.length += size;
    return view;
  }

  private room(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + size));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
