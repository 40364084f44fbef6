/**
 * How frozen weights are stored, and the WGSL that reads them back as f32. All products accumulate in f32.
 *   f32   4 bytes per weight
 *   f16   2 bytes: IEEE half, two per word; read by `unpack2x16float`, which every WebGPU device has
 *   int8  1 byte, and a half per block of 32 consecutive weights: w = q/127 · scale, scale = max|w| of the block
 *   int4  half a byte, and a half per block: w = (q − 8)/8 · scale, scale = the weight of largest magnitude, negated (as in GGML's Q4_0)
 * Blocks run along the stored order; columns must be a multiple of 4, so that four neighbours are in one word or half-word.
 */
import { float16Bits, float16Value } from '../../model/halfPrecision';
import { precisionSchema, type Precision } from '../../recipe/runSpec';

export const WEIGHT_FORMATS = precisionSchema.options;
export type WeightFormat = Precision;

/** Weights that share a scale. */
export const BLOCK = 32;

/** Weights as stored: whole words, and the scales of their blocks, two per word. */
export interface EncodedWeights {
  readonly values: Float32Array | Uint32Array;
  readonly scales: Uint32Array | null;
}

/** 4-byte words that `count` weights and their scales take. */
export function storedWords(format: WeightFormat, count: number): { readonly values: number; readonly scales: number } {
  const bits = { f32: 32, f16: 16, int8: 8, int4: 4 }[format];
  return { values: Math.ceil((count * bits) / 32), scales: hasScales(format) ? Math.ceil(count / (2 * BLOCK)) : 0 };
}

/** @throws RangeError when a weight is not finite, or too large for f16. */
export function encodeWeights(format: WeightFormat, weights: Float32Array): EncodedWeights {
  const words = storedWords(format, weights.length);
  if (format === 'f32') return { values: weights, scales: null };
  const values = new Uint32Array(words.values);
  if (format === 'f16') {
    weights.forEach((weight, i) => (values[i >> 1]! |= float16Bits(weight) << (16 * (i & 1))));
    return { values, scales: null };
  }
  const scales = new Uint32Array(words.scales);
  for (let first = 0; first < weights.length; first += BLOCK) {
    const block = weights.subarray(first, first + BLOCK);
    if (!block.every(Number.isFinite)) throw new RangeError(`a weight that is not finite cannot be stored as ${format}`);
    const largest = block.reduce((most, weight) => (Math.abs(weight) > Math.abs(most) ? weight : most), 0);
    // The scale is rounded first, so that weights are rounded to what will be read.
    const bits = float16Bits(format === 'int8' ? Math.abs(largest) : -largest);
    const scale = float16Value(bits);
    scales[first >> 6]! |= bits << (16 * ((first >> 5) & 1));
    block.forEach((weight, i) => {
      const at = first + i;
      const share = scale === 0 ? 0 : weight / scale;
      if (format === 'int8') values[at >> 2]! |= (clamp(Math.round(127 * share), -127, 127) & 255) << (8 * (at & 3));
      else values[at >> 3]! |= (clamp(Math.round(8 * share) + 8, 0, 15) & 15) << (4 * (at & 7));
    });
  }
  return { values, scales };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** WGSL type of a storage array's element in that format, as the reader below expects it. */
export function storedType(format: WeightFormat): string {
  return { f32: 'vec4f', f16: 'vec2u', int8: 'u32', int4: 'u32' }[format];
}

export function hasScales(format: WeightFormat): boolean {
  return format === 'int8' || format === 'int4';
}

/** WGSL expression for four weights from element `at` (a multiple of 4) of array `values` with `scales`. */
export function readerSource(format: WeightFormat, values: string, scales: string): string {
  const scale = `unpack2x16float(${scales}[at >> 6u])[(at >> 5u) & 1u]`;
  switch (format) {
    case 'f32':
      return `return ${values}[at >> 2u];`;
    case 'f16':
      return `let w = ${values}[at >> 2u]; return vec4f(unpack2x16float(w.x), unpack2x16float(w.y));`;
    case 'int8':
      return `return unpack4x8snorm(${values}[at >> 2u]) * ${scale};`;
    case 'int4':
      return `let w = vec4u(${values}[at >> 3u] >> ((at & 4u) * 4u)) >> vec4u(0u, 4u, 8u, 12u);
  return (vec4f(w & vec4u(15u)) - 8.0) * (0.125 * ${scale});`;
  }
}
