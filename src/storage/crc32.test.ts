import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Crc32 } from './crc32';

it('gives the published test’s checksum, and zlib’s for bytes in pieces of any length', () => {
  expect(new Crc32().update(new TextEncoder().encode('123456789')).value).toBe(0xcbf43926);
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      const crc = new Crc32();
      for (const piece of pieces) crc.update(piece);
      expect(crc.value).toBe(crc32(Uint8Array.from(pieces.flatMap((piece) => [...piece]))));
    }),
  );
});
