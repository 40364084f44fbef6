/** Fitted heads that the browser stores, so that a run with the same start need not fit them again. */
import type { HeadStore } from '../experiment/keptHeads';
import { keepFile, readFile, StorageBusyError, type FileStore } from '../storage/fileStore';

const GROUP = 'fitted heads';
/** The most files that are kept; the oldest go. */
const MOST = 32;

/** @param now milliseconds, by which files are older or newer */
export function keptHeads(store: FileStore, now = Date.now): HeadStore {
  return {
    read: (key) => readFile(store, nameOf(key)),
    async write(key, bytes) {
      await forget(store, MOST - 1);
      const problem = await keepFile(store, { key: nameOf(key), group: GROUP, version: String(now()) }, bytes);
      if (problem !== null) console.warn('Fitted heads could not be stored.', problem);
    },
  };
}

function nameOf(key: string): string {
  return `heads-${key}.safetensors`;
}

/** Deletes all but the newest, and what another tab is writing. */
async function forget(store: FileStore, most: number): Promise<void> {
  const files = (await store.list()).filter(({ group }) => group === GROUP);
  const oldest = files.toSorted((a, b) => Number(b.version) - Number(a.version)).slice(most);
  for (const { key } of oldest) {
    await store.delete(key).catch((error: unknown) => {
      if (!(error instanceof StorageBusyError)) throw error;
    });
  }
}
