/** Two slots in the origin private file system, written with sync access handles, which only workers have. */
import { OpfsDirectory, appendBytes } from './opfsDirectory';
import { unlessSilent } from './silence';
import type { SlotFiles } from './twoSlots';

/** Null if the browser has no file system for this page, or forbids it. */
export async function opfsSlots(folder: string, name: string): Promise<SlotFiles | null> {
  const directory = await OpfsDirectory.open(folder);
  if (directory === null) return null;
  const fileOf = (slot: 0 | 1): string => `${name}-${slot}`;
  return {
    read: async (slot) => {
      const file = await directory.file(fileOf(slot));
      return file && new Uint8Array(await unlessSilent(file.arrayBuffer()));
    },
    write: async (slot, bytes) => {
      const handle = await directory.access(fileOf(slot));
      try {
        handle.truncate(0);
        appendBytes(handle, bytes, 0);
        handle.flush();
      } finally {
        handle.close();
      }
    },
    remove: (slot) => directory.remove(fileOf(slot)),
  };
}
