/**
 * The directory of a ZIP archive (APPNOTE.TXT 6.3.10, sections 4.3.7–4.3.16), ZIP64 included, read from its
 * end.
 */
import { t } from '../../words/words';
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
const END64_SIGNATURE = 0x06064b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_FIELD = 1;
/** A 32-bit number whose value is elsewhere in 64 bits. */
const FULL = 0xffffffff;
const MOST_ENTRIES = 1000;
/** Characters of a path; systems have at most four thousand bytes. */
const MOST_PATH = 1500;

async function view(blob: Blob, start: number, end: number): Promise<DataView> {
  return new DataView(await blob.slice(start, end).arrayBuffer());
}

/** A 64-bit number; past 2⁵³, where it would be rounded, it is outside every file anyway. */
function uint64(from: DataView, at: number): number {
  return Number(from.getBigUint64(at, true));
}

interface Directory {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Where the directory is: in the end record in 32 bits or, if one of its numbers is saturated, in ZIP64's in
 * 64.
 */
async function findDirectory(file: string, blob: Blob): Promise<Directory> {
  const from = Math.max(0, blob.size - 65_557);
  const tail = await view(blob, from, blob.size);
  const end = findEnd(tail);
  if (end < 0) throw refuse(file, t('The ZIP archive is cut off: its directory is missing. Download it again.'));
  const short = {
    count: tail.getUint16(end + 10, true),
    size: tail.getUint32(end + 12, true),
    offset: tail.getUint32(end + 16, true),
  };
  if (short.count !== 0xffff && short.size !== FULL && short.offset !== FULL) return short;
  const locator = await view(blob, Math.max(0, from + end - 20), from + end);
  // Numbers may be saturated by chance.
  if (locator.byteLength < 20 || locator.getUint32(0, true) !== LOCATOR_SIGNATURE) return short;
  const at = uint64(locator, 8);
  const long = await view(blob, at, at + 56);
  if (long.byteLength < 56 || long.getUint32(0, true) !== END64_SIGNATURE)
    throw refuse(file, t('The ZIP archive is damaged: its ZIP64 record is not where it should be. Download it again.'));
  return { count: uint64(long, 32), size: uint64(long, 40), offset: uint64(long, 48) };
}

/**
 * Packed bytes of an entry and where its local header is; saturated numbers are in the ZIP64 field in 64 bits
 * (4.5.3).
 */
function placeOf(directory: DataView, entry: number, extra: number): { readonly packed: number; readonly header: number } {
  const short = [24, 20, 42].map((at) => directory.getUint32(entry + at, true));
  const end = Math.min(directory.byteLength, extra + directory.getUint16(entry + 30, true));
  let [at, stop] = [extra, extra];
  while (at + 4 <= end) {
    stop = Math.min(end, at + 4 + directory.getUint16(at + 2, true));
    if (directory.getUint16(at, true) === ZIP64_FIELD) break;
    at = stop;
  }
  at += 4;
  // It holds only the saturated ones, in this order.
  const [, packed, header] = short.map((value) => {
    if (value !== FULL || at + 8 > stop) return value;
    at += 8;
    return uint64(directory, at - 8);
  });
  return { packed: packed!, header: header! };
}

/** Position of the end-of-directory record in the last bytes, or -1. */
function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at--) if (tail.getUint32(at, true) === END_SIGNATURE) return at;
  return -1;
}

/** Where an entry is, as the directory says. */
interface Listed extends Omit<ZipEntry, 'data'> {
  /** Of its local header. */
  readonly header: number;
}

/**
 * @throws LogError when the archive is cut off, encrypted, compressed other than by deflate, or a workbook.
 */
export async function listEntries(file: string, blob: Blob, most = MOST_ENTRIES): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for (const { header, ...entry } of await listPaths(file, blob, most)) {
    const start = await dataStart(file, blob, header);
    if (start + entry.packed > blob.size)
      throw refuse(file, t('{path} lies outside the archive, which must be damaged. Download it again.', { path: entry.path }));
    entries.push({ ...entry, data: blob.slice(start, start + entry.packed) });
  }
  return entries;
}

/** The same, from the directory alone. */
export async function listPaths(file: string, blob: Blob, most = MOST_ENTRIES): Promise<Listed[]> {
  const { count, size, offset } = await findDirectory(file, blob);
  if (count > most)
    throw refuse(
      file,
      t('The archive has {count} files; at most {most} are read. Unpack it and open what you need.', {
        count,
        most,
      }),
    );
  if (offset + size > blob.size)
    throw refuse(file, t('The ZIP archive is damaged: its directory lies outside. Download it again.'));
  const directory = await view(blob, offset, offset + size);
  const entries: Listed[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw refuse(file, t('The ZIP archive is damaged: its directory cannot be read. Download it again.'));
    }
    const pathLength = directory.getUint16(at + 28, true);
    const path = new TextDecoder().decode(new Uint8Array(directory.buffer, at + 46, Math.min(pathLength, size - at - 46)));
    if (path.length > MOST_PATH)
      throw refuse(
        file,
        t('A path in the archive has {length} characters; at most {most} are read. Pack the file again under a shorter name.', {
          length: path.length,
          most: MOST_PATH,
        }),
      );
    const entry = { path, flags: directory.getUint16(at + 8, true), method: directory.getUint16(at + 10, true) };
    if (/^(?:xl|word)\//.test(path))
      throw refuse(file, t('This is an Office file. Save the sheet as "CSV UTF-8" and open the result.'));
    if (path === 'content.xml')
      throw refuse(file, t('This is an OpenDocument file. Save the sheet as "CSV UTF-8" and open the result.'));
    if (/(?:^|\/)data\.pkl$/.test(path))
      throw refuse(
        file,
        t(
          'This is a PyTorch file, a pickle that may run code when opened. Save the table as CSV, Parquet or .npy and open that.',
        ),
      );
    // Folders, and the resource forks that macOS adds, hold no data.
    if (!path.endsWith('/') && !path.startsWith('__MACOSX/') && !/(?:^|\/)\.[^/]*$/.test(path)) {
      if ((entry.flags & 1) !== 0)
        throw refuse(file, t('{path} is encrypted. Unpack the archive and open the files in it.', { path }));
      if (entry.method !== 0 && entry.method !== 8) {
        throw refuse(
          file,
          t('{path} is packed with method {method}; only deflate is read. Unpack the archive and open the files.', {
            path,
            method: entry.method,
          }),
        );
      }
      const { packed, header } = placeOf(directory, at, at + 46 + pathLength);
      entries.push({ path, packed, crc: directory.getUint32(at + 16, true), stored: entry.method === 0, header });
    }
    at += 46 + pathLength + directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
  }
  if (entries.length === 0) throw refuse(file, t('The ZIP archive holds no files.'));
  return entries;
}

/** After the local header, whose name and extra field may be longer than in the directory. */
async function dataStart(file: string, blob: Blob, header: number): Promise<number> {
  const local = await view(blob, header, header + 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw refuse(file, t('The ZIP archive is damaged: an entry is not where its directory says. Download it again.'));
  }
  return header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
}
