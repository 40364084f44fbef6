/**
 * Losses over scores = H·Eᵀ without ever holding all scores: runs of rows are scored, turned into gradients in place and
 * multiplied back (idea: Liger Kernel, arXiv 2410.10989). Serves the LM head (E = vocabulary) and the action loss (E = items).
 */
import type { Tensor } from '../gpu/tensor';
import { dispatchLinear, roundUp4, type Context } from './context';
import type { Matrix } from './gemm';

export interface ScoredRows {
  readonly kind: 'softmax' | 'pairwise';
  readonly rows: number;
  /** Real columns; `e` has them padded with zero rows to a multiple of 4. */
  readonly columns: number;
  readonly depth: number;
  /** [rows, depth] and [columns padded, depth]. */
  readonly h: Tensor;
  readonly e: Matrix;
  /** Column of each row's target. */
  readonly targetColumn: Tensor;
  /** Row that alone sees a column, or ANY_ROW; null shows everything to every row (`softmax` only). */
  readonly owner: Tensor | null;
  /** Scores are multiplied by exp(logScale[0]); null leaves them as they are. */
  readonly logScale: Tensor | null;
  /** Weight of each row in the mean (`softmax`), or of each pair (`pairwise`). */
  readonly rowWeight: Tensor;
  readonly pairWeight: number;
  /** Where the loss is added. */
  readonly report: Tensor;
  readonly slot: number;
  /** Null evaluates only. Gradients of `weight`·loss: `dh` [rows, depth] and, unless frozen, `de` [columns padded, depth]. */
  readonly gradient: { readonly weight: number; readonly dh: Tensor; readonly de: Tensor | null } | null;
}

export class ScoredLoss {
  private readonly logits: Tensor;
  private readonly state: Tensor;
  private readonly nothing: Tensor;
  private readonly floats: number;

  /**
   * @param maxRows most rows in a call @param maxColumns most columns in a call
   * @param floats size of the logits scratch; at least 8 rows are always held
   */
  constructor(
    private readonly context: Context,
    private readonly maxRows: number,
    maxColumns: number,
    floats = 1 << 19,
  ) {
    this.floats = Math.max(floats, 8 * roundUp4(maxColumns));
    this.logits = context.memory.tensor(this.floats, 'logits of a run of rows');
    this.state = context.memory.tensor(4 * maxRows, 'loss state');
    this.nothing = context.memory.tensor(4, 'unused binding');
  }

  run(call: ScoredRows): void {
    const { context, logits, state, nothing } = this;
    const { rows, columns, depth, h, e, gradient, kind } = call;
    if (rows > this.maxRows) throw new RangeError(`${rows} rows, room for ${this.maxRows}`);
    if (kind === 'pairwise' && call.owner === null) throw new RangeError('the pairwise kernels need owners');
    const stride = roundUp4(columns);
    const run = Math.max(8, 8 * Math.floor(this.floats / stride / 8));
    const prelude = { constants: { SCALED: Number(call.logScale !== null), MASKED: Number(call.owner !== null) } };
    const shared = {
      logits,
      state,
      target_column: call.targetColumn,
      owner: call.owner ?? nothing,
      log_scale: call.logScale ?? nothing,
    };
    for (let first = 0; first < rows; first += run) {
      const n = Math.min(run, rows - first);
      const scores = { tensor: logits, stride };
      const ofRows = (tensor: Tensor): { tensor: Tensor; stride: number; offset: number } => ({
        tensor,
        stride: depth,
        offset: first * depth,
      });
      context.gemm.run({
        kind: 'NT',
        rows: n,
        columns: stride,
        depth,
        a: ofRows(h),
        b: e,
        out: scores,
      });
      const params = { first_row: first, rows: n, columns, stride };
      dispatchLinear(context, context.kernels.file(`${kind}_state`, prelude), shared, params, n, 16);
      if (gradient === null) continue;
      const weight = gradient.weight * (kind === 'pairwise' ? call.pairWeight : 1);
      dispatchLinear(
        context,
        context.kernels.file(`${kind}_gradient`, prelude),
        { ...shared, row_weight: call.rowWeight },
        { ...params, weight },
        n * stride,
        64,
      );
      context.gemm.run({
        kind: 'NN',
        rows: n,
        columns: depth,
        depth: stride,
        a: scores,
        b: e,
        out: ofRows(gradient.dh),
      });
      if (gradient.de === null) continue;
      context.gemm.run({
        kind: 'TN',
        rows: stride,
        columns: depth,
        depth: n,
        a: scores,
        b: ofRows(h),
        out: { tensor: gradient.de, stride: depth },
        accumulate: first > 0,
      });
    }
    context.recorder.dispatch(
      context.kernels.file('reduce_loss'),
      { state, row_weight: call.rowWeight, out: call.report },
      { rows, kind: kind === 'softmax' ? 0 : 1, weight: call.pairWeight, slot: call.slot },
      [1, 1, 1],
    );
  }
}
