/** The worker's logs: the sample, read when it is first needed, and the last one that a person opened. */
import type { ReadLog } from '../../log/readLog';
import { readSampleLog, SAMPLE_LOG } from '../../log/sample';
import { summariseLog } from '../../log/summary';
import { LogError } from '../../log/types';
import type { StageProgress } from '../../record/runEvents';
import type { FileStore } from '../../storage/fileStore';
import { unpackLog, type HandedOver } from '../handOver';
import { keepLog, keptLog } from '../keptLog';
import type { LogQuestions, WorkerEvent } from '../protocol';

export class LogService implements LogQuestions {
  #sample: Promise<ReadLog> | null = null;
  /** The page has been told of the sample: reading it for a forecast is not opening it. */
  #sampleOpened = false;
  #own: { readonly id: string; readonly read: ReadLog } | null = null;
  /** A log on its way here, which a run waits for. */
  #incoming: Promise<void> = Promise.resolve();

  constructor(
    private readonly fetchBytes: (path: string) => Promise<ArrayBuffer>,
    private readonly emit: (event: Extract<WorkerEvent, { type: 'log' }>) => void,
    private readonly onProgress: (progress: StageProgress) => void,
    /** Where the log that a person opened is kept between visits. */
    private readonly store: Promise<FileStore>,
    /** Told whether the log that was opened is kept, or why not. */
    private readonly onKept: (problem: string | null) => void = () => undefined,
  ) {}

  /** @param id as `spec.data.id` has it. @throws LogError when that log is not open */
  async open(id: string): Promise<ReadLog> {
    if (id !== SAMPLE_LOG.id) {
      await this.#incoming;
      if (this.#own?.id === id) return this.#own.read;
      throw new LogError(`The log “${id}” is not open in this tab. Open it again, or go back to the ${SAMPLE_LOG.name}.`, []);
    }
    if (this.#sampleOpened) return this.#readSample();
    this.onProgress({ stage: 'log', note: `Reading the ${SAMPLE_LOG.name}`, done: 0, total: 0 });
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

  /** Takes a log that the intake sends; what is open stays until it is here. */
  take(port: MessagePort): Promise<void> {
    this.#incoming = new Promise((resolve) => {
      port.onmessage = ({ data }: MessageEvent<HandedOver>) => {
        port.close();
        if (data !== null) {
          const read = unpackLog(data);
          this.#own = { id: read.log.name, read };
          this.#announce(read.log.name, read);
          void this.store.then((store) => keepLog(store, data)).then(this.onKept);
        }
        resolve();
      };
      // The intake worker died on the way.
      port.addEventListener('close', () => {
        resolve();
      });
    });
    return this.#incoming;
  }

  /** Opens the log of that name that is kept from a visit before. */
  restore(id: string): Promise<boolean> {
    const restored = this.#restore(id);
    const before = this.#incoming;
    const both = (): Promise<void> => before;
    this.#incoming = restored.then(both, both);
    return restored;
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
