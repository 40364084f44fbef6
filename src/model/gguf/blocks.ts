/**
 * The blocks in which GGUF's tensors are stored (ggml's `ggml-common.h` and `ggml-quants.c`), widened to f32
 * with the same rounding: every product and sum is rounded to f32. A block holds `weights` numbers in `bytes`
 * bytes; d and m are halves, q small integers.
 *   Q4_0 (q−8)·d   Q4_1 q·d+m   Q5_0 (q−16)·d   Q5_1 q·d+m   Q8_0 q·d
 *   Q4_K, Q5_K  q·(d·s) − (d_min·t), 6-bit s and t per 32   Q6_K  (d·s)·(q−32), 8-bit s per 16
 */
import { bfloat16ToFloat32, float16ToFloat32, float16Value } from '../halfPrecision';
import { toFloat32 } from '../safetensors';

export interface BlockType {
  readonly name: string;
  /** Numbers per block. */
  readonly weights: number;
  readonly bytes: number;
  /** Widens whole blocks. */
  readonly widen: (bytes: Uint8Array<ArrayBuffer>) => Float32Array;
}

/** Writes the numbers of the block at byte `at` from index `to` on. */
type Unpack = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const SMALL = 32;
const LARGE = 256;

function half(bytes: Uint8Array, at: number): number {
  return float16Value(bytes[at]! | (bytes[at + 1]! << 8));
}

function byBlock(name: string, weights: number, size: number, unpack: Unpack): BlockType {
  return {
    name,
    weights,
    bytes: size,
    widen: (bytes) => {
      const blocks = bytes.length / size;
      const out = new Float32Array(blocks * weights);
      for (let block = 0; block < blocks; block += 1) unpack(bytes, block * size, out, block * weights);
      return out;
    },
  };
}

/** Q4_0, Q4_1, Q5_0, Q5_1: 32 numbers, low halves of 16 bytes first. */
function nibbles(name: string, { minimum, fifthBit }: { readonly minimum: boolean; readonly fifthBit: boolean }): BlockType {
  const high = minimum ? 4 : 2;
  const low = high + (fifthBit ? 4 : 0);
  const middle = minimum ? 0 : fifthBit ? 16 : 8;
  return byBlock(name, SMALL, low + 16, (bytes, at, out, to) => {
    const d = half(bytes, at);
    const m = minimum ? half(bytes, at + 2) : null;
    for (let i = 0; i < SMALL; i += 1) {
      const byte = bytes[at + low + (i & 15)]!;
      const fifth = fifthBit ? ((bytes[at + high + (i >> 3)]! >> (i & 7)) & 1) << 4 : 0;
      const q = ((i < 16 ? byte & 15 : byte >> 4) | fifth) - middle;
      out[to + i] = m === null ? q * d : Math.fround(q * d) + m;
    }
  });
}

const Q8_0 = byBlock('Q8_0', SMALL, 34, (bytes, at, out, to) => {
  const d = half(bytes, at);
  for (let i = 0; i < SMALL; i += 1) out[to + i] = ((bytes[at + 2 + i]! << 24) >> 24) * d;
});

/** The 6-bit scale and minimum of a run of 32, packed in 12 bytes at `at`. */
function scaleAndMinimum(bytes: Uint8Array, at: number, run: number): readonly [scale: number, minimum: number] {
  if (run < 4) return [bytes[at + run]! & 63, bytes[at + run + 4]! & 63];
  return [
    (bytes[at + run + 4]! & 15) | ((bytes[at + run - 4]! >> 6) << 4),
    (bytes[at + run + 4]! >> 4) | ((bytes[at + run]! >> 6) << 4),
  ];
}

/**
 * Q4_K and Q5_K: eight runs of 32 numbers; two runs share 32 bytes; in Q5_K the fifth bits are in 32 bytes
 * before these.
 */
function runs(name: string, fifthBit: boolean): BlockType {
  const low = fifthBit ? 48 : 16;
  return byBlock(name, LARGE, low + 128, (bytes, at, out, to) => {
    const d = half(bytes, at);
    const least = half(bytes, at + 2);
    for (let run = 0; run < 8; run += 1) {
      const [scale, minimum] = scaleAndMinimum(bytes, at + 4, run);
      const step = Math.fround(d * scale);
      const base = Math.fround(least * minimum);
      for (let i = 0; i < 32; i += 1) {
        const byte = bytes[at + low + 32 * (run >> 1) + i]!;
        const fifth = fifthBit ? ((bytes[at + 16 + i]! >> run) & 1) << 4 : 0;
        out[to + 32 * run + i] = Math.fround(step * (((run & 1) === 0 ? byte & 15 : byte >> 4) | fifth)) - base;
      }
    }
  });
}

/**
 * 256 numbers as two halves of four runs of 32: low four bits, high two bits, 16 signed scales, d at the end.
 */
const Q6_K = byBlock('Q6_K', LARGE, 210, (bytes, at, out, to) => {
  const d = half(bytes, at + 208);
  for (let i = 0; i < LARGE; i += 1) {
    const [part, run, place] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = bytes[at + 64 * part + 32 * (run & 1) + place]!;
    const high = (bytes[at + 128 + 32 * part + place]! >> (2 * run)) & 3;
    const scale = (bytes[at + 192 + (i >> 4)]! << 24) >> 24;
    const q = ((run < 2 ? low & 15 : low >> 4) | (high << 4)) - 32;
    out[to + i] = Math.fround(d * scale) * q;
  }
});

function floats(name: string, bytes: number, widen: BlockType['widen']): BlockType {
  return { name, weights: 1, bytes, widen };
}

/** By ggml's number for the type. */
export const BLOCK_TYPES: ReadonlyMap<number, BlockType> = new Map([
  [0, floats('F32', 4, (bytes) => toFloat32(bytes, 'F32'))],
  [1, floats('F16', 2, float16ToFloat32)],
  [30, floats('BF16', 2, bfloat16ToFloat32)],
  [2, nibbles('Q4_0', { minimum: false, fifthBit: false })],
  [3, nibbles('Q4_1', { minimum: true, fifthBit: false })],
  [6, nibbles('Q5_0', { minimum: false, fifthBit: true })],
  [7, nibbles('Q5_1', { minimum: true, fifthBit: true })],
  [8, Q8_0],
  [12, runs('Q4_K', false)],
  [13, runs('Q5_K', true)],
  [14, Q6_K],
]);
