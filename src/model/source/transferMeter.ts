/** How far the files of a model are on their way here, how fast they come and when the one under way will be here. */
import type { FileTransfer, Transfer } from '../../record/runEvents';
import type { ByteProgress } from './modelSource';

/** Long enough to be calm, short enough to notice a connection that stalls. Milliseconds. */
const WINDOW = 5000;
/** Shorter spans tell no speed. */
const SHORTEST = 250;

export class TransferMeter {
  readonly #files = new Map<string, FileTransfer>();
  /** Bytes that came over the network, by time. */
  #samples: { readonly at: number; readonly bytes: number }[] = [];
  #received = 0;

  constructor(private readonly model: string) {}

  /** @param now milliseconds, from any origin */
  update(file: string, progress: ByteProgress, now: number): void {
    const before = this.#files.get(file);
    // What a resumed download starts with did not come now; one that starts again comes once more.
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
