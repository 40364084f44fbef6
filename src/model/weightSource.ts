/**
 * A decoder's weights, a range of elements at a time: from a checkpoint too large to hold in memory, or from
 * memory.
 */
import type { BlockRole, DecoderWeights } from './decoderConfig';
import type { QuantisedType } from './gguf/quantise';
import { concatenate } from '../storage/bytes';

/** Weights outside blocks. */
export type OuterRole = Exclude<keyof DecoderWeights, 'blocks'>;

export interface Weight {
  /** Total number of elements. */
  readonly length: number;
  /**
   * Elements `begin` ≤ i < `end`, row-major [out, in]; the caller must not change them.
   * @throws ModelError when they can no longer be read.
   */
  read(begin: number, end: number): Promise<Float32Array>;
  /** The same, synchronously, if that is possible: for weights in memory, and for files in a worker. */
  readNow?(begin: number, end: number): Float32Array;
  /** The blocks that hold the weight, if it is stored in some. */
  readonly blocks?: StoredBlocks;
}

/** A matrix in GGUF's quantised blocks, row-major [out, in]; no block spans two rows. */
export interface StoredBlocks {
  readonly type: QuantisedType;
  /**
   * The bytes of elements `begin` ≤ i < `end`, both at the limits of blocks.
   * @throws ModelError when they can no longer be read.
   */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** Undefined for roles that the decoder lacks. */
export interface WeightSource {
  outer(role: OuterRole): Weight | undefined;
  block(layer: number, role: BlockRole): Weight | undefined;
}

/** Where a checkpoint's tensors are read from. */
export interface TensorSource {
  has(tensor: string): boolean;
  /**
   * Elements `begin` ≤ i < `end` of a tensor.
   * @throws ModelError when there is none of that name and shape.
   */
  read(tensor: string, shape: readonly number[], begin: number, end: number): Float32Array | Promise<Float32Array>;
  /** The same, synchronously, if that is possible. */
  readNow?(tensor: string, shape: readonly number[], begin: number, end: number): Float32Array;
  /**
   * The blocks that hold a matrix, [out, in] whatever its shape is there; undefined if it is not stored in
   * any.
   */
  blocks?(tensor: string, shape: readonly number[]): StoredBlocks | undefined;
}

/**
 * Maximum number of elements held at a time: 4 MiB. A multiple of 64, so that no scale of a packed format is
 * split.
 */
const CHUNK = 2 ** 20;

/** `length` elements in pieces of whole rows of `columns` elements. */
export function* chunks(length: number, columns: number): Generator<{ readonly begin: number; readonly end: number }> {
  const size = columns * Math.max(1, Math.floor(CHUNK / columns));
  for (let begin = 0; begin < length; begin += size) yield { begin, end: Math.min(begin + size, length) };
}

/** A weight from start to end, in pieces of whole rows of `columns` elements. */
export async function* chunksOf(
  weight: Weight,
  columns: number,
): AsyncGenerator<{ readonly begin: number; readonly values: Float32Array }> {
  for (const { begin, end } of chunks(weight.length, columns)) yield { begin, values: await weight.read(begin, end) };
}

/** A whole weight, with little else in memory while it is read. */
export async function inChunks(weight: Weight): Promise<Float32Array<ArrayBuffer>> {
  const values = new Float32Array(weight.length);
  for await (const { begin, values: piece } of chunksOf(weight, 1)) values.set(piece, begin);
  return values;
}

/** The same, synchronously. */
export function inChunksNow(weight: Weight & Required<Pick<Weight, 'readNow'>>): Float32Array<ArrayBuffer> {
  const values = new Float32Array(weight.length);
  for (const { begin, end } of chunks(weight.length, 1)) values.set(weight.readNow(begin, end), begin);
  return values;
}

/** Concatenates weights into one; it has blocks if all of them have blocks of one type. */
export function stackedWeight(parts: readonly Weight[]): Weight {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  /** Ranges of the parts that make up a range of the whole, in order. */
  const within = (begin: number, end: number): { readonly part: Weight; readonly from: number; readonly to: number }[] => {
    let first = 0;
    return parts.flatMap((part) => {
      const [from, to] = [Math.max(begin - first, 0), Math.min(end - first, part.length)];
      first += part.length;
      return from < to ? [{ part, from, to }] : [];
    });
  };
  const type = only?.blocks?.type;
  return {
    length: parts.reduce((sum, { length }) => sum + length, 0),
    async read(begin, end) {
      const values = new Float32Array(end - begin);
      let at = 0;
      for (const { part, from, to } of within(begin, end)) {
        values.set(await part.read(from, to), at);
        at += to - from;
      }
      return values;
    },
    ...(type !== undefined &&
      parts.every(({ blocks }) => blocks?.type === type) && {
        blocks: {
          type,
          read: async (begin, end) => {
            const read = [];
            for (const { part, from, to } of within(begin, end)) read.push(await part.blocks!.read(from, to));
            return concatenate(read);
          },
        },
      }),
  };
}

export function heldWeight(values: Float32Array): Weight {
  const readNow = (begin: number, end: number): Float32Array => values.subarray(begin, end);
  return { length: values.length, read: (begin, end) => Promise.resolve(readNow(begin, end)), readNow };
}

export function heldWeights(weights: DecoderWeights): WeightSource {
  const held = (values: Float32Array | undefined): Weight | undefined => values && heldWeight(values);
  return { outer: (role) => held(weights[role]), block: (layer, role) => held(weights.blocks[layer]?.[role]) };
}

/** @throws Error if the decoder has no such weight. */
export function required(weight: Weight | undefined, name: string): Weight {
  if (weight === undefined) throw new Error(`the decoder has no ${name}`);
  return weight;
}

/** A whole weight. */
export function whole(weight: Weight): Promise<Float32Array> {
  return weight.read(0, weight.length);
}
