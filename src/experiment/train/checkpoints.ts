import { StorageBusyError, StorageFullError } from '../../storage/fileStore';
import type { TwoSlots } from '../../storage/twoSlots';

/**
 * Milliseconds of training between two checkpoints: less than the documented 20 s, since a step may take
 * seconds.
 */
export const INTERVAL = 15_000;

/** When checkpoints of a run are due, and where they go. */
export class Checkpoints {
  /** The last checkpoint, whether or not it could be stored. */
  last: Uint8Array<ArrayBuffer> | null = null;
  /** Why the last checkpoint could not be stored; null if it is. */
  problem: string | null = null;
  /**
   * Number of checkpoints taken, the milliseconds for which they delayed training, those of hashing and
   * writing them in the background, and the size of the last one in bytes.
   */
  readonly cost = { taken: 0, ms: 0, writing: 0, bytes: 0 };
  /** What training, or the end of the run, waits for; null if for nothing here. */
  waitsFor: 'reading' | 'writing' | null = null;
  #requested = true;
  #takenAt = -Infinity;
  #next: Uint8Array<ArrayBuffer> | null = null;
  #writing: Promise<void> | null = null;

  /** @param slots where they are stored; null: in memory only, which is enough for a lost device */
  constructor(
    private readonly slots: TwoSlots | null,
    private readonly interval = INTERVAL,
    /** Called after each: null if it is stored, else why not. */
    private readonly onWritten: (problem: string | null) => void = () => undefined,
  ) {}

  /** Requests a checkpoint after the current step. */
  request(): void {
    this.#requested = true;
  }

  get due(): boolean {
    return this.#requested || performance.now() - this.#takenAt >= this.interval;
  }

  /** Takes a checkpoint at once; it is written while training continues. */
  async take(read: () => Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
    const start = performance.now();
    this.#requested = false;
    this.waitsFor = 'reading';
    const bytes = await read();
    this.waitsFor = null;
    this.last = bytes;
    this.#next = bytes;
    if (this.slots !== null) this.#writing ??= this.#write(this.slots);
    this.#takenAt = performance.now();
    this.cost.taken += 1;
    this.cost.ms += this.#takenAt - start;
    this.cost.bytes = bytes.length;
  }

  /** Resolves when the last checkpoint is stored, or storing it has failed. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /**
   * The run is over: no more checkpoints are taken. Resolves when the last one is stored, or storing it has
   * failed.
   */
  async end(): Promise<void> {
    this.last = null;
    this.waitsFor = 'writing';
    await this.#writing;
    this.waitsFor = null;
  }

  /**
   * There is nothing to resume, since the record of the run is stored. A storage that does not answer keeps
   * what it has.
   */
  async clear(): Promise<void> {
    try {
      await this.slots?.clear();
    } catch (error) {
      if (!isStorages(error)) throw error;
      console.warn('The checkpoint of a run that has ended could not be removed.', error);
    }
  }

  async #write(slots: TwoSlots): Promise<void> {
    while (this.#next !== null) {
      const bytes = this.#next;
      this.#next = null;
      const start = performance.now();
      try {
        await slots.write(bytes);
        this.problem = null;
      } catch (error) {
        // The run continues, and its view reports that the checkpoint is not stored.
        if (!isStorages(error)) throw error;
        this.problem = error.message;
      }
      this.cost.writing += performance.now() - start;
      this.onWritten(this.problem);
    }
    this.#writing = null;
  }
}

/** Whether an error is the storage's: the browser's, or that of Node's file system. */
function isStorages(error: unknown): error is Error {
  return (
    error instanceof StorageFullError ||
    error instanceof StorageBusyError ||
    error instanceof DOMException ||
    (error instanceof Error && 'syscall' in error)
  );
}
