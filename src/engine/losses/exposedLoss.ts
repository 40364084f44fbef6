/** λ_exp·L_exp on the GPU, added to L_act: softplus of the scores of exposed items less their target's. */
import { write, type Tensor } from '../../gpu/tensor';
import type { Context } from '../context';
import { addInnerProduct } from '../rows/rows';
import type { ExposedPairs } from './exposedPairs';
import type { LossSlot } from './scoredLoss';

export interface ExposedSizes {
  readonly predictions: number;
  /** Maximum number of pairs of a micro-batch, and of columns that they read. */
  readonly pairs: number;
  readonly columns: number;
  /** A multiple of 4. */
  readonly embeddingSize: number;
}

/**
 * Interest embeddings, item embeddings, and their gradients, to which those of the loss are added; `de` is
 * null where items are frozen.
 */
export interface ExposedOperands {
  readonly h: Tensor;
  readonly dh: Tensor;
  readonly e: Tensor;
  readonly de: Tensor | null;
  /** Products are multiplied by exp(logScale[0]); null leaves them as they are. */
  readonly logScale: Tensor | null;
}

export class ExposedLoss {
  private readonly spans: Tensor;
  private readonly pairs: Tensor;
  private readonly touched: Tensor;
  private readonly entries: Tensor;
  private readonly slopes: Tensor;
  private readonly losses: Tensor;
  private readonly one: Tensor;

  constructor(
    private readonly context: Context,
    private readonly sizes: ExposedSizes,
  ) {
    const { memory } = context;
    const { predictions, pairs, columns } = sizes;
    this.spans = memory.tensor(4 * predictions, 'exposed pairs of predictions');
    this.pairs = memory.tensor(2 * pairs, 'exposed pairs');
    this.touched = memory.tensor(4 * columns, 'columns of exposed pairs');
    this.entries = memory.tensor(2 * (pairs + predictions), 'exposed pairs of columns');
    this.slopes = memory.tensor(pairs + predictions, 'slopes of exposed pairs');
    this.losses = memory.tensor(predictions, 'losses of exposed pairs');
    this.one = memory.upload(Float32Array.of(1), 'one');
  }

  /** Uploads a micro-batch's pairs. @throws RangeError when there are more than fit */
  load({ count, spans, pairs, touched, entries }: ExposedPairs): void {
    const { device } = this.context.memory;
    if (count > this.sizes.pairs) throw new RangeError(`${count} exposed pairs, room for ${this.sizes.pairs}`);
    write(device, this.spans, spans);
    write(device, this.pairs, pairs);
    write(device, this.touched, touched);
    write(device, this.entries, entries);
  }

  /** Adds the loss to report[slot], and its gradients to `dh` and `de`. */
  run({ count, touched, weight }: ExposedPairs, rows: number, operands: ExposedOperands, { report, slot }: LossSlot): void {
    const { context, spans, pairs, entries, slopes, losses, one } = this;
    const { kernels, recorder } = context;
    const { h, dh, e, de, logScale } = operands;
    const quads = this.sizes.embeddingSize / 4;
    recorder.dispatch({
      kernel: kernels.file('exposed_rows'),
      storage: { h, e, span: spans, pair: pairs, log_scale: logScale ?? one, slope: slopes, loss: losses, dh },
      params: { rows, pairs: count, quads, scaled: Number(logScale !== null), weight },
      threads: rows,
    });
    if (de !== null) {
      const columns = touched.length / 4;
      recorder.dispatch({
        kernel: kernels.file('exposed_columns'),
        storage: { touched: this.touched, entry: entries, slope: slopes, h, de },
        params: { columns, quads },
        threads: columns * quads,
      });
    }
    addInnerProduct(context, rows, { x: losses, y: one, out: report, slot, repeat: rows });
  }
}
