/**
 * How frozen weights are stored, and the WGSL that reads them back as f32. All products accumulate in f32.
 *   f32   4 bytes per weight
 *   f16   2 bytes: IEEE half, two per word; read by `unpack2x16float`, which every WebGPU device has
 *   q8_0, q4_1, q4_0   GGUF's blocks of 32 consecutive weights: q·d, q·d + m, (q − 8)·d; d and m are halves (`model/gguf/quantise.ts`)
 * Blocks run along the stored order. Their integers are as in GGUF, and their halves in an array of their
 * own, so that words are aligned. Columns must be a multiple of 4, so that four neighbours are in one word,
 * or in the same half of the bytes of one.
 */
import { BLOCK, BLOCK_BYTES, quantise, type QuantisedType } from '../../model/gguf/quantise';
import { float16Bits } from '../../model/halfPrecision';
import { weightFormatSchema, type WeightFormat } from '../../recipe/runSpec';

export const WEIGHT_FORMATS = weightFormatSchema.options;

/** Weights as stored: whole words, and the halves of their blocks, two per word. */
export interface EncodedWeights {
  readonly values: Float32Array | Uint32Array;
  readonly scales: Uint32Array | null;
}

/** GGUF's type of a format's blocks; null for f32 and f16. */
export function blockTypeOf(format: WeightFormat): QuantisedType | null {
  return { f32: null, f16: null, q8_0: 'Q8_0', q4_1: 'Q4_1', q4_0: 'Q4_0' }[format] as QuantisedType | null;
}

export function hasScales(format: WeightFormat): boolean {
  return blockTypeOf(format) !== null;
}

/** 4-byte words that `count` weights and the halves of their blocks take. */
export function storedWords(format: WeightFormat, count: number): { readonly values: number; readonly scales: number } {
  const type = blockTypeOf(format);
  if (type === null) return { values: Math.ceil(count / (format === 'f16' ? 2 : 1)), scales: 0 };
  const blocks = Math.ceil(count / BLOCK);
  const { values, scales } = BLOCK_BYTES[type];
  return { values: (blocks * values) / 4, scales: Math.ceil((blocks * scales) / 4) };
}

/** @throws RangeError when a weight is not finite, or too large for the halves of the format. */
export function encodeWeights(format: WeightFormat, weights: Float32Array): EncodedWeights {
  if (format === 'f32') return { values: weights, scales: null };
  const type = blockTypeOf(format);
  if (type !== null) return splitBlocks(type, quantise(type, weights));
  const values = new Uint32Array(storedWords(format, weights.length).values);
  weights.forEach((weight, i) => (values[i >> 1]! |= float16Bits(weight) << (16 * (i & 1))));
  return { values, scales: null };
}

/** Whole blocks as GGUF has them: their integers, and their halves. */
export function splitBlocks(type: QuantisedType, bytes: Uint8Array): EncodedWeights {
  const size = BLOCK_BYTES[type];
  const blocks = bytes.length / (size.scales + size.values);
  const values = new Uint8Array(blocks * size.values);
  const scales = new Uint8Array(4 * Math.ceil((blocks * size.scales) / 4));
  for (let block = 0, at = 0; block < blocks; block += 1) {
    for (let i = 0; i < size.scales; i += 1) scales[block * size.scales + i] = bytes[at++]!;
    for (let i = 0; i < size.values; i += 1) values[block * size.values + i] = bytes[at++]!;
  }
  return { values: new Uint32Array(values.buffer), scales: new Uint32Array(scales.buffer) };
}

/** WGSL type of a storage array's element in that format, as the reader below expects it. */
export function storedType(format: WeightFormat): string {
  if (format === 'f32') return 'vec4f';
  return format === 'f16' ? 'vec2u' : 'u32';
}

/** WGSL expression for four weights from element `at` (a multiple of 4) of array `values` with `scales`. */
export function readerSource(format: WeightFormat, values: string, scales: string): string {
  const scale = `unpack2x16float(${scales}[at >> 6u])[(at >> 5u) & 1u]`;
  // The second half of a block is in the high halves of the bytes.
  const nibbles = `let w = ${values}[((at >> 5u) << 2u) + ((at & 15u) >> 2u)] >> ((at & 16u) >> 2u);
  let q = vec4f((vec4u(w) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u));`;
  switch (format) {
    case 'f32':
      return `return ${values}[at >> 2u];`;
    case 'f16':
      return `let w = ${values}[at >> 2u]; return vec4f(unpack2x16float(w.x), unpack2x16float(w.y));`;
    case 'q8_0':
      // unpack4x8snorm would divide by 127, and has no −128.
      return `let q = (vec4i(bitcast<i32>(${values}[at >> 2u])) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
  return vec4f(q) * ${scale};`;
    case 'q4_1':
      return `${nibbles}
  let dm = unpack2x16float(${scales}[at >> 5u]);
  return q * dm.x + dm.y;`;
    case 'q4_0':
      return `${nibbles}
  return (q - 8.0) * ${scale};`;
  }
}

/**
 * WGSL of a kernel that reads weights back: out[i] is four weights of `columns` vectors, in rows that are
 * `stride` weights apart. One thread per vector.
 */
export function widenSource(format: WeightFormat): string {
  const scales = hasScales(format) ? '@group(0) @binding(3) var<storage, read> B_scales: array<u32>;' : '';
  return `struct Params { offset: u32, stride: u32, columns: u32, vectors: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> B: array<${storedType(format)}>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;
${scales}
fn widened(at: u32) -> vec4f { ${readerSource(format, 'B', 'B_scales')} }
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  if (i >= p.vectors) { return; }
  out[i] = widened(p.offset + i / p.columns * p.stride + 4u * (i % p.columns));
}
`;
}
