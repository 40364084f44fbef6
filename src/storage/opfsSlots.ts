/** Two slots in the origin private file system, written with sync access handles, which only workers have. */
import { StorageFullError } from './fileStore';
import { unlessSilent } from './silence';
import type { SlotFiles } from './twoSlots';

/** Null if the browser has no file system for this page, or forbids it. */
export async function opfsSlots(folder: string, name: string): Promise<SlotFiles | null> {
  const storage = (globalThis.navigator as { storage?: StorageManager } | undefined)?.storage;
  if (typeof storage?.getDirectory !== 'function') return null;
  try {
    const root = await unlessSilent(storage.getDirectory());
    const directory = await unlessSilent(root.getDirectoryHandle(folder, { create: true }));
    return slotsIn(directory, name);
  } catch (error) {
    console.warn(`The browser gives this page no file system for "${folder}".`, error);
    return null;
  }
}

function slotsIn(directory: FileSystemDirectoryHandle, name: string): SlotFiles {
  const fileOf = (slot: 0 | 1): string => `${name}-${slot}`;
  return {
    read: async (slot) => {
      try {
        const file = await (await directory.getFileHandle(fileOf(slot))).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        if (error instanceof DOMException && error.name === 'NotFoundError') return null;
        throw error;
      }
    },
    write: async (slot, bytes) => {
      const handle = await (await directory.getFileHandle(fileOf(slot), { create: true })).createSyncAccessHandle();
      try {
        handle.truncate(0);
        if (handle.write(bytes, { at: 0 }) < bytes.length) throw new StorageFullError();
        handle.flush();
      } catch (cause) {
        if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw new StorageFullError({ cause });
        throw cause;
      } finally {
        handle.close();
      }
    },
    remove: async (slot) => {
      try {
        await directory.removeEntry(fileOf(slot));
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
      }
    },
  };
}
