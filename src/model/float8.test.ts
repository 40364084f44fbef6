/** E4M3 as in PyTorch: single values by hand, and a round trip of every number. */
import { expect, it } from 'vitest';
import { float8Bits, float8ToFloat32, float8Value } from './float8';

it('has the values of the format', () => {
  expect([0x00, 0x01, 0x07, 0x08, 0x38, 0x39, 0x7e, 0xc4].map(float8Value)).toEqual([
    0,
    2 ** -9,
    7 * 2 ** -9,
    2 ** -6,
    1,
    1.125,
    448,
    -3,
  ]);
  expect(float8Value(0x7f)).toBeNaN();
  expect([...float8ToFloat32(Uint8Array.of(0x38, 0xb8))]).toEqual([1, -1]);
});

it('returns every number’s own bits, and rounds others to the nearest, ties to even', () => {
  for (let bits = 0; bits < 256; bits++) {
    if ((bits & 0x7f) !== 0x7f) expect(float8Bits(float8Value(bits))).toBe(bits);
  }
  expect([1.0624, 1.0625, 1.0626, 1.1875].map((value) => float8Value(float8Bits(value)))).toEqual([1, 1, 1.125, 1.25]);
});

it('holds the first 16 multiples of a power of two exactly, of either sign', () => {
  for (const exponent of [-9, -5, -3]) {
    for (let k = -15; k <= 15; k++) expect(float8Value(float8Bits(k * 2 ** exponent))).toBe(k * 2 ** exponent);
  }
});

it('refuses what has no encoding', () => {
  for (const value of [NaN, Infinity, 449]) expect(() => float8Bits(value)).toThrow(RangeError);
});
