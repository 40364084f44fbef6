import type { TuningStore } from '../engine/gemm/gemmTuning';

/** Keeps ratings for a test, and counts how often some were stored: as often as something was timed. */
export class MemoryTuning implements TuningStore {
  readonly kept = new Map<string, string>();
  writes = 0;

  read(key: string): Promise<string | null> {
    return Promise.resolve(this.kept.get(key) ?? null);
  }

  write(key: string, text: string): Promise<void> {
    this.kept.set(key, text);
    this.writes += 1;
    return Promise.resolve();
  }
}
