/** One file over HTTP into a store: resumed by range after a break, its length and SHA-256 checked. */
import { t } from '../../words/words';
import { keepFile, type FileStore, type StoredFile } from '../../storage/fileStore';
import { ModelError } from '../modelError';
import { Sha256 } from '../../storage/sha256';
import { DownloadSink } from './downloadSink';
import { broken, refused, unreachable } from './httpErrors';
import { blobFile, hashBlob, MissingFileError, type ByteProgress, type ModelFile, type OpenOptions } from './modelSource';

export interface RemoteFile {
  readonly name: string;
  readonly url: string;
  /** The model to which the file belongs. */
  readonly group: string;
  /** The content of this URL never changes. */
  readonly pinned: boolean;
  /** Length from a listing, if there is one. */
  readonly bytes?: number;
  /** SHA-256, hex. */
  readonly hash?: string;
}

/** The version of a file that its server lacks: stored without bytes, so that this is known offline too. */
export const ABSENT = 'absent';

/** Number of breaks without a byte between them that end a download. */
const MOST_BREAKS = 4;
/** Milliseconds. */
const FIRST_PAUSE = 500;

/**
 * The file from the store if it is complete and current, else downloaded into it. An aborted or broken
 * download is resumed the next time, if the server distinguishes versions and supports ranges.
 * @throws ModelError as the server refuses or the file is damaged; the signal's reason when aborted.
 */
export async function fetchFile(remote: RemoteFile, store: FileStore, options: OpenOptions = {}): Promise<ModelFile> {
  const stored = await store.stat(remote.url);
  if (stored?.version === ABSENT) {
    if (await isStillAbsent(remote, options.signal)) throw refused(remote.url, new Response(null, { status: 404 }));
    return new Download(remote, store, options).run(null);
  }
  if (stored?.hash != null && (await isCurrent(remote, stored, options.signal))) {
    const blob = await store.blob(remote.url);
    options.onBytes?.({ done: blob.size, total: blob.size, origin: 'cache', kept: true });
    return blobFile(remote.name, blob, stored.hash);
  }
  return new Download(remote, store, options).run(stored);
}

async function isStillAbsent({ url }: RemoteFile, signal: AbortSignal | undefined): Promise<boolean> {
  const response = await answerTo(url, signal);
  return response === null || response.status === 404;
}

/** What a server says about a file without sending it; null if it cannot be reached. */
async function answerTo(url: string, signal: AbortSignal | undefined): Promise<Response | null> {
  try {
    return await fetch(url, { method: 'HEAD', cache: 'no-cache', ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TypeError) return null;
    throw error;
  }
}

async function isCurrent(remote: RemoteFile, stored: StoredFile, signal: AbortSignal | undefined): Promise<boolean> {
  if (remote.hash !== undefined) return remote.hash === stored.hash;
  if (remote.pinned) return true;
  const response = await answerTo(remote.url, signal);
  // Offline: what was downloaded earlier is better than nothing.
  if (response === null) return true;
  // A server that refuses HEAD, or says nothing about versions, gives no sign that the file changed.
  if (!response.ok) return response.status !== 404;
  const current = versionOf(response.headers);
  return current === null || current === stored.version;
}

/**
 * Changes when the file does, as far as the server's headers show. `from`: bytes before those in the answer.
 */
function versionOf(headers: Headers, from = 0): string | null {
  const length = headers.has('content-encoding') ? null : headers.get('content-length');
  return headers.get('etag') ?? headers.get('last-modified') ?? (length === null ? null : `${from + Number(length)} bytes`);
}

class Download {
  #hasher = new Sha256();
  #sink!: DownloadSink;
  /** Whether the server has answered; after that, failures are the connection's. */
  #answered = false;
  /** The file's version on the server: null before its first answer, and if it names none. */
  #version: string | null = null;
  #total: number | null = null;

  constructor(
    private readonly remote: RemoteFile,
    private readonly store: FileStore,
    private readonly options: OpenOptions,
  ) {}

  async run(stored: StoredFile | null): Promise<ModelFile> {
    // Without a length, what is missing cannot be known.
    const begun = stored?.hash === null && stored.total !== null ? stored.bytes : 0;
    if (begun > 0) {
      this.#version = stored!.version;
      this.#total = stored!.total;
      this.#hasher = await hashBlob(await this.store.blob(this.remote.url));
    }
    this.#sink = await DownloadSink.open(this.store, this.#facts(), begun);
    if (this.#sink.bytes === 0) this.#hasher = new Sha256();
    try {
      await this.#fetchRest();
      const hash = this.#hasher.hex();
      await this.#check(hash);
      const blob = await this.#sink.finish(hash);
      this.#report();
      return blobFile(this.remote.name, blob, hash);
    } catch (error) {
      await this.#sink.close();
      const { url, group } = this.remote;
      if (error instanceof MissingFileError) await keepFile(this.store, { key: url, group, version: ABSENT }, new Uint8Array());
      throw error;
    }
  }

  /** Requests what is missing until it has arrived. */
  async #fetchRest(): Promise<void> {
    const { signal, firstPause = FIRST_PAUSE } = this.options;
    const { url } = this.remote;
    let breaks = 0;
    while (!this.#complete || this.#sink.bytes === 0) {
      const before = this.#sink.bytes;
      let cause: unknown = null;
      try {
        await this.#receive(await this.#request());
        // A body of unknown length is complete when it ends.
        if (this.#complete || this.#expected === null) return;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof TypeError)) throw error;
        if (!this.#answered) throw unreachable(url, error);
        cause = error;
      }
      breaks = this.#sink.bytes > before ? 1 : breaks + 1;
      if (breaks === MOST_BREAKS) throw broken(url, this.#sink.bytes, this.#expected, cause);
      await pause(firstPause * 2 ** (breaks - 1), signal);
    }
  }

  get #complete(): boolean {
    return this.#expected !== null && this.#sink.bytes >= this.#expected;
  }

  get #expected(): number | null {
    return this.remote.bytes ?? this.#total;
  }

  async #request(): Promise<Response> {
    const { signal } = this.options;
    const { url } = this.remote;
    const from = this.#total === null ? 0 : this.#sink.bytes;
    const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
    // The store is our cache; the browser's own would hold large files a second time.
    const response = await fetch(url, { cache: 'no-store', headers, ...(signal && { signal }) });
    this.#answered = true;
    const version = versionOf(response.headers, from);
    if (response.status === 206 && version === this.#version) return response;
    if (response.status === 206 || response.status === 416) {
      // The version has changed: start over, once.
      await response.body?.cancel();
      this.#total = null;
      return this.#request();
    }
    if (!response.ok) throw refused(url, response);
    // Single-page servers answer unknown paths with their index page.
    if (response.headers.get('content-type')?.startsWith('text/html') === true)
      throw refused(url, new Response(null, { status: 404 }));
    this.#version = version;
    // The length of a body that the server compressed would be too small.
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
    this.#total = length === null ? null : Number(length);
    this.#hasher = new Sha256();
    await this.#sink.restart(this.#facts());
    return response;
  }

  async #receive(response: Response): Promise<void> {
    this.#report();
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      this.#hasher.update(next.value);
      this.#sink.write(next.value);
      this.#report();
    }
  }

  async #check(hash: string): Promise<void> {
    const { url } = this.remote;
    const { bytes } = this.#sink;
    const expected = this.#expected;
    const longer = expected !== null && bytes > expected;
    const differs = this.remote.hash !== undefined && this.remote.hash !== hash;
    if (!longer && !differs) return;
    await this.#sink.close();
    await this.store.delete(url);
    throw new ModelError(
      longer
        ? t('{url} arrived damaged: {bytes} bytes arrived, but {expected} were announced.', {
            url,
            bytes: String(bytes),
            expected: String(expected),
          })
        : t('{url} arrived damaged: its SHA-256 is not the one that the hub lists.', { url }),
      t('Start the download again; if it happens again, report it to the server.'),
    );
  }

  #facts() {
    return { key: this.remote.url, group: this.remote.group, version: this.#version, total: this.#total };
  }

  #report(): void {
    const done = this.#sink.bytes;
    const expected = this.#expected ?? 0;
    const progress: ByteProgress = { done, total: done > expected ? 0 : expected, origin: 'network', kept: this.#sink.kept };
    this.options.onBytes?.(progress);
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        // The linter requires Errors; the signal's reason is whatever the caller chose.
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
