/**
 * Numbers as the blocks of 32 in which GGUF stores them, with the roundings of ggml's reference quantisers
 * (`ggml-quants.c`), so that files have the bytes that llama.cpp would write.
 *   Q8_0  d = max|w|/127, q = w/d to the nearest        Q4_0  d = −w/8 of the weight of largest magnitude, q = w/d + 8 to the nearest
 *   Q4_1  m the least, d = (most − m)/15, q = (w − m)/d to the nearest
 */
import { float16Bits } from '../halfPrecision';

export const BLOCK = 32;

/** Bytes of a block's scale (and minimum), which come first, and of its integers. */
export const BLOCK_BYTES = {
  Q8_0: { scales: 2, values: 32 },
  Q4_1: { scales: 4, values: 16 },
  Q4_0: { scales: 2, values: 16 },
} as const;
export type QuantisedType = keyof typeof BLOCK_BYTES;

/** Writes the block at byte `at`. */
type Pack = (block: Float32Array, bytes: Uint8Array, at: number) => void;

const PACKS: Readonly<Record<QuantisedType, Pack>> = {
  Q8_0(block, bytes, at) {
    const d = Math.fround(Math.abs(furthest(block)) / 127);
    const inverse = inverseOf(d);
    writeHalf(bytes, at, d);
    block.forEach((weight, i) => {
      const q = Math.fround(weight * inverse);
      bytes[at + 2 + i] = Math.sign(q) * Math.floor(Math.abs(q) + 0.5);
    });
  },
  Q4_1(block, bytes, at) {
    const least = block.reduce((a, b) => Math.min(a, b));
    const most = block.reduce((a, b) => Math.max(a, b));
    const d = Math.fround(Math.fround(most - least) / 15);
    const inverse = inverseOf(d);
    writeHalf(bytes, at, d);
    writeHalf(bytes, at + 2, least);
    writeNibbles(block, bytes, at + 4, (weight) => Math.fround(Math.fround(Math.fround(weight - least) * inverse) + 0.5));
  },
  Q4_0(block, bytes, at) {
    const d = Math.fround(furthest(block) / -8);
    const inverse = inverseOf(d);
    writeHalf(bytes, at, d);
    writeNibbles(block, bytes, at + 2, (weight) => weight * inverse + 8.5);
  },
};

/** The weight of largest magnitude, the first of several. */
function furthest(block: Float32Array): number {
  return block.reduce((most, weight) => (Math.abs(weight) > Math.abs(most) ? weight : most), 0);
}

function inverseOf(d: number): number {
  return d === 0 ? 0 : Math.fround(1 / d);
}

function writeHalf(bytes: Uint8Array, at: number, value: number): void {
  const bits = float16Bits(value);
  bytes[at] = bits & 255;
  bytes[at + 1] = bits >> 8;
}

/** Integers 0 … 15: those of the first half of the block are the low halves of 16 bytes. */
function writeNibbles(block: Float32Array, bytes: Uint8Array, at: number, rank: (weight: number) => number): void {
  const integer = (i: number): number => Math.min(15, Math.max(0, Math.trunc(rank(block[i]!))));
  for (let i = 0; i < BLOCK / 2; i += 1) bytes[at + i] = integer(i) | (integer(i + BLOCK / 2) << 4);
}

/**
 * Whole blocks; a last one that is not full is filled up with its first weight.
 * @throws RangeError when a weight is not finite, or so large that its block's scale is not a finite half
 */
export function quantise(type: QuantisedType, weights: Float32Array): Uint8Array<ArrayBuffer> {
  const size = BLOCK_BYTES[type].scales + BLOCK_BYTES[type].values;
  const blocks = Math.ceil(weights.length / BLOCK);
  const bytes = new Uint8Array(blocks * size);
  for (let index = 0; index < blocks; index += 1) {
    const given = weights.subarray(BLOCK * index, BLOCK * (index + 1));
    if (!given.every(Number.isFinite)) throw new RangeError(`a weight that is not finite cannot be stored as ${type}`);
    PACKS[type](given.length === BLOCK ? given : filled(given), bytes, index * size);
  }
  return bytes;
}

function filled(block: Float32Array): Float32Array {
  const whole = new Float32Array(BLOCK).fill(block[0]!);
  whole.set(block);
  return whole;
}
