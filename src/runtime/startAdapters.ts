/** Adapters that the user opened, from which arms can start. */
import { startAdapter, type AdapterFiles, type StartAdapter } from '../experiment/train/startAdapter';
import type { RunSpec } from '../recipe/runSpec';

export class StartAdapters {
  readonly #open = new Map<string, StartAdapter>();

  take(folder: string, files: AdapterFiles): StartAdapter {
    const start = startAdapter(folder, files);
    this.#open.set(start.name, start);
    return start;
  }

  /** The adapter that a recipe names; null if it names none, or one that is not open. */
  of({ lora }: Pick<RunSpec, 'lora'>): StartAdapter | null {
    return this.#open.get(lora.start ?? '') ?? null;
  }
}
