/** Two checkpoint slots as two files, flushed to disk. */
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { SlotFiles } from '../storage/twoSlots';
import { readFileBytes } from './diskSource';

/** @param place prefix of both names, as in `run.json.checkpoint` */
export function diskSlots(place: string): SlotFiles {
  const fileOf = (slot: 0 | 1): string => `${place}-${slot}`;
  return {
    read: async (slot) => {
      try {
        return await readFileBytes(fileOf(slot));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    write: async (slot, bytes) => {
      await mkdir(path.dirname(place), { recursive: true });
      const file = await open(fileOf(slot), 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    },
    remove: (slot) => rm(fileOf(slot), { force: true }),
  };
}
