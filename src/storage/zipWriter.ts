/** ZIP archives of stored (not deflated) files (APPNOTE.TXT 6.3.10, sections 4.3.7–4.3.16), pieces by reference. */
import { Crc32 } from './crc32';

/** A file as pieces, one after the other. */
export interface PiecedFile {
  /** With slashes, relative. */
  readonly path: string;
  readonly pieces: readonly Uint8Array[];
}

/** What 32-bit lengths and offsets hold. */
const MOST_BYTES = 2 ** 32 - 1;
/** Version 2.0 of the format: folders. */
const VERSION = 20;
const UTF8_NAMES = 1 << 11;
/** 1 January 1980, midnight: equal files give equal archives. */
const DATE = 0x21;

/** @throws RangeError when the archive would pass 4 GiB, which this format cannot hold. */
export function zipFiles(files: readonly PiecedFile[]): Blob {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { path, pieces: content } of files) {
    const name = new TextEncoder().encode(path);
    const size = content.reduce((sum, { length }) => sum + length, 0);
    const crc = new Crc32();
    if (size < MOST_BYTES) for (const piece of content) crc.update(piece);
    const shared = [VERSION, UTF8_NAMES, 0, 0, DATE] as const;
    const sizes = [crc.value, size, size] as const;
    const local = [record([0x04034b50], shared, sizes, [name.length, 0]), name];
    directory.push(record([0x02014b50], [VERSION, ...shared], sizes, [name.length, 0, 0, 0, 0], [0, offset]), name);
    pieces.push(...local, ...content);
    offset += lengthOf(local) + size;
    if (offset > MOST_BYTES) throw new RangeError(`${path} does not fit: a ZIP archive holds 4 GiB.`);
  }
  const size = lengthOf(directory);
  if (offset + size > MOST_BYTES) throw new RangeError('The files do not fit: a ZIP archive holds 4 GiB.');
  const end = record([0x06054b50], [0, 0, files.length, files.length], [size, offset], [0]);
  return new Blob([...pieces, ...directory, end] as BlobPart[], { type: 'application/zip' });
}

/** Little-endian fields: groups of 32 bits, 16 bits, 32 bits, 16 bits, 32 bits. */
function record(...groups: readonly (readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(groups.reduce((sum, group, i) => sum + group.length * (i % 2 === 0 ? 4 : 2), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  groups.forEach((group, i) => {
    for (const value of group) {
      if (i % 2 === 0) view.setUint32(at, value, true);
      else view.setUint16(at, value, true);
      at += i % 2 === 0 ? 4 : 2;
    }
  });
  return bytes;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
