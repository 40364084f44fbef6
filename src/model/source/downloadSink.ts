/** Where a download's bytes go: into the store, and on in memory when the browser has no room for them. */
import { StorageBusyError, StorageFullError, type FileFacts, type FileStore, type FileWriter } from '../../storage/fileStore';

export class DownloadSink {
  /** Pieces that the store did not take. */
  #tail: Uint8Array<ArrayBuffer>[] = [];
  #writer: FileWriter | null = null;
  #bytes = 0;

  private constructor(
    private readonly store: FileStore,
    private facts: Omit<FileFacts, 'hash'>,
  ) {}

  /** @param kept bytes that the store already has and that stay; 0 begins anew. */
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

  /** Forgets what came so far. */
  async restart(facts: Omit<FileFacts, 'hash'>): Promise<void> {
    await this.close();
    this.facts = facts;
    await this.#begin(0);
  }

  /** The whole file. It stays in the store only where the store had room. */
  async finish(hash: string): Promise<Blob> {
    if (this.#writer === null) return new Blob(this.#tail);
    if (this.#tail.length === 0) await this.#writer.finish(hash);
    else await this.#writer.close();
    return new Blob([await this.store.blob(this.facts.key), ...this.#tail]);
  }

  /** Leaves what the store has for another time. */
  async close(): Promise<void> {
    await this.#writer?.close();
    this.#writer = null;
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
