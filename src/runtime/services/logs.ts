/** The worker's logs: the sample, read when first needed, and the last one that the user opened. */
import { thumbnailOf } from '../../log/pictures';
import type { ReadLog } from '../../log/readLog';
import { readSampleLog } from '../../log/sample';
import { SAMPLE_LOG } from '../../log/sampleLog';
import { summariseLog } from '../../log/summary';
import { LogError } from '../../log/types';
import type { StageProgress } from '../../record/runEvents';
import type { FileStore } from '../../storage/fileStore';
import { unpackLog, type HandedOver, type PackedLog } from '../handOver';
import { keepLog, keptLog } from '../keptLog';
import type { LogQuestions, WorkerEvent } from '../protocol';
import type { Asking } from '../rpc/messages';
import { t } from '../../words/words';

/**
 * Milliseconds within which the intake must announce a log: its worker may be busy, or may have ended
 * silently.
 */
export const COMING_WITHIN = 60_000;

export class LogService implements LogQuestions {
  #sample: Promise<ReadLog> | null = null;
  /** Whether the page has been told about the sample: reading it for a forecast does not open it. */
  #sampleOpened = false;
  #own: { readonly id: string; readonly read: ReadLog } | null = null;
  /** Logs in transfer, for which a run waits. */
  #incoming: Promise<void> = Promise.resolve();
  #onTheWay = 0;

  constructor(
    private readonly fetchBytes: (path: string) => Promise<ArrayBuffer>,
    private readonly emit: (event: Extract<WorkerEvent, { type: 'log' }>) => void,
    private readonly onProgress: (progress: StageProgress) => void,
    /** Where the user's log is stored between visits. */
    private readonly store: Promise<FileStore>,
    /** Called with whether the opened log is stored, or why not. */
    private readonly onKept: (problem: string | null) => void = () => undefined,
  ) {}

  /** @param id as in `spec.data.id`. @throws LogError when that log is not open, and the signal's reason */
  async open(id: string, signal?: AbortSignal): Promise<ReadLog> {
    if (id !== SAMPLE_LOG.id) {
      if (this.#onTheWay > 0)
        this.onProgress({ stage: 'log', note: t('Waiting for the log “{log}”', { log: id }), done: 0, total: 0 });
      await unlessAborted(this.#incoming, signal);
      if (this.#own?.id === id) return this.#own.read;
      throw new LogError(
        t('The log “{id}” is not open in this tab. Open it again, or go back to the {name}.', { id, name: SAMPLE_LOG.name }),
        [],
      );
    }
    if (this.#sampleOpened) return this.#readSample();
    this.onProgress({ stage: 'log', note: t('Reading the {name}', { name: SAMPLE_LOG.name }), done: 0, total: 0 });
    const read = await this.#readSample();
    this.#sampleOpened = true;
    this.#announce(id, read);
    return read;
  }

  /** The log of a recipe, or null if it is not open; the sample always is. */
  async peek(id: string): Promise<ReadLog | null> {
    if (id === SAMPLE_LOG.id) return this.#readSample();
    return this.#own?.id === id ? this.#own.read : null;
  }

  async pictures({
    id,
    hash,
    titles,
  }: Parameters<LogQuestions['pictures']>[0]): Promise<Record<string, Uint8ClampedArray<ArrayBuffer>>> {
    const log = (await this.peek(id))?.log;
    const found: Record<string, Uint8ClampedArray<ArrayBuffer>> = {};
    if (log?.hash !== hash || log.visual === undefined) return found;
    const wanted = new Set(titles);
    const items = new Map<string, number | null>();
    for (let item = 0; item < log.items.length; item++) {
      const title = log.items.titleOf(item);
      if (wanted.has(title)) items.set(title, items.has(title) ? null : item);
    }
    for (const [title, item] of items) {
      const pixels = item === null ? null : thumbnailOf(log, item);
      if (pixels !== null) found[title] = pixels;
    }
    return found;
  }

  /** Receives a log from the intake, unless cancelled; the open log is kept until it arrives. */
  take(port: MessagePort, { signal }: Pick<Asking, 'signal'>): Promise<void> {
    return this.#expect(
      new Promise((resolve) => {
        const silence = setTimeout(resolve, COMING_WITHIN);
        const end = (): void => {
          clearTimeout(silence);
          port.close();
          resolve();
        };
        port.onmessage = ({ data }: MessageEvent<HandedOver>) => {
          clearTimeout(silence);
          if (data === 'coming') return;
          if (data !== null) this.#take(data);
          end();
        };
        // The intake worker may die meanwhile, which not every browser reports.
        port.addEventListener('close', end);
        signal.addEventListener('abort', end);
      }),
    );
  }

  #take(packed: PackedLog): void {
    const read = unpackLog(packed);
    this.#own = { id: read.log.name, read };
    this.#announce(read.log.name, read);
    void this.store.then((store) => keepLog(store, packed)).then(this.onKept);
  }

  /** Makes runs wait for a log, and for earlier ones unless it replaces them. */
  #expect<T>(coming: Promise<T>, before = Promise.resolve()): Promise<T> {
    this.#onTheWay += 1;
    const both = async (): Promise<void> => {
      this.#onTheWay -= 1;
      await before;
    };
    this.#incoming = coming.then(both, both);
    return coming;
  }

  /** Opens the stored log of that name from an earlier visit. */
  restore(id: string): Promise<boolean> {
    return this.#expect(this.#restore(id), this.#incoming);
  }

  async #restore(id: string): Promise<boolean> {
    const read = await keptLog(await this.store, id);
    if (read === null || this.#own !== null) return false;
    this.#own = { id, read };
    this.#announce(id, read);
    return true;
  }

  #readSample(): Promise<ReadLog> {
    this.#sample ??= readSampleLog(this.fetchBytes).catch((error: unknown) => {
      this.#sample = null;
      throw error;
    });
    return this.#sample;
  }

  #announce(id: string, read: ReadLog): void {
    this.emit({ type: 'log', summary: summariseLog(id, read), findings: read.findings });
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  return Promise.race([promise, aborted]);
}
