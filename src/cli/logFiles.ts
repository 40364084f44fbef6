/** The files that `--log` names on disk. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file, or all files below a folder, by their paths relative to it; hidden ones are left out. */
export async function filesAt(place: string): Promise<{ readonly file: string; readonly name: string }[]> {
  if (!(await stat(place)).isDirectory()) return [{ file: place, name: path.basename(place) }];
  const parent = path.dirname(path.resolve(place));
  const inside = await readdir(place, { recursive: true, withFileTypes: true });
  return inside
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(path.resolve(entry.parentPath), entry.name))
    .filter(
      (file) =>
        !path
          .relative(place, file)
          .split(path.sep)
          .some((part) => part.startsWith('.')),
    )
    .sort()
    .map((file) => ({ file, name: path.relative(parent, file).split(path.sep).join('/') }));
}
