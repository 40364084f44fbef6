/**
 * The 8-bit floating-point format E4M3 of safetensors and PyTorch (`float8_e4m3fn`): 1 sign, 4 exponent (bias
 * 7), 3 fraction bits; no infinities. Micikevicius et al., FP8 Formats for Deep Learning (arXiv 2209.05433).
 */

/** The number that 8 bits encode. */
export function float8Value(bits: number): number {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 0x7;
  if (exponent === 15 && fraction === 7) return NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

const VALUES = Float32Array.from({ length: 256 }, (_, bits) => float8Value(bits));
/** The largest number, and the bits of all non-negative ones. */
export const LARGEST_FLOAT8 = 448;
const NOT_NEGATIVE = 127;

/** Widened exactly. `bytes` has one per number. */
export function float8ToFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(bytes, (bits) => VALUES[bits]!);
}

/**
 * The bits of the nearest E4M3 number, ties to even.
 * @throws RangeError when it is not finite or beyond ±448
 */
export function float8Bits(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude <= LARGEST_FLOAT8)) throw new RangeError(`${value} cannot be stored as an 8-bit float`);
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0;
  let [low, high] = [0, NOT_NEGATIVE - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (VALUES[middle]! <= magnitude) low = middle;
    else high = middle;
  }
  const [below, above] = [magnitude - VALUES[low]!, VALUES[high]! - magnitude];
  return sign | (below < above || (below === above && low % 2 === 0) ? low : high);
}
