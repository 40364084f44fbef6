import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64';

it('equals Node’s base64, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
});

it('handles more bytes than a call can have arguments', () => {
  const bytes = Uint8Array.from({ length: 1_000_001 }, (_, at) => (at * 7) % 256);
  expect(Buffer.from(toBase64(bytes), 'base64').equals(bytes)).toBe(true);
});

it('refuses what is not base64', () => {
  expect(() => fromBase64('a?b=')).toThrow(DOMException);
});
