/** Atomic writes: a kill at any moment leaves the old file or the new one. */
import { open, rename } from 'node:fs/promises';

/** Writes to a temporary file beside it, flushes to disk, and renames. */
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
