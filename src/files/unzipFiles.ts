/** Files from one of our own ZIP archives. */
import { entrySource } from '../log/source/source';
import { listEntries } from '../log/source/zip';
import { LogError } from '../log/types';
import { collected } from './collected';
import { t } from '../words/words';

/** Maximum unpacked bytes of all files; none of our archives has more. */
const MOST_BYTES = 1e9;

/** An error with a message for the user. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** Paths in a dropped archive; none if it is not a ZIP or cannot be listed. */
export async function pathsIn(file: File): Promise<readonly string[]> {
  if (!/\.zip$/i.test(file.name)) return [];
  try {
    return (await listEntries(file.name, file)).map(({ path }) => path);
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
  const tooLarge = (): Error =>
    new ArchiveError(
      t('{name} unpacks to more than {most} GB, more than any archive of this page.', { name, most: MOST_BYTES / 1e9 }),
    );
  try {
    for (const entry of await listEntries(name, archive)) {
      if (!wanted(entry.path)) continue;
      if (files.has(entry.path))
        throw new ArchiveError(t('{name} has {path} twice. Export it again.', { name, path: entry.path }));
      const content = await collected(entrySource(name, entry).open(), { limit: { most: room, error: tooLarge } });
      room -= content.length;
      files.set(entry.path, content);
    }
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (error instanceof LogError) throw new ArchiveError(error.message);
    // Unreadable deflate data throws a TypeError in browsers, and zlib errors in Node.
    if (error instanceof Error)
      throw new ArchiveError(t('{name} is damaged ({reason}). Export it again.', { name, reason: error.message }));
    throw error;
  }
  return files;
}
