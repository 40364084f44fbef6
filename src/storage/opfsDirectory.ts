/**
 * One folder of the origin private file system (https://fs.spec.whatwg.org). Use it for one operation at a
 * time: Chromium 156 was seen never to answer a request for an access handle made while the folder was in
 * other use.
 */
import { StorageBusyError, StorageFullError } from './fileStore';
import { unlessSilent } from './silence';

/** Calls reject with a `TimeoutError` when the file system does not answer. */
export class OpfsDirectory {
  /** Handles with pending requests. An unreferenced one might be collected before the browser answers. */
  readonly #asked = new Set<FileSystemFileHandle>();

  private constructor(private readonly directory: FileSystemDirectoryHandle) {}

  /**
   * Null if the browser has no file system for this page (Node, some private windows, pages without HTTPS),
   * or forbids it.
   */
  static async open(folder: string): Promise<OpfsDirectory | null> {
    // The type says that it always exists.
    const storage = (globalThis.navigator as { storage?: StorageManager } | undefined)?.storage;
    if (typeof storage?.getDirectory !== 'function') return null;
    try {
      const root = await unlessSilent(storage.getDirectory());
      return new OpfsDirectory(await unlessSilent(root.getDirectoryHandle(folder, { create: true })));
    } catch (error) {
      // Blocked by the user's privacy settings.
      console.warn(`The browser gives this page no file system for "${folder}".`, error);
      return null;
    }
  }

  names(): AsyncIterable<string> {
    return this.directory.keys();
  }

  /** Null if there is none. */
  async file(name: string): Promise<File | null> {
    try {
      const handle = await unlessSilent(this.directory.getFileHandle(name));
      return await this.#asking(handle, () => unlessSilent(handle.getFile()));
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return null;
      throw error;
    }
  }

  /**
   * Opens a file for writing, creates it if there is none, and locks it until it is closed. Only workers can
   * do so.
   * @throws StorageBusyError, StorageFullError
   */
  async access(name: string): Promise<FileSystemSyncAccessHandle> {
    const file = await explained(unlessSilent(this.directory.getFileHandle(name, { create: true })));
    return this.#asking(file, async () => {
      const opening = file.createSyncAccessHandle();
      try {
        return await explained(unlessSilent(opening));
      } catch (error) {
        // One that is opened after all would lock the file.
        opening.then(
          (late) => {
            late.close();
          },
          () => undefined,
        );
        throw error;
      }
    });
  }

  /** @throws StorageBusyError */
  async remove(name: string): Promise<void> {
    try {
      await explained(unlessSilent(this.directory.removeEntry(name)));
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    }
  }

  async #asking<T>(file: FileSystemFileHandle, ask: () => Promise<T>): Promise<T> {
    this.#asked.add(file);
    try {
      return await ask();
    } finally {
      this.#asked.delete(file);
    }
  }
}

/**
 * Appends. Browsers report a lack of room with an exception, or by writing less than they were given. @throws
 * StorageFullError, after which the file is as it was
 */
export function appendBytes(handle: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
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
