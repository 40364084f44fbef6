/** Reads that are under way while the device gets its next commands, so that neither waits for the other. */

/** Most reads that are under way at once. */
export const READS = 2;

export class ReadAhead {
  private readonly waiting: Promise<unknown>[] = [];

  /**
   * Adds a read that has been submitted; resolves at once unless too many are under way.
   * @throws what one of them throws
   */
  async add(read: Promise<unknown>): Promise<void> {
    // Reported where it is awaited; until then it must not count as unhandled.
    read.catch(() => undefined);
    this.waiting.push(read);
    if (this.waiting.length >= READS) await this.waiting.shift();
  }

  /** Resolves when nothing is under way. @throws what a read throws */
  async end(): Promise<void> {
    while (this.waiting.length > 0) await this.waiting.shift();
  }
}
