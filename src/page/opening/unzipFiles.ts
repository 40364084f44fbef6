/** Files out of a ZIP archive of ours. */
import { unzip, type Unzipped } from 'fflate';
import { listEntries } from '../../log/source/zip';
import { LogError } from '../../log/types';

/** More than this is none of our files. */
const LARGEST_FILE = 1e9;

/** Thrown with words for a person. */
export class ArchiveError extends Error {}

/** Paths in a dropped archive; none where it is not a ZIP, or one that cannot be listed. */
export async function pathsIn(file: File): Promise<readonly string[]> {
  if (!/\.zip$/i.test(file.name)) return [];
  try {
    return (await listEntries(file.name, file)).map(({ path }) => path);
  } catch (error) {
    if (error instanceof LogError) return [];
    throw error;
  }
}

/** @param wanted which paths are unpacked. @throws ArchiveError */
export function unzipFiles(name: string, bytes: Uint8Array, wanted: (path: string) => boolean = () => true): Promise<Unzipped> {
  return new Promise((resolve, reject) => {
    const filter = ({ name: path, originalSize }: { name: string; originalSize: number }): boolean =>
      originalSize < LARGEST_FILE && wanted(path);
    unzip(bytes, { filter }, (error, files) => {
      if (error) reject(new ArchiveError(`${name} is damaged (${error.message}).`));
      else resolve(files);
    });
  });
}
