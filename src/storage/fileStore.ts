/**
 * Files stored in the browser between visits, written from front to back; an unfinished file can be
 * continued.
 */
import { sha256Hex } from './sha256';

/** What is known about a file. */
export interface FileFacts {
  /** Where it came from, such as its URL; unique in a store. */
  readonly key: string;
  /** Group in lists, such as the model to which the file belongs. */
  readonly group: string;
  /** Changes when the file at its origin changes (an ETag); null if unknown. */
  readonly version: string | null;
  /** Bytes of the whole file; null if unknown. */
  readonly total: number | null;
  /** SHA-256 of the whole file in hex; null until the file is complete. */
  readonly hash: string | null;
}

export interface StoredFile extends FileFacts {
  /** Bytes written so far. */
  readonly bytes: number;
}

export interface FileWriter {
  /**
   * Appends a piece.
   * @throws StorageFullError when there is no room; what was written before is kept.
   */
  write(piece: Uint8Array<ArrayBuffer>): void;
  /**
   * Ends writing; from then on the file counts as complete.
   * @throws StorageFullError when there is no room to record this; the bytes are kept as an unfinished file.
   */
  finish(hash: string): Promise<void>;
  /** Ends writing, if it has not ended; the file can be continued later. */
  close(): Promise<void>;
}

export interface FileStore {
  /** Null if nothing is stored under that key. */
  stat(key: string): Promise<StoredFile | null>;
  /** The stored bytes. @throws RangeError if there is no such file. */
  blob(key: string): Promise<Blob>;
  /**
   * Continues after the stored bytes, or from the start if `from` is 0.
   * @throws StorageBusyError when another tab writes the same file; StorageFullError when there is no room to
   * start it.
   */
  append(facts: Omit<FileFacts, 'hash'>, from: 'start' | 'end'): Promise<FileWriter>;
  /** In order of group and key. */
  list(): Promise<StoredFile[]>;
  /** @throws StorageBusyError when it is being written. */
  delete(key: string): Promise<void>;
}

export class StorageFullError extends Error {
  constructor(options?: ErrorOptions) {
    super('The browser has no room left for this page.', options);
    this.name = 'StorageFullError';
  }
}

export class StorageBusyError extends Error {
  constructor(options?: ErrorOptions) {
    super('Another tab of this page is writing this file.', options);
    this.name = 'StorageBusyError';
  }
}

/**
 * Stores a small, inessential file as a whole.
 * @returns null, or why it is not stored: there is no room, or another tab is writing it
 */
export async function keepFile(
  store: FileStore,
  facts: Omit<FileFacts, 'hash' | 'total'>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<StorageFullError | StorageBusyError | null> {
  try {
    const writer = await store.append({ ...facts, total: bytes.length }, 'start');
    try {
      writer.write(bytes);
      await writer.finish(sha256Hex(bytes));
      return null;
    } catch (error) {
      await writer.close();
      if (error instanceof StorageFullError) await store.delete(facts.key);
      throw error;
    }
  } catch (error) {
    if (error instanceof StorageFullError || error instanceof StorageBusyError) return error;
    throw error;
  }
}

/** The bytes of a whole file; null if there is none, or only part of one. */
export async function readFile(store: FileStore, key: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const stored = await store.stat(key);
  return stored?.hash == null ? null : new Uint8Array(await (await store.blob(key)).arrayBuffer());
}

/** Deletes files, but not those that another tab is writing. */
export async function deleteIdle(store: FileStore, files: readonly Pick<StoredFile, 'key'>[]): Promise<void> {
  for (const { key } of files) {
    await store.delete(key).catch((error: unknown) => {
      if (!(error instanceof StorageBusyError)) throw error;
    });
  }
}

/** The order of `list`. */
export function byGroup(a: FileFacts, b: FileFacts): number {
  const [x, y] = a.group === b.group ? [a.key, b.key] : [a.group, b.group];
  return x < y ? -1 : 1;
}
