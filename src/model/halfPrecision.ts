/** 16-bit floating-point formats widened to float32; every value is exact. Bytes are little-endian. */

/** bfloat16: the upper half of a float32. `bytes` has two a number. */
export function bfloat16ToFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const count = bytes.length / 2;
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) bits[i] = (bytes[2 * i]! | (bytes[2 * i + 1]! << 8)) << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. `bytes` has two a number. */
export function float16ToFloat32(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const count = bytes.length / 2;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) values[i] = float16(bytes[2 * i]! | (bytes[2 * i + 1]! << 8));
  return values;
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
