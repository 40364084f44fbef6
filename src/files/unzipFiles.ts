/** Files from one of our own ZIP archives. */
import { entrySource } from '../log/source/source';
import { listEntries, listPaths, type ZipEntry } from '../log/source/zip';
import { LogError } from '../log/types';
import { collected } from './collected';
import { t } from '../words/words';

/** Maximum unpacked bytes of files that are held at the same time; none of our archives has more. */
const MOST_BYTES = 1e9;
/** Maximum files of an archive of ours; one of logs may have fewer. */
const MOST_FILES = 20_000;

/** An error with a message for the user. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** Paths in a dropped archive; none if it is not a ZIP or cannot be listed. */
export async function pathsIn(file: File): Promise<readonly string[]> {
  if (!/\.zip$/i.test(file.name)) return [];
  try {
    return (await listPaths(file.name, file, MOST_FILES)).map(({ path }) => path);
  } catch (error) {
    if (error instanceof LogError) return [];
    throw error;
  }
}

/**
 * @param wanted which paths to unpack
 * @throws ArchiveError if the archive is damaged, has a path twice, or unpacks to more than any of our own
 */
export async function unzipFiles(
  name: string,
  archive: Blob,
  wanted: (path: string) => boolean = () => true,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let room = MOST_BYTES;
  for (const [path, entry] of await entriesIn(name, archive)) {
    if (!wanted(path)) continue;
    const content = await unzipEntry(name, entry, room);
    room -= content.length;
    files.set(path, content);
  }
  return files;
}

/** What an archive holds, by path. @throws ArchiveError if it is damaged or has a path twice */
export async function entriesIn(name: string, archive: Blob): Promise<ReadonlyMap<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of await explained(name, () => listEntries(name, archive, MOST_FILES))) {
    if (entries.has(entry.path))
      throw new ArchiveError(t('{name} has {path} twice. Export it again.', { name, path: entry.path }));
    entries.set(entry.path, entry);
  }
  return entries;
}

/** One file. @param most bytes @throws ArchiveError if it is damaged, or larger */
export function unzipEntry(name: string, entry: ZipEntry, most = MOST_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const error = (): Error =>
    new ArchiveError(
      t('{name} unpacks to more than {most} GB, more than any archive of this page.', { name, most: MOST_BYTES / 1e9 }),
    );
  return explained(`${name}/${entry.path}`, () => collected(entrySource(name, entry).open(), { limit: { most, error } }));
}

/** @throws ArchiveError in place of what reading throws */
async function explained<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (error instanceof LogError) throw new ArchiveError(error.message);
    // Unreadable deflate data throws a TypeError in browsers, and zlib errors in Node.
    if (error instanceof Error)
      throw new ArchiveError(t('{name} is damaged ({reason}). Export it again.', { name, reason: error.message }));
    throw error;
  }
}
