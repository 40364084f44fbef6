/**
 * The origin private file system as a store (https://fs.spec.whatwg.org). Two entries per file, named by the
 * SHA-256 of its key: the bytes, and `….json` with the facts. Bytes go through a sync access handle, which
 * only workers have and which locks the file.
 */
import { z } from 'zod';
import { OpfsDirectory, appendBytes } from './opfsDirectory';
import { sha256Hex } from './sha256';
import { Turns } from './turns';
import { byGroup, StorageFullError, type FileFacts, type FileStore, type FileWriter, type StoredFile } from './fileStore';

const text = z.string().max(10_000);
const factsSchema = z.object({
  key: text,
  group: text,
  version: text.nullable(),
  total: z.number().nullable(),
  hash: text.nullable(),
});

/**
 * The store in one folder of the page's file system, or null if the browser has none (Node, some private
 * windows, pages without HTTPS) or forbids it.
 */
export async function opfsStore(folder: string): Promise<FileStore | null> {
  const directory = await OpfsDirectory.open(folder);
  return directory && new OpfsStore(directory);
}

class OpfsStore implements FileStore {
  readonly #turns = new Turns();

  constructor(private readonly directory: OpfsDirectory) {}

  stat(key: string): Promise<StoredFile | null> {
    return this.#turns.take(() => this.#describe(nameOf(key)));
  }

  blob(key: string): Promise<Blob> {
    return this.#turns.take(async () => {
      const file = await this.directory.file(nameOf(key));
      if (file === null) throw new RangeError(`Nothing is kept under ${key}.`);
      return file;
    });
  }

  append(facts: Omit<FileFacts, 'hash'>, from: 'start' | 'end'): Promise<FileWriter> {
    return this.#turns.take(() => this.#append(facts, from));
  }

  list(): Promise<StoredFile[]> {
    return this.#turns.take(async () => {
      const files: StoredFile[] = [];
      for await (const name of this.directory.names()) {
        const stored = name.endsWith('.json') ? await this.#describe(name.slice(0, -'.json'.length)) : null;
        if (stored !== null) files.push(stored);
      }
      return files.sort(byGroup);
    });
  }

  delete(key: string): Promise<void> {
    return this.#turns.take(() => this.#delete(key));
  }

  async #append(facts: Omit<FileFacts, 'hash'>, from: 'start' | 'end'): Promise<FileWriter> {
    const name = nameOf(facts.key);
    const handle = await this.directory.access(name);
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
        appendBytes(handle, piece, handle.getSize());
      },
      finish: (hash) => {
        close();
        return this.#turns.take(() => this.#writeFacts(name, { ...facts, hash }));
      },
      close: () => {
        close();
        return Promise.resolve();
      },
    };
  }

  async #delete(key: string): Promise<void> {
    // The facts last: a file without bytes counts as started, but one without facts would never be found
    // again.
    await this.directory.remove(nameOf(key));
    await this.directory.remove(`${nameOf(key)}.json`);
  }

  async #describe(name: string): Promise<StoredFile | null> {
    const json = await this.directory.file(`${name}.json`);
    if (json === null) return null;
    const facts = factsSchema.safeParse(parsed(await json.text()));
    // Interrupted while being written: treated as absent.
    if (!facts.success) return null;
    const bytes = (await this.directory.file(name))?.size ?? 0;
    const whole = facts.data.hash !== null && bytes === (facts.data.total ?? bytes);
    return { ...facts.data, hash: whole ? facts.data.hash : null, bytes };
  }

  async #writeFacts(name: string, facts: FileFacts): Promise<void> {
    const handle = await this.directory.access(`${name}.json`);
    try {
      handle.truncate(0);
      appendBytes(handle, new TextEncoder().encode(JSON.stringify(facts)), 0);
      handle.flush();
    } finally {
      handle.close();
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
