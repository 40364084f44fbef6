/**
 * Runs stored in the browser between visits (IndexedDB), or only as long as the page if it stores nothing.
 */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import { runRecordSchema, type RunRecord } from '../../../record/runRecord';
import { turn } from '../../../log/turn';
import { unlessSilent } from '../../../storage/silence';
import { leaveToNewer } from './local';
import { runEntrySchema, type RunEntry } from '../../../readings/runs/runEntry';
import { parseKept } from '../../../recipe/texts';

export interface RunStore {
  /** False if runs are lost when the page is closed. */
  readonly lasting: boolean;
  /**
   * Readable runs, in no particular order, and the number of runs that this version of the page cannot read.
   */
  list(): Promise<{ readonly entries: RunEntry[]; readonly unreadable: number }>;
  /** Null if there is none that this version can read. */
  entry(id: string): Promise<RunEntry | null>;
  /** Null if it no longer exists, or is not readable by this version. */
  record(id: string): Promise<RunRecord | null>;
  /** @throws DOMException (`QuotaExceededError`) when there is no room; what was stored before is kept. */
  put(entry: RunEntry, record: RunRecord): Promise<void>;
  /** Changes the entry of a stored run. */
  update(entry: RunEntry): Promise<void>;
  delete(id: string): Promise<void>;
  /** Small documents beside the runs, such as a grid and its queue. */
  document(key: string): Promise<unknown>;
  putDocument(key: string, value: unknown): Promise<void>;
}

const NAME = 'karma-runs';
const STORES = ['entries', 'records', 'documents'] as const;

/** Keys are separate from the values, which are read as if anything could have been written. */
type Stores = DBSchema & Record<(typeof STORES)[number], { key: string; value: unknown }>;
type Change = (transaction: IDBPTransaction<Stores, typeof STORES, 'readwrite'>) => readonly Promise<unknown>[];

export async function openRunStore(): Promise<RunStore> {
  try {
    // In a frame that may store nothing, accessing it throws.
    if ((globalThis as { indexedDB?: IDBFactory }).indexedDB === undefined) return memoryRuns();
    const opening = openDB<Stores>(NAME, 1, {
      upgrade: (opened) => {
        for (const store of STORES) opened.createObjectStore(store);
      },
      // Another tab has a newer version of the page.
      blocking: (_current, _wanted, { target }) => {
        (target as IDBDatabase).close();
        leaveToNewer();
      },
    });
    return indexedRuns(await unlessSilent(opening));
  } catch (error) {
    // Private windows and privacy settings may forbid it.
    if (!(error instanceof DOMException)) throw error;
    if (error.name === 'VersionError') leaveToNewer();
    console.warn('The browser stores no runs for this page.', error);
    return memoryRuns();
  }
}

function indexedRuns(database: IDBPDatabase<Stores>): RunStore {
  /** Resolves when the data are written. */
  async function write(change: Change): Promise<void> {
    const transaction = database.transaction(STORES, 'readwrite');
    // A request that fails aborts the transaction, whose error says why.
    await Promise.all([transaction.done, Promise.allSettled(change(transaction))]);
  }
  return {
    lasting: true,
    list: async () => readable(await database.getAll('entries')),
    entry: async (id) => parseKept(runEntrySchema, await database.get('entries', id)) ?? null,
    record: async (id) => parseKept(runRecordSchema, await database.get('records', id)) ?? null,
    put: (entry, record) =>
      write((to) => [to.objectStore('entries').put(entry, entry.id), to.objectStore('records').put(record, entry.id)]),
    update: (entry) => write((to) => [to.objectStore('entries').put(entry, entry.id)]),
    delete: (id) => write((to) => [to.objectStore('entries').delete(id), to.objectStore('records').delete(id)]),
    document: (key) => database.get('documents', key),
    putDocument: (key, value) => write((to) => [to.objectStore('documents').put(value, key)]),
  };
}

/** Milliseconds for which entries are checked at a time, so that the page answers meanwhile. */
const SLICE = 12;

async function readable(stored: readonly unknown[]): Promise<{ entries: RunEntry[]; unreadable: number }> {
  const entries: RunEntry[] = [];
  let since = performance.now();
  for (const one of stored) {
    if (performance.now() - since > SLICE) {
      await turn();
      since = performance.now();
    }
    const entry = parseKept(runEntrySchema, one);
    if (entry) entries.push(entry);
  }
  return { entries, unreadable: stored.length - entries.length };
}

/** A store that lasts only as long as the page. */
export function memoryRuns(): RunStore {
  const entries = new Map<string, RunEntry>();
  const records = new Map<string, RunRecord>();
  const documents = new Map<string, unknown>();
  return {
    lasting: false,
    list: () => readable([...entries.values()]),
    entry: (id) => Promise.resolve(entries.get(id) ?? null),
    record: (id) => Promise.resolve(records.get(id) ?? null),
    put: (entry, record) => {
      entries.set(entry.id, entry);
      records.set(entry.id, record);
      return Promise.resolve();
    },
    update: (entry) => {
      entries.set(entry.id, entry);
      return Promise.resolve();
    },
    delete: (id) => {
      entries.delete(id);
      records.delete(id);
      return Promise.resolve();
    },
    document: (key) => Promise.resolve(documents.get(key)),
    putDocument: (key, value) => {
      documents.set(key, value);
      return Promise.resolve();
    },
  };
}
