/**
 * 16-bit floating-point formats widened to float32, which is exact, and float32 rounded to binary16. Bytes
 * are little-endian.
 */

/** bfloat16: the upper half of a float32. `bytes` has two per number. */
export function bfloat16ToFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const count = bytes.length / 2;
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) bits[i] = (bytes[2 * i]! | (bytes[2 * i + 1]! << 8)) << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. `bytes` has two per number. */
export function float16ToFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const count = bytes.length / 2;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) values[i] = float16Value(bytes[2 * i]! | (bytes[2 * i + 1]! << 8));
  return values;
}

/** The number that 16 bits encode. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Numbers as safetensors' F16, each rounded to the nearest. */
export const HALF = {
  dtype: 'F16',
  encode: (values: Float32Array): Uint16Array => Uint16Array.from(values, float16Bits),
} as const;

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/**
 * The nearest binary16, ties to even. @throws RangeError when a number is not finite or beyond ±65,504.
 */
export function float16Bits(value: number): number {
  if (!(Math.abs(value) < 65_520)) throw new RangeError(`${value} cannot be stored as a 16-bit float`);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // Below 2⁻¹⁴ numbers are multiples of 2⁻²⁴; rounding may carry into the exponent, which gives the right
  // number.
  if (magnitude < 2 ** -14) return sign | roundHalfEven(magnitude * 2 ** 24);
  float[0] = magnitude;
  return sign | roundHalfEven((word[0]! - ((127 - 15) << 23)) / 2 ** 13);
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
