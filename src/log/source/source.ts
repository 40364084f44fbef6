/** Dropped files → sources of plain bytes: gzip and ZIP are unpacked while they are read, with limits. */
import { t } from '../../words/words';
import { refuse } from '../issues';
import { limitUnpacked } from './limits';
import { checksummed } from './checksum';
import { listEntries, type ZipEntry } from './zip';

/** Bytes under one name, which can be read from the start repeatedly. */
export interface Source {
  /** `ratings.csv`, or `ml-1m.zip/ratings.dat` inside an archive; `.gz` is removed. */
  readonly name: string;
  /** Bytes on disk, compressed if the file is. */
  readonly size: number;
  /** The file itself if its bytes are uncompressed, for formats that need random access. */
  readonly plain: Blob | null;
  /**
   * The unpacked bytes. `onBytes` gets the number of bytes on disk for each piece. A bad archive fails the
   * stream with `LogError`.
   */
  open(onBytes?: (bytes: number) => void): ReadableStream<Uint8Array<ArrayBuffer>>;
}

async function head(blob: Blob, bytes: number): Promise<Uint8Array> {
  return new Uint8Array(await blob.slice(0, bytes).arrayBuffer());
}

function counted(blob: Blob, onBytes: ((bytes: number) => void) | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (onBytes === undefined) return blob.stream();
  return blob.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onBytes(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }),
  );
}

function inflated(
  blob: Blob,
  name: string,
  format: 'gzip' | 'deflate-raw',
  onBytes: ((bytes: number) => void) | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let packed = 0;
  const tally = (bytes: number): void => {
    packed += bytes;
    onBytes?.(bytes);
  };
  return counted(blob, tally)
    .pipeThrough(new DecompressionStream(format))
    .pipeThrough(limitUnpacked(name, () => packed));
}

function plainSource(name: string, blob: Blob): Source {
  return { name, size: blob.size, plain: blob, open: (onBytes) => counted(blob, onBytes) };
}

/** Maximum depth to which archives inside an archive are opened. */
const MOST_DEPTH = 2;
/** Maximum unpacked bytes of an archive inside an archive, which is held in memory. */
const MOST_INNER = 500e6;

/** A file of the archive `name`, unpacked while it is read. */
export function entrySource(name: string, { path, packed, stored, data, crc }: ZipEntry): Source {
  const full = `${name}/${path}`;
  return {
    name: full,
    size: packed,
    plain: stored ? data : null,
    open: (onBytes) =>
      (stored ? counted(data, onBytes) : inflated(data, full, 'deflate-raw', onBytes)).pipeThrough(checksummed(full, crc)),
  };
}

async function zipSources(file: File, name: string, depth: number): Promise<Source[]> {
  const sources: Source[] = [];
  for (const entry of await listEntries(name, file)) {
    const source = entrySource(name, entry);
    const packed = /\.(?:gz|zip)$/i.test(entry.path);
    sources.push(...(packed ? await innerSources(source, depth + 1) : [source]));
  }
  return sources;
}

/**
 * A compressed file inside an archive, unpacked to its own content.
 * @throws LogError if it is too large or too deep
 */
async function innerSources(source: Source, depth: number): Promise<Source[]> {
  if (depth > MOST_DEPTH) throw refuse(source.name, t('It is nested too deeply in archives. Unpack them and open the files.'));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = source.open().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > MOST_INNER) {
      await reader.cancel();
      throw refuse(
        source.name,
        t('This archive inside an archive has more than {n} MB. Unpack the outer one first.', { n: MOST_INNER / 1e6 }),
      );
    }
    parts.push(value);
  }
  return packedSources(new File(parts, source.name), source.name, depth);
}

/** The sources of one file, compressed or not. */
async function packedSources(file: File, name: string, depth: number): Promise<Source[]> {
  const start = await head(file, 4);
  if (start[0] === 0x1f && start[1] === 0x8b) {
    const inner = name.replace(/\.gz$/i, '');
    if (/\.(?:tar|tgz)$/i.test(inner)) throw refuse(name, t('This is a tar archive. Unpack it and open the files in it.'));
    return [{ name: inner, size: file.size, plain: null, open: (onBytes) => inflated(file, name, 'gzip', onBytes) }];
  }
  if (start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5)) return zipSources(file, name, depth);
  return [plainSource(name, file)];
}

/**
 * Opens dropped files; an archive gives one source per entry.
 * @throws LogError for empty files, workbooks, tar archives, and ZIP archives that cannot be read.
 */
export async function openSources(files: readonly File[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const file of files) {
    if (file.size === 0) throw refuse(file.name, t('The file is empty. Choose a file with one line per event.'));
    sources.push(...(await packedSources(file, file.name, 0)));
  }
  return sources;
}
