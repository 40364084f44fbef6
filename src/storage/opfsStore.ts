/**
 * The origin private file system as a store (https://fs.spec.whatwg.org). Two entries per file, named by the SHA-256 of its key:
 * the bytes, and `….json` with the facts. Bytes go through a sync access handle, which only workers have and which locks the file.
 */
import { z } from 'zod';
import { sha256Hex } from './sha256';
import { unlessSilent } from './silence';
import {
  byGroup,
  StorageBusyError,
  StorageFullError,
  type FileFacts,
  type FileStore,
  type FileWriter,
  type StoredFile,
} from './fileStore';

const factsSchema = z.object({
  key: z.string(),
  group: z.string(),
  version: z.string().nullable(),
  total: z.number().nullable(),
  hash: z.string().nullable(),
});

/**
 * The store in one folder of the page's file system, or null if the browser has none (Node, some private windows, pages without
 * HTTPS) or forbids it.
 */
export async function opfsStore(folder: string): Promise<FileStore | null> {
  // The type says that it always exists.
  const storage = (globalThis.navigator as { storage?: StorageManager } | undefined)?.storage;
  if (typeof storage?.getDirectory !== 'function') return null;
  try {
    const root = await unlessSilent(storage.getDirectory());
    const directory = await unlessSilent(root.getDirectoryHandle(folder, { create: true }));
    return new OpfsStore(directory);
  } catch (error) {
    // Blocked by the user's privacy settings.
    console.warn(`The browser gives this page no file system for "${folder}".`, error);
    return null;
  }
}

/**
 * One operation at a time: Chromium 156 was seen never to answer a request for an access handle made while the folder was in
 * other use.
 */
class OpfsStore implements FileStore {
  /** Settles when the operations requested so far are over. */
  #before: Promise<unknown> = Promise.resolve();
  /** Handles with pending requests. An unreferenced one might be collected before the browser answers. */
  readonly #asked = new Set<FileSystemFileHandle>();

  constructor(private readonly directory: FileSystemDirectoryHandle) {}

  stat(key: string): Promise<StoredFile | null> {
    return this.#inTurn(() => this.#describe(nameOf(key)));
  }

  blob(key: string): Promise<Blob> {
    return this.#inTurn(async () => {
      const file = await this.#file(nameOf(key));
      if (file === null) throw new RangeError(`Nothing is kept under ${key}.`);
      return file;
    });
  }

  append(facts: Omit<FileFacts, 'hash'>, from: 'start' | 'end'): Promise<FileWriter> {
    return this.#inTurn(() => this.#append(facts, from));
  }

  list(): Promise<StoredFile[]> {
    return this.#inTurn(async () => {
      const files: StoredFile[] = [];
      for await (const name of this.directory.keys()) {
        const stored = name.endsWith('.json') ? await this.#describe(name.slice(0, -'.json'.length)) : null;
        if (stored !== null) files.push(stored);
      }
      return files.sort(byGroup);
    });
  }

  delete(key: string): Promise<void> {
    return this.#inTurn(() => this.#delete(key));
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const mine = this.#before.then(operation);
    this.#before = mine.catch(() => undefined);
    return mine;
  }

  async #append(facts: Omit<FileFacts, 'hash'>, from: 'start' | 'end'): Promise<FileWriter> {
    const name = nameOf(facts.key);
    const handle = await this.#access(name);
    try {
      if (from === 'start') handle.truncate(0);
      await this.#writeFacts(name, { ...facts, hash: null });
    } catch (error) {
      handle.close();
      // Bytes without facts would never be found again.
      if (error instanceof StorageFullError) await this.#delete(facts.key);
      throw error;
    }
    let open = true;
    const close = (): void => {
      if (!open) return;
      open = false;
      handle.flush();
      handle.close();
    };
    return {
      write: (piece) => {
        writeWhole(handle, piece, handle.getSize());
      },
      finish: (hash) => {
        close();
        return this.#inTurn(() => this.#writeFacts(name, { ...facts, hash }));
      },
      close: () => {
        close();
        return Promise.resolve();
      },
    };
  }

  async #delete(key: string): Promise<void> {
    // The facts last: a file without bytes counts as started, but one without facts would never be found again.
    await this.#remove(nameOf(key));
    await this.#remove(`${nameOf(key)}.json`);
  }

  async #describe(name: string): Promise<StoredFile | null> {
    const json = await this.#file(`${name}.json`);
    if (json === null) return null;
    const facts = factsSchema.safeParse(parsed(await json.text()));
    // Interrupted while being written: treated as absent.
    if (!facts.success) return null;
    const bytes = (await this.#file(name))?.size ?? 0;
    const whole = facts.data.hash !== null && bytes === (facts.data.total ?? bytes);
    return { ...facts.data, hash: whole ? facts.data.hash : null, bytes };
  }

  async #file(name: string): Promise<File | null> {
    try {
      return await this.#asking(await this.directory.getFileHandle(name), (file) => file.getFile());
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return null;
      throw error;
    }
  }

  async #writeFacts(name: string, facts: FileFacts): Promise<void> {
    const handle = await this.#access(`${name}.json`);
    try {
      handle.truncate(0);
      writeWhole(handle, new TextEncoder().encode(JSON.stringify(facts)), 0);
      handle.flush();
    } finally {
      handle.close();
    }
  }

  async #access(name: string): Promise<FileSystemSyncAccessHandle> {
    const file = await explained(this.directory.getFileHandle(name, { create: true }));
    return this.#asking(file, () => explained(file.createSyncAccessHandle()));
  }

  async #asking<T>(file: FileSystemFileHandle, ask: (file: FileSystemFileHandle) => Promise<T>): Promise<T> {
    this.#asked.add(file);
    try {
      return await ask(file);
    } finally {
      this.#asked.delete(file);
    }
  }

  async #remove(name: string): Promise<void> {
    try {
      await explained(this.directory.removeEntry(name));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    }
  }
}

function nameOf(key: string): string {
  return sha256Hex(key);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Browsers report a lack of room with an exception, or by writing less than they were given. */
function writeWhole(handle: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let written: number;
  try {
    written = handle.write(bytes, { at });
  } catch (cause) {
    handle.truncate(at);
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw new StorageFullError({ cause });
    throw cause;
  }
  if (written < bytes.length) {
    handle.truncate(at);
    throw new StorageFullError();
  }
}

async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'NoModificationAllowedError') throw new StorageBusyError({ cause });
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw new StorageFullError({ cause });
    throw cause;
  }
}
