/** Runs that stay in the browser between visits (IndexedDB), or as long as the page where it keeps nothing. */
import { runRecordSchema, type RunRecord } from '../../record/runRecord';
import { runEntrySchema, type RunEntry } from './runEntry';

export interface RunStore {
  /** False where runs are gone when the page is closed. */
  readonly lasting: boolean;
  /** What can be read, in no order, and how many runs this version of the page cannot read. */
  list(): Promise<{ readonly entries: RunEntry[]; readonly unreadable: number }>;
  /** Null where it is gone, or not readable by this version. */
  record(id: string): Promise<RunRecord | null>;
  /** @throws DOMException (`QuotaExceededError`) when there is no room; what was kept before stays. */
  put(entry: RunEntry, record: RunRecord): Promise<void>;
  /** Changes what is known of a run that is kept. */
  update(entry: RunEntry): Promise<void>;
  delete(id: string): Promise<void>;
  /** Small documents beside the runs, such as a grid and its queue. */
  document(key: string): Promise<unknown>;
  putDocument(key: string, value: unknown): Promise<void>;
}

const NAME = 'karma-runs';
const STORES = ['entries', 'records', 'documents'] as const;

export async function openRunStore(): Promise<RunStore> {
  const factory = (globalThis as { indexedDB?: IDBFactory }).indexedDB;
  if (factory === undefined) return memoryRuns();
  try {
    const opening = factory.open(NAME, 1);
    opening.onupgradeneeded = () => {
      for (const store of STORES) opening.result.createObjectStore(store);
    };
    return indexedRuns(await answer(opening));
  } catch (error) {
    // Private windows and privacy settings may forbid it.
    if (!(error instanceof DOMException)) throw error;
    console.warn('The browser keeps no runs for this page.', error);
    return memoryRuns();
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new DOMException('IndexedDB failed', 'UnknownError'));
    };
  });
}

type Stores = Readonly<Record<(typeof STORES)[number], IDBObjectStore>>;

function indexedRuns(database: IDBDatabase): RunStore {
  // Another tab may bring a newer version of the page.
  database.onversionchange = () => {
    database.close();
  };
  /** Resolves when what was written is there. */
  async function write(change: (stores: Stores) => void): Promise<void> {
    const transaction = database.transaction(STORES, 'readwrite');
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve();
      };
      transaction.onabort = () => {
        reject(transaction.error ?? new DOMException('IndexedDB gave up writing', 'AbortError'));
      };
    });
    const [entries, records, documents] = STORES.map((name) => transaction.objectStore(name));
    change({ entries: entries!, records: records!, documents: documents! });
    return done;
  }
  const read = (store: (typeof STORES)[number], key: string): Promise<unknown> =>
    answer(database.transaction(store).objectStore(store).get(key));
  return {
    lasting: true,
    list: async () => readable(await answer<unknown[]>(database.transaction('entries').objectStore('entries').getAll())),
    record: async (id) => runRecordSchema.safeParse(await read('records', id)).data ?? null,
    put: (entry, record) =>
      write(({ entries, records }) => {
        entries.put(entry, entry.id);
        records.put(record, entry.id);
      }),
    update: (entry) =>
      write(({ entries }) => {
        entries.put(entry, entry.id);
      }),
    delete: (id) =>
      write(({ entries, records }) => {
        entries.delete(id);
        records.delete(id);
      }),
    document: (key) => read('documents', key),
    putDocument: (key, value) =>
      write(({ documents }) => {
        documents.put(value, key);
      }),
  };
}

function readable(stored: readonly unknown[]): { entries: RunEntry[]; unreadable: number } {
  const entries = stored.flatMap((one) => runEntrySchema.safeParse(one).data ?? []);
  return { entries, unreadable: stored.length - entries.length };
}

/** A store that lasts as long as the page. */
export function memoryRuns(): RunStore {
  const entries = new Map<string, RunEntry>();
  const records = new Map<string, RunRecord>();
  const documents = new Map<string, unknown>();
  return {
    lasting: false,
    list: () => Promise.resolve(readable([...entries.values()])),
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
