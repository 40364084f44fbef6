/** Tile ratings that the browser keeps: the next visit need not time them again. */
import type { TuningStore } from '../engine/gemmTuning';
import { readFile, StorageBusyError, StorageFullError, writeFile, type FileStore } from '../storage/fileStore';
import { sha256Hex } from '../storage/sha256';

export function keptTuning(store: FileStore): TuningStore {
  return {
    async read(key) {
      const bytes = await readFile(store, key);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    },
    async write(key, ratings) {
      const bytes = new TextEncoder().encode(ratings);
      try {
        await writeFile(store, { key, group: 'tile ratings', version: null }, bytes, sha256Hex(bytes));
      } catch (error) {
        if (!(error instanceof StorageFullError || error instanceof StorageBusyError)) throw error;
        console.warn('Tile ratings could not be kept.', error);
      }
    },
  };
}
