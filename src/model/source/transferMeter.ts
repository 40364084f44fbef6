/**
 * Progress of a model's files: how much has arrived, how fast, and when the current file will be complete.
 */
import type { FileTransfer, Transfer } from '../../record/runEvents';
import type { ByteProgress } from './modelSource';

/**
 * Milliseconds of the averaging window: long enough to be steady, short enough to notice a stalled
 * connection.
 */
const WINDOW = 5000;
/** Minimum milliseconds from which a speed is computed. */
const SHORTEST = 250;

export class TransferMeter {
  readonly #files = new Map<string, FileTransfer>();
  /** Bytes received over the network, by time. */
  #samples: { readonly at: number; readonly bytes: number }[] = [];
  #received = 0;

  constructor(private readonly model: string) {}

  /** @param now milliseconds, from any origin */
  update(file: string, progress: ByteProgress, now: number): void {
    const before = this.#files.get(file);
    // Bytes that a resumed download starts with were not received now; those of one that starts over are
    // received again.
    if (before?.origin === 'network' && progress.origin === 'network') this.#received += Math.max(0, progress.done - before.done);
    this.#files.set(file, { file, ...progress });
    this.#samples.push({ at: now, bytes: this.#received });
    this.#samples = this.#samples.filter(({ at }, i) => at >= now - WINDOW || i === this.#samples.length - 1);
  }

  get transfer(): Transfer {
    const files = [...this.#files.values()];
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const span = first && last ? last.at - first.at : 0;
    const bytesPerSecond = first && last && span >= SHORTEST ? (1000 * (last.bytes - first.bytes)) / span : null;
    const current = files.at(-1);
    const missing = current && current.total > 0 ? current.total - current.done : null;
    const secondsLeft = missing === null || bytesPerSecond === null || bytesPerSecond <= 0 ? null : missing / bytesPerSecond;
    return { model: this.model, files, bytesPerSecond, secondsLeft };
  }
}
