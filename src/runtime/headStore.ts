/** Fitted heads that the browser stores, so that a run with the same start need not fit them again. */
import { headsFile, type HeadStore } from '../experiment/keptHeads';
import type { AdapterInfo } from '../record/runRecord';
import { deleteIdle, keepFile, readFile, type FileStore } from '../storage/fileStore';

const GROUP = 'fitted heads';
/** The most files that are kept; the oldest go. */
const MOST = 32;

/** Those of an adapter and of this version of the program. @param now milliseconds, by which files are older or newer */
export function keptHeads(store: FileStore, adapter: AdapterInfo, now = Date.now): HeadStore {
  const nameOf = (key: string): string => headsFile(key, adapter);
  return {
    async read(key) {
      const bytes = await readFile(store, nameOf(key));
      return bytes && { bytes, from: 'stored' };
    },
    async write(key, bytes) {
      await forget(store, MOST - 1);
      const problem = await keepFile(store, { key: nameOf(key), group: GROUP, version: String(now()) }, bytes);
      if (problem !== null) console.warn('Fitted heads could not be stored.', problem);
    },
  };
}

/** Deletes all but the newest, and what another tab is writing. */
async function forget(store: FileStore, most: number): Promise<void> {
  const files = (await store.list()).filter(({ group }) => group === GROUP);
  await deleteIdle(store, files.toSorted((a, b) => Number(b.version) - Number(a.version)).slice(most));
}
