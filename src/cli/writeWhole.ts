/** Files that a kill at any moment leaves as they were or as they shall be. */
import { open, rename } from 'node:fs/promises';

/** Writes beside the file, through to the disk, and renames. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.new`;
  const handle = await open(beside, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}
