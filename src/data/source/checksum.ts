/** CRC-32 (ISO 3309), as ZIP keeps it of the unpacked bytes: deflate itself has no check. */
import { LogError } from '../types';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** Passes bytes on and fails at the end when they are not those that were packed. */
export function checksummed(file: string, expected: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let crc = 0xffffffff;
  return new TransformStream({
    transform(chunk, controller) {
      for (const byte of chunk) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
      controller.enqueue(chunk);
    },
    flush() {
      if ((crc ^ 0xffffffff) >>> 0 === expected) return;
      const message = 'The archive is damaged or cut off: the checksum is wrong. Download it again, or unpack it first.';
      throw new LogError(`${file}: ${message}`, [{ file, line: 0, message }]);
    },
  });
}
