/**
 * The ranking from which arms start where their heads are the features themselves: W_o is 0, so h is the skip
 * alone, and nothing of the LLM's pass over the history is in it. Definitions: docs/metrics.md.
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

/** `scoreAll` takes so many together; there must be room for a multiple. */
const HISTORIES_AT_ONCE = 4;

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

  /**
   * Writes the scores of all items for each history, [histories, items], four at a time; those of an empty
   * history are the bias.
   */
  scoreAll(histories: readonly (readonly number[])[], scores: Float64Array): void {
    const { items, size, e } = this;
    const { bias } = this.settings;
    for (let first = 0; first < histories.length; first += HISTORIES_AT_ONCE) {
      const of = (place: number): Float64Array => this.interest(histories[first + place] ?? []);
      const p = of(0);
      const q = of(1);
      const r = of(2);
      const s = of(3);
      const at = first * items;
      for (let item = 0, entry = 0; item < items; item++) {
        const own = bias?.[item] ?? 0;
        let a = own;
        let b = own;
        let c = own;
        let d = own;
        for (let k = 0; k < size; k++, entry++) {
          const value = e[entry]!;
          a += p[k]! * value;
          b += q[k]! * value;
          c += r[k]! * value;
          d += s[k]! * value;
        }
        scores[at + item] = a;
        scores[at + items + item] = b;
        scores[at + 2 * items + item] = c;
        scores[at + 3 * items + item] = d;
      }
    }
  }

  /** h [e] of a history. */
  private interest(history: readonly number[]): Float64Array {
    const { x, width, size } = this;
    const { skipItems, skipLast } = this.settings;
    const read = skipItems === 0 ? history : history.slice(-skipItems);
    const h = new Float64Array(size);
    read.forEach((item, place) => {
      const weight = 1 / read.length + (place === read.length - 1 ? skipLast : 0);
      for (let k = 0; k < size; k++) h[k]! += weight * x[item * width + k]!;
    });
    this.normalise(h);
    return h;
  }

  private normalise(row: Float64Array): void {
    if (!this.settings.cosine) return;
    const length = Math.max(Math.hypot(...row), 1e-12);
    row.forEach((value, k) => (row[k] = value / length));
  }
}
