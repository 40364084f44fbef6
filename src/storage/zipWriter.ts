/**
 * Writes ZIP archives of files that are stored or already deflated (APPNOTE.TXT 6.3.10, sections 4.3.7–4.3.16
 * and 4.5.3), pieces by reference.
 */
import { Crc32 } from './crc32';

/** A file as pieces, one after the other. */
export interface PiecedFile {
  /** Relative path with slashes. */
  readonly path: string;
  readonly pieces: readonly Uint8Array[];
  /** The same, deflated (RFC 1951); without it the file is stored. */
  readonly deflated?: Uint8Array;
}

/** Placeholder in 16 and 32 bits for a number stored in 64, in the ZIP64 field or record. */
const FULL_16 = 0xffff;
const FULL = 0xffffffff;
/** Versions 2.0 of the format, folders, and 4.5, ZIP64. */
const VERSION = 20;
const VERSION_64 = 45;
const ZIP64_FIELD = 1;
const UTF8_NAMES = 1 << 11;
const STORED = 0;
const DEFLATED = 8;
/** 1 January 1980, midnight: equal files give equal archives. */
const DATE = 0x21;

/** A file whose pieces come one at a time. */
export interface StreamedFile {
  readonly path: string;
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * ZIP64 if an archive needs it, and as plain as possible otherwise.
 * @param limit numbers from here on are stored in 64 bits
 */
export function zipFiles(files: readonly PiecedFile[], limit = FULL): Blob {
  const archive = new Archive(limit);
  for (const file of files) archive.add(packedEntry(file));
  return archive.blob();
}

/**
 * The same of files that come one at a time: each is given to the browser, which may keep it on disk, before
 * the next is asked for.
 */
export async function zipInTurn(files: AsyncIterable<PiecedFile>): Promise<Blob> {
  const archive = new Archive(FULL);
  for await (const file of files) {
    const entry = packedEntry(file);
    archive.add({ ...entry, parts: [new Blob(entry.parts as BlobPart[])] });
  }
  return archive.blob();
}

function packedEntry({ path, pieces, deflated }: PiecedFile): Entry {
  const crc = new Crc32();
  for (const piece of pieces) crc.update(piece);
  const packed = deflated === undefined ? pieces : [deflated];
  const [size, packedSize] = [lengthOf(pieces), lengthOf(packed)];
  return { path, parts: packed, size, packedSize, crc: crc.value, deflated: deflated !== undefined };
}

/**
 * The same of files that are too large to hold: each piece is given to the browser as it comes, which may
 * keep it on disk.
 * @throws as the files do
 */
export async function zipStreamed(files: readonly StreamedFile[]): Promise<Blob> {
  const archive = new Archive(FULL);
  for (const { path, pieces } of files) {
    const crc = new Crc32();
    const parts: Blob[] = [];
    let size = 0;
    for await (const piece of pieces) {
      crc.update(piece);
      size += piece.length;
      parts.push(new Blob([piece as BlobPart]));
    }
    archive.add({ path, parts, size, packedSize: size, crc: crc.value, deflated: false });
  }
  return archive.blob();
}

interface Entry {
  readonly path: string;
  /** As stored. */
  readonly parts: readonly (Uint8Array | Blob)[];
  readonly size: number;
  readonly packedSize: number;
  readonly crc: number;
  readonly deflated: boolean;
}

/** Entries one after the other, then their directory. */
class Archive {
  private readonly parts: (Uint8Array | Blob)[] = [];
  private readonly directory: Uint8Array[] = [];
  private files = 0;
  private offset = 0;

  constructor(private readonly limit: number) {}

  add({ path, parts, size, packedSize, crc, deflated }: Entry): void {
    const { limit, offset } = this;
    const name = new TextEncoder().encode(path);
    // Both sizes, or neither: the local field holds both.
    const large = size >= limit || packedSize >= limit;
    const sizes = large ? [size, packedSize] : [];
    const far = offset >= limit ? [offset] : [];
    const shared = [UTF8_NAMES, deflated ? DEFLATED : STORED, 0, DATE] as const;
    const short = [crc, ...(large ? [FULL, FULL] : [packedSize, size])];
    const [here, listed] = [zip64Field(sizes), zip64Field([...sizes, ...far])];
    const [needs, needsListed] = [here, listed].map(({ length }) => (length > 0 ? VERSION_64 : VERSION)) as [number, number];
    const local = [record([0x04034b50], [needs, ...shared], short, [name.length, here.length]), name, here];
    this.directory.push(
      record(
        [0x02014b50],
        [needsListed, needsListed, ...shared],
        short,
        [name.length, listed.length, 0, 0, 0],
        [0, far.length > 0 ? FULL : offset],
      ),
      name,
      listed,
    );
    this.parts.push(...local, ...parts);
    this.files += 1;
    this.offset += lengthOf(local) + packedSize;
  }

  blob(): Blob {
    const { parts, directory, files, offset, limit } = this;
    return new Blob([...parts, ...directory, ...ending(files, lengthOf(directory), offset, limit)] as BlobPart[], {
      type: 'application/zip',
    });
  }
}

/**
 * What follows the directory: in ZIP64 a record in 64 bits and its position, then the record that every
 * archive has.
 */
function ending(count: number, size: number, offset: number, limit: number): Uint8Array[] {
  const plain = count < Math.min(limit, FULL_16) && size < limit && offset < limit;
  const [files, bytes, at] = plain ? [count, size, offset] : [FULL_16, FULL, FULL];
  const end = record([0x06054b50], [0, 0, files, files], [bytes, at], [0]);
  if (plain) return [end];
  // 44 bytes of the record follow its length.
  const numbers = words([count, count, size, offset]);
  const long = record([0x06064b50, ...words([44])], [VERSION_64, VERSION_64], [0, 0, ...numbers]);
  return [long, record([0x07064b50, 0, ...words([offset + size]), 1]), end];
}

/** The extra field of an entry with numbers in 64 bits; nothing if there are none. */
function zip64Field(numbers: readonly number[]): Uint8Array {
  return numbers.length === 0 ? new Uint8Array() : record([], [ZIP64_FIELD, 8 * numbers.length], words(numbers));
}

/** Numbers below 2⁵³ as low and high 32 bits. */
function words(numbers: readonly number[]): number[] {
  return numbers.flatMap((value) => [value % 2 ** 32, Math.floor(value / 2 ** 32)]);
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
