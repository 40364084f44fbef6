/** The directory of a ZIP archive (APPNOTE.TXT 6.3.10, sections 4.3.7–4.3.16), read from its end. */
import { refuse } from '../issues';

export interface ZipEntry {
  readonly path: string;
  readonly packed: number;
  readonly crc: number;
  /** Stored without compression; else deflated. */
  readonly stored: boolean;
  /** The entry's packed bytes. */
  readonly data: Blob;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const MOST_ENTRIES = 1000;

async function view(blob: Blob, start: number, end: number): Promise<DataView> {
  return new DataView(await blob.slice(start, end).arrayBuffer());
}

/** Position of the end-of-directory record in the last bytes, or -1. */
function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at--) if (tail.getUint32(at, true) === END_SIGNATURE) return at;
  return -1;
}

/** @throws LogError when the archive is cut off, encrypted, packed in another way than deflate, or a workbook. */
export async function listEntries(file: string, blob: Blob): Promise<ZipEntry[]> {
  const tail = await view(blob, Math.max(0, blob.size - 65_557), blob.size);
  const end = findEnd(tail);
  if (end < 0) throw refuse(file, 'The ZIP archive is cut off: its directory is missing. Download it again.');
  const count = tail.getUint16(end + 10, true);
  const size = tail.getUint32(end + 12, true);
  const offset = tail.getUint32(end + 16, true);
  if (count === 0xffff || offset === 0xffffffff)
    throw refuse(file, 'This is a ZIP64 archive. Unpack it and open the files in it.');
  if (count > MOST_ENTRIES)
    throw refuse(file, `The archive has ${count} files; at most ${MOST_ENTRIES} are read. Unpack it and open what you need.`);
  if (offset + size > blob.size) throw refuse(file, 'The ZIP archive is damaged: its directory lies outside. Download it again.');
  const directory = await view(blob, offset, offset + size);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw refuse(file, 'The ZIP archive is damaged: its directory cannot be read. Download it again.');
    }
    const pathLength = directory.getUint16(at + 28, true);
    const path = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, Math.min(pathLength, size - at - 46)));
    const entry = { path, flags: directory.getUint16(at + 8, true), method: directory.getUint16(at + 10, true) };
    if (/^(?:xl|word)\//.test(path))
      throw refuse(file, 'This is an Office file. Save the sheet as "CSV UTF-8" and open the result.');
    if (path === 'content.xml')
      throw refuse(file, 'This is an OpenDocument file. Save the sheet as "CSV UTF-8" and open the result.');
    if (/(?:^|\/)data\.pkl$/.test(path))
      throw refuse(
        file,
        'This is a PyTorch file, a pickle that may run code when opened. Save the table as CSV, Parquet or .npy and open that.',
      );
    // Folders, and the resource forks that macOS adds, hold no data.
    if (!path.endsWith('/') && !path.startsWith('__MACOSX/') && !/(?:^|\/)\.[^/]*$/.test(path)) {
      if ((entry.flags & 1) !== 0) throw refuse(file, `${path} is encrypted. Unpack the archive and open the files in it.`);
      if (entry.method !== 0 && entry.method !== 8) {
        throw refuse(
          file,
          `${path} is packed with method ${entry.method}; only deflate is read. Unpack the archive and open the files.`,
        );
      }
      const packed = directory.getUint32(at + 20, true);
      const start = await dataStart(file, blob, directory.getUint32(at + 42, true));
      if (start + packed > blob.size)
        throw refuse(file, `${path} lies outside the archive, which must be damaged. Download it again.`);
      entries.push({
        path,
        packed,
        crc: directory.getUint32(at + 16, true),
        stored: entry.method === 0,
        data: blob.slice(start, start + packed),
      });
    }
    at += 46 + pathLength + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  if (entries.length === 0) throw refuse(file, 'The ZIP archive holds no files.');
  return entries;
}

/** Behind the local header, whose name and extra field may be longer than in the directory. */
async function dataStart(file: string, blob: Blob, header: number): Promise<number> {
  const local = await view(blob, header, header + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw refuse(file, 'The ZIP archive is damaged: an entry is not where its directory says. Download it again.');
  }
  return header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
}
