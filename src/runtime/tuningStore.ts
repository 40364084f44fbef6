/** Tile ratings that the browser stores, so that the next visit need not time them again. */
import type { TuningStore } from '../engine/gemm/gemmTuning';
import { keepFile, readFile, type FileStore } from '../storage/fileStore';

export function keptTuning(store: FileStore): TuningStore {
  return {
    async read(key) {
      const bytes = await readFile(store, key);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    },
    async write(key, ratings) {
      const bytes = new TextEncoder().encode(ratings);
      const problem = await keepFile(store, { key, group: 'tile ratings', version: null }, bytes);
      if (problem !== null) console.warn('Tile ratings could not be stored.', problem);
    },
  };
}
