/** KL(base‖arm) of the next-token distributions of some rows of a pass, a few rows at a time. */
import { write, type Tensor } from '../../../gpu/tensor';
import { roundUp8, type Context } from '../../context';
import type { Activations } from '../../decoder/activations';
import type { FrozenWeights } from '../../decoder/frozenWeights';
import type { TextTargets } from '../../decoder/sequence';
import { scoreFloats, type LossSlot } from '../../losses/scoredLoss';
import { addInnerProduct, gatherRows, scatterAddRows } from '../../rows/rows';

/** Quads of columns that one thread processes in a row. */
const QUADS_A_LANE = 16;

export class Divergence {
  private readonly lanes: number;
  /** Rows scored at once. */
  private readonly most: number;
  private readonly rows: Tensor;
  private readonly weights: Tensor;
  private readonly base: Tensor;
  private readonly h: Tensor;
  private readonly dh: Tensor;
  private readonly baseScores: Tensor;
  private readonly scores: Tensor;
  private readonly partials: Tensor;
  private readonly state: Tensor;
  private readonly parts: Tensor;

  /** @param capacity maximum number of rows that predict a token */
  constructor(
    private readonly context: Context,
    private readonly frozen: FrozenWeights,
    private readonly capacity: number,
  ) {
    const { memory } = context;
    const { hidden, vocabulary } = frozen.config;
    const columns = roundUp8(vocabulary);
    // GEMM tiles are 8 rows high.
    this.most = Math.min(capacity, Math.max(8, 8 * Math.floor(scoreFloats(columns) / columns / 8)));
    this.lanes = Math.ceil(columns / 4 / QUADS_A_LANE);
    this.rows = memory.tensor(capacity, 'rows of plain texts');
    this.weights = memory.tensor(capacity, 'weights of plain texts');
    this.base = memory.tensor(capacity * hidden, 'base hidden of plain texts');
    this.h = memory.tensor(capacity * hidden, 'hidden of plain texts');
    this.dh = memory.tensor(capacity * hidden, 'd hidden of plain texts');
    this.baseScores = memory.tensor(this.most * columns, 'base scores');
    this.scores = memory.tensor(this.most * columns, 'scores beside the base’s');
    this.partials = memory.tensor(4 * this.most * this.lanes, 'KL partials');
    this.state = memory.tensor(2 * this.most, 'KL state');
    this.parts = memory.tensor(capacity * this.lanes, 'KL parts');
  }

  /** Uploads which rows predict. @throws RangeError when there are more than fit */
  load(text: TextTargets): void {
    if (text.rows.length > this.capacity) throw new RangeError(`${text.rows.length} text rows, room for ${this.capacity}`);
    const { device } = this.context.memory;
    write(device, this.rows, text.rows);
    write(device, this.weights, text.weights);
  }

  /** Keeps the hidden states of a pass of the base model. */
  keepBase(pass: Pick<Activations, 'hidden'>, rows: number): void {
    this.gather(pass, rows, this.base);
  }

  /**
   * Σ of a row's weight · KL from what `keepBase` kept to this pass, added to report[slot]; weight·∂loss is
   * added to `dHidden`.
   */
  run(
    pass: Pick<Activations, 'hidden'>,
    rows: number,
    { report, slot }: LossSlot,
    { weight, dHidden }: { readonly weight: number; readonly dHidden: Tensor },
  ): void {
    const { context, lanes, most } = this;
    const { hidden } = this.frozen.config;
    this.gather(pass, rows, this.h);
    for (let first = 0; first < rows; first += most) this.runRows(first, Math.min(most, rows - first), weight);
    addInnerProduct(context, rows * lanes, { x: this.parts, y: this.weights, out: report, slot, repeat: lanes });
    scatterAddRows(context, { rows, size: hidden }, { x: this.dh, index: this.rows, out: dHidden });
  }

  private gather(pass: Pick<Activations, 'hidden'>, rows: number, out: Tensor): void {
    gatherRows(this.context, { rows, size: this.frozen.config.hidden }, { x: pass.hidden, index: this.rows, out });
  }

  private runRows(first: number, rows: number, weight: number): void {
    const { context, frozen, lanes, baseScores: base, scores, state, partials, parts } = this;
    const { gemm, kernels, recorder } = context;
    const { hidden, vocabulary } = frozen.config;
    const stride = roundUp8(vocabulary);
    const head = frozen.head.matrix;
    const ofRows = (tensor: Tensor) => ({ tensor, stride: hidden, offset: first * hidden });
    const [ofBase, ofArm] = [base, scores].map((tensor) => ({ tensor, stride }));
    const product = { rows, columns: stride, depth: hidden, b: head } as const;
    gemm.run({ kind: 'NT', ...product, a: ofRows(this.base), out: ofBase! });
    gemm.run({ kind: 'NT', ...product, a: ofRows(this.h), out: ofArm! });
    const shape = { rows, columns: vocabulary, stride, lanes };
    const threads = rows * lanes;
    recorder.dispatch({ kernel: kernels.file('kl_partial'), storage: { base, scores, partials }, params: shape, threads });
    recorder.dispatch({ kernel: kernels.file('kl_state'), storage: { partials, state }, params: { rows, lanes }, threads: rows });
    recorder.dispatch({
      kernel: kernels.file('kl_gradient'),
      storage: { base, state, row_weight: this.weights, scores, parts },
      params: { ...shape, first_row: first, weight },
      threads,
    });
    gemm.run({ kind: 'NN', rows, columns: hidden, depth: stride, a: ofArm!, b: head, out: ofRows(this.dh) });
  }
}
