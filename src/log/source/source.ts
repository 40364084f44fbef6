/** Files as a person drops them → sources of plain bytes: gzip and ZIP are unpacked while they are read, with limits. */
import { refuse } from '../issues';
import { limitUnpacked } from './limits';
import { checksummed } from './checksum';
import { listEntries } from './zip';

/** Bytes under one name, to be read from the start as often as wanted. */
export interface Source {
  /** `ratings.csv`, or `ml-1m.zip/ratings.dat` inside an archive; `.gz` is taken off. */
  readonly name: string;
  /** Bytes on disk, packed where the file is. */
  readonly size: number;
  /** The file itself where its bytes lie there unpacked, for formats that jump about in it. */
  readonly plain: Blob | null;
  /** The unpacked bytes. `onBytes` is told how many bytes on disk each piece took. A bad archive fails the stream with `LogError`. */
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

async function zipSources(file: File): Promise<Source[]> {
  const entries = await listEntries(file.name, file);
  return entries.map((entry): Source => {
    const name = `${file.name}/${entry.path}`;
    return {
      name,
      size: entry.packed,
      plain: entry.stored ? entry.data : null,
      open: (onBytes) =>
        (entry.stored ? counted(entry.data, onBytes) : inflated(entry.data, name, 'deflate-raw', onBytes)).pipeThrough(
          checksummed(name, entry.crc),
        ),
    };
  });
}

/**
 * Opens dropped files; an archive gives one source an entry.
 * @throws LogError for empty files, workbooks, tar archives, and ZIP archives that cannot be read.
 */
export async function openSources(files: readonly File[]): Promise<Source[]> {
  const sources: Source[] = [];
  for (const file of files) {
    if (file.size === 0) throw refuse(file.name, 'The file is empty. Choose a file with one line an event.');
    const start = await head(file, 4);
    if (start[0] === 0x1f && start[1] === 0x8b) {
      const name = file.name.replace(/\.gz$/i, '');
      if (/\.(?:tar|tgz)$/i.test(name)) throw refuse(file.name, 'This is a tar archive. Unpack it and open the files in it.');
      sources.push({ name, size: file.size, plain: null, open: (onBytes) => inflated(file, file.name, 'gzip', onBytes) });
    } else if (start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5)) {
      sources.push(...(await zipSources(file)));
    } else sources.push(plainSource(file.name, file));
  }
  return sources;
}
