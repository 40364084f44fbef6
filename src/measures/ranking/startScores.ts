/**
 * The ranking from which arms start where their heads are the features themselves: W_o is 0, so h is the skip alone, and nothing of the LLM's pass
 * over the history is in it. Definitions: docs/metrics.md.
 */

/** What the scores of all items for a history are computed from. */
export interface StartSettings {
  /** Size of e: the first columns of x. */
  readonly embeddingSize: number;
  readonly cosine: boolean;
  /** Last items whose mean features are read, 0: all, and how many times the last one's are added. */
  readonly skipItems: number;
  readonly skipLast: number;
  /** Added to h·e of each item; null: nothing. */
  readonly bias: Float64Array | null;
}

export class StartScores {
  /** [items, e] */
  private readonly e: Float64Array;

  /** @param x [items, width] */
  constructor(
    private readonly x: Float32Array,
    private readonly items: number,
    private readonly width: number,
    private readonly settings: StartSettings,
  ) {
    const size = this.size;
    this.e = new Float64Array(items * size);
    for (let item = 0; item < items; item++) {
      const row = this.e.subarray(item * size, (item + 1) * size);
      row.set(x.subarray(item * width, item * width + size));
      this.normalise(row);
    }
  }

  private get size(): number {
    return Math.min(this.settings.embeddingSize, this.width);
  }

  /** Writes the scores of all items from `at` on; those of an empty history are the bias. */
  score(history: readonly number[], scores: Float64Array, at: number): void {
    const { x, items, width, size, e } = this;
    const { skipItems, skipLast, bias } = this.settings;
    const read = skipItems === 0 ? history : history.slice(-skipItems);
    const h = new Float64Array(size);
    read.forEach((item, place) => {
      const weight = 1 / read.length + (place === read.length - 1 ? skipLast : 0);
      for (let k = 0; k < size; k++) h[k]! += weight * x[item * width + k]!;
    });
    this.normalise(h);
    // Four sums at a time, in the same order for every item, so that items with the same features tie.
    for (let item = 0, entry = 0; item < items; item++) {
      let [a, b, c, d] = [0, 0, 0, 0];
      let k = 0;
      for (; k + 4 <= size; k += 4, entry += 4) {
        a += h[k]! * e[entry]!;
        b += h[k + 1]! * e[entry + 1]!;
        c += h[k + 2]! * e[entry + 2]!;
        d += h[k + 3]! * e[entry + 3]!;
      }
      for (; k < size; k++, entry++) a += h[k]! * e[entry]!;
      scores[at + item] = (bias?.[item] ?? 0) + a + b + c + d;
    }
  }

  private normalise(row: Float64Array): void {
    if (!this.settings.cosine) return;
    const length = Math.max(Math.hypot(...row), 1e-12);
    row.forEach((value, k) => (row[k] = value / length));
  }
}
