/** The destination of a download's bytes: the store, or memory if the browser has no room for all of them. */
import { StorageBusyError, StorageFullError, type FileFacts, type FileStore, type FileWriter } from '../../storage/fileStore';

/** Bytes that pass through JavaScript at a time. */
const PIECE = 2 ** 24;

export class DownloadSink {
  /** Pieces that the store did not take. */
  #tail: Uint8Array<ArrayBuffer>[] = [];
  #writer: FileWriter | null = null;
  #bytes = 0;

  private constructor(
    private readonly store: FileStore,
    private facts: Omit<FileFacts, 'hash'>,
  ) {}

  /** @param kept bytes that the store already has and keeps; 0 starts over. */
  static async open(store: FileStore, facts: Omit<FileFacts, 'hash'>, kept: number): Promise<DownloadSink> {
    const sink = new DownloadSink(store, facts);
    await sink.#begin(kept);
    return sink;
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the store has all bytes so far. */
  get kept(): boolean {
    return this.#writer !== null && this.#tail.length === 0;
  }

  write(piece: Uint8Array<ArrayBuffer>): void {
    this.#bytes += piece.length;
    if (this.kept) {
      try {
        this.#writer!.write(piece);
        return;
      } catch (error) {
        if (!(error instanceof StorageFullError)) throw error;
      }
    }
    this.#tail.push(piece.slice());
  }

  /** Discards what has arrived so far. */
  async restart(facts: Omit<FileFacts, 'hash'>): Promise<void> {
    await this.close();
    this.facts = facts;
    await this.#begin(0);
  }

  /** The whole file. If the store has no room for all of it, none of it is kept there. */
  async finish(hash: string): Promise<Blob> {
    const writer = this.#writer;
    if (writer === null) return new Blob(this.#tail);
    const { key } = this.facts;
    if (this.kept && (await fits(writer.finish(hash)))) return this.store.blob(key);
    this.#writer = null;
    await writer.close();
    const held = await inMemory(await this.store.blob(key));
    await this.store.delete(key);
    return new Blob([...held, ...this.#tail]);
  }

  /** Keeps what the store has, if anything, for resuming later. */
  async close(): Promise<void> {
    const writer = this.#writer;
    if (writer === null) return;
    this.#writer = null;
    await writer.close();
    if (this.#bytes === 0) await this.store.delete(this.facts.key);
  }

  async #begin(kept: number): Promise<void> {
    this.#tail = [];
    this.#bytes = kept;
    try {
      this.#writer = await this.store.append(this.facts, kept > 0 ? 'end' : 'start');
    } catch (error) {
      if (!(error instanceof StorageFullError || error instanceof StorageBusyError)) throw error;
      this.#bytes = 0;
    }
  }
}

/** Whether there was room. */
async function fits(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof StorageFullError) return false;
    throw error;
  }
}

/** Copies that no longer need the blob's file. */
async function inMemory(blob: Blob): Promise<Blob[]> {
  const pieces: Blob[] = [];
  for (let begin = 0; begin < blob.size; begin += PIECE) {
    pieces.push(new Blob([await blob.slice(begin, begin + PIECE).arrayBuffer()]));
  }
  return pieces;
}
