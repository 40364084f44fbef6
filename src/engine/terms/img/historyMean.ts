/** The mean of a pass's hidden states at the items of each history, and its gradient. */
import { write, type Tensor } from '../../../gpu/tensor';
import type { Context } from '../../context';
import type { PackedHistories } from '../../decoder/sequence';
import { dispatchRows, gatherRows, meanRows } from '../../rows/rows';

export interface HistoryMeanSizes {
  readonly hidden: number;
  /** Maximum number of items in the histories, and of histories. */
  readonly items: number;
  readonly histories: number;
}

export class HistoryMean {
  /** [histories, hidden] */
  readonly mean: Tensor;
  private readonly rows: Tensor;
  private readonly means: Tensor;
  private readonly shares: Tensor;
  private readonly spans: Tensor;
  private readonly gathered: Tensor;
  private counts = { rows: 0, histories: 0 };

  constructor(
    private readonly context: Context,
    private readonly sizes: HistoryMeanSizes,
  ) {
    const { memory } = context;
    const { hidden, items, histories } = sizes;
    this.rows = memory.tensor(items, 'item rows');
    this.means = memory.tensor(items, 'histories of item rows');
    this.shares = memory.tensor(histories, 'shares of item rows');
    this.spans = memory.tensor(4 * histories, 'item rows of histories');
    this.gathered = memory.tensor(items * hidden, 'hidden of items');
    this.mean = memory.tensor(histories * hidden, 'mean hidden of items');
  }

  /** Uploads the rows of some examples' items. */
  load({ starts, itemPositions }: Pick<PackedHistories, 'starts' | 'itemPositions'>, examples: readonly number[]): void {
    const { device } = this.context.memory;
    const rows = examples.map((example) => itemPositions[example]!.map((position) => starts[example]! + position));
    const spans: number[] = [];
    let first = 0;
    rows.forEach(({ length }, mean) => {
      spans.push(first, length, mean, 0);
      first += length;
    });
    this.counts = { rows: first, histories: examples.length };
    write(device, this.rows, Uint32Array.from(rows.flat()));
    write(device, this.means, Uint32Array.from(rows.flatMap(({ length }, mean) => new Array<number>(length).fill(mean))));
    write(
      device,
      this.shares,
      Float32Array.from(rows, ({ length }) => 1 / length),
    );
    write(device, this.spans, Uint32Array.from(spans));
  }

  /** hidden [*, hidden] → `mean`. */
  forward(hidden: Tensor): void {
    const { context, sizes, counts } = this;
    gatherRows(context, { rows: counts.rows, size: sizes.hidden }, { x: hidden, index: this.rows, out: this.gathered });
    meanRows(context, { rows: counts.histories, size: sizes.hidden }, { x: this.gathered, span: this.spans, out: this.mean });
  }

  /** Gradient of the means, added to that of the hidden states. */
  backward(dMean: Tensor, dHidden: Tensor): void {
    const { context, sizes, counts } = this;
    const storage = { index: this.rows, mean: this.means, share: this.shares, d_mean: dMean, x: dHidden };
    dispatchRows(context, 'spread_rows', { rows: counts.rows, size: sizes.hidden }, { storage });
  }
}
