/**
 * The skip into h: W_s·m is added to W_o·hidden, m being the mean features of the last items that a
 * prediction row has seen, and those of the last one again, times a weight. Features are frozen.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { FlatViews } from '../adapter';
import type { Context } from '../context';
import type { PackedHistories } from '../decoder/sequence';
import { denseForward, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { meanSeenRows } from '../rows/rows';

export interface SkipSizes {
  readonly features: number;
  readonly embeddingSize: number;
  /** Maximum number of prediction rows, and of items in histories, of a micro-batch. */
  readonly predictions: number;
  readonly historyItems: number;
  /** How many times the last item's features are added to the mean. */
  readonly again: number;
}

export class InterestSkip {
  private readonly items: Tensor;
  private readonly spans: Tensor;
  private readonly means: Tensor;
  private readonly skipped: Tensor;
  private readonly copies: boolean;

  /**
   * @param features frozen features of the catalogue: [items, features]
   * @param trained whether W_s is trained. If not it is the identity, and a square one needs no product
   */
  constructor(
    private readonly context: Context,
    private readonly sizes: SkipSizes,
    private readonly features: Tensor,
    private readonly trained: boolean,
  ) {
    const { memory } = context;
    const { predictions, historyItems, embeddingSize } = sizes;
    this.items = memory.tensor(historyItems, 'items of histories');
    this.spans = memory.tensor(4 * predictions, 'items that predictions have seen');
    this.means = memory.tensor(predictions * sizes.features, 'mean features');
    this.copies = !trained && sizes.features === embeddingSize;
    this.skipped = memory.tensor(this.copies ? 0 : predictions * embeddingSize, 'skip into h');
  }

  /** Uploads which items the predictions have seen. */
  load({ seenItems, seenSpans }: Pick<PackedHistories, 'seenItems' | 'seenSpans'>): void {
    const { device } = this.context.memory;
    write(device, this.items, seenItems);
    write(device, this.spans, seenSpans);
  }

  /** W_s·m of the loaded predictions: [predictions, e]. */
  forward(predictions: number, parameters: FlatViews): Tensor {
    const { context, items, spans, means, features } = this;
    const { features: size, again } = this.sizes;
    meanSeenRows(context, { rows: predictions, size }, { x: features, index: items, span: spans, out: means, again });
    if (this.copies) return means;
    denseForward(context.gemm, this.dense(predictions), { x: means, w: parameters.named('w_s'), y: this.skipped });
    return this.skipped;
  }

  /** Gradient of h before it is normalised → gradient of W_s (added). Call after `forward`. */
  backward(predictions: number, dh: Tensor, gradients: FlatViews): void {
    if (!this.trained) return;
    denseWeightGradient(this.context.gemm, this.dense(predictions), { dy: dh, x: this.means, dw: gradients.named('w_s') });
  }

  /** W_s: features → e. */
  private dense(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.features, outputs: this.sizes.embeddingSize };
  }
}
