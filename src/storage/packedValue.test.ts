import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packValue, unpackValue } from './packedValue';

it('restores values that contain typed arrays, number for number', () => {
  const numbers = fc.oneof(
    fc.uint8Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.float32Array({ noNaN: true }),
    fc.float64Array({ noNaN: true }),
  );
  const map = fc.array(fc.tuple(fc.integer(), fc.string({ unit: 'binary' }))).map((entries) => new Map(entries));
  const value = fc.dictionary(
    fc.string(),
    fc.oneof(numbers, fc.array(numbers), fc.string(), fc.integer(), fc.constant(null), map),
  );
  fc.assert(
    fc.property(value, (one) => {
      const plain = { ...one };
      expect(unpackValue(packValue(plain))).toEqual(plain);
    }),
  );
});

it('refuses bytes that are not a packed value', () => {
  const bytes = packValue({ a: Int32Array.of(1, 2, 3) });
  for (const broken of [bytes.slice(0, 3), bytes.slice(0, 20), bytes.slice(0, bytes.length - 8)])
    expect(() => unpackValue(broken)).toThrow();
});
