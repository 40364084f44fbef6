/** The checksum of the unpacked bytes in ZIP: deflate itself has none. */
import { t } from '../../words/words';
import { Crc32 } from '../../storage/crc32';
import { refuse } from '../issues';

/** Passes bytes on, and fails at the end if they differ from the packed ones. */
export function checksummed(file: string, expected: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const crc = new Crc32();
  return new TransformStream({
    transform(chunk, controller) {
      crc.update(chunk);
      controller.enqueue(chunk);
    },
    flush() {
      if (crc.value === expected) return;
      throw refuse(file, t('The archive is damaged or cut off: the checksum is wrong. Download it again, or unpack it first.'));
    },
  });
}
