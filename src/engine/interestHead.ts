/**
 * Interest and item embeddings and the action loss: h = W_o·hidden[row], e_i = W_e·x_i, normalised for the cosine similarity.
 */
import { write, type Tensor } from '../gpu/tensor';
import type { RunSpec } from '../spec/runSpec';
import type { Activations } from './activations';
import type { FlatViews } from './adapter';
import { dispatchLinear, gatherRows, roundUp4, scatterAddRows, vectorPrelude, type Context } from './context';
import { denseForward, denseInputGradient, denseWeightGradient, type DenseSizes } from './dense';
import type { ScoredLoss } from './scoredLoss';
import type { Candidates } from './microBatch';
import type { PackedHistories } from './sequence';

export interface InterestSizes {
  readonly hidden: number;
  /** Numbers a row of the catalogue's features. */
  readonly features: number;
  readonly embeddingSize: number;
  readonly items: number;
  /** Most prediction rows and most candidates of a micro-batch. */
  readonly predictions: number;
  readonly candidates: number;
}

export class InterestHead {
  /** Interest embeddings of the predictions: [predictions, e], and their gradient. */
  readonly h: Tensor;
  readonly dh: Tensor;
  private readonly rows: Tensor;
  private readonly targetColumns: Tensor;
  private readonly owner: Tensor;
  private readonly candidateItems: Tensor;
  private readonly rowWeight: Tensor;
  private readonly gathered: Tensor;
  private readonly dGathered: Tensor;
  private readonly norm: Tensor;
  private readonly candidateFeatures: Tensor;
  private readonly e: Tensor;
  private readonly de: Tensor;
  private readonly normE: Tensor;

  constructor(
    private readonly context: Context,
    private readonly sizes: InterestSizes,
    private readonly objective: RunSpec['objective'],
    /** Frozen features of the catalogue: [items, features]. */
    private readonly features: Tensor,
    private readonly scored: ScoredLoss,
  ) {
    const { memory } = context;
    const { hidden, embeddingSize, predictions } = sizes;
    const candidates = roundUp4(sizes.candidates);
    this.rows = memory.tensor(predictions, 'prediction rows');
    this.targetColumns = memory.tensor(predictions, 'target columns');
    this.rowWeight = memory.tensor(predictions, 'prediction weights');
    this.owner = memory.tensor(candidates, 'candidate owners');
    this.candidateItems = memory.tensor(candidates, 'candidate items');
    this.gathered = memory.tensor(predictions * hidden, 'prediction hidden');
    this.dGathered = memory.tensor(predictions * hidden, 'd prediction hidden');
    this.h = memory.tensor(predictions * embeddingSize, 'h');
    this.dh = memory.tensor(predictions * embeddingSize, 'dh');
    this.norm = memory.tensor(predictions, '‖h‖');
    this.candidateFeatures = memory.tensor(
      objective.actionLoss === 'full' ? 4 : candidates * sizes.features,
      'candidate features',
    );
    // The whole catalogue when it is ranked, the candidates in a step.
    const columns = Math.max(candidates, roundUp4(sizes.items));
    this.e = memory.tensor(columns * embeddingSize, 'e');
    this.de = memory.tensor(candidates * embeddingSize, 'de');
    this.normE = memory.tensor(columns, '‖e‖');
  }

  private get cosine(): boolean {
    return this.objective.similarity === 'cosine';
  }

  /** Uploads which rows of the pass predict. */
  loadRows(rows: Uint32Array): void {
    if (rows.length > this.sizes.predictions)
      throw new RangeError(`${rows.length} predictions, room for ${this.sizes.predictions}`);
    write(this.context.memory.device, this.rows, rows);
  }

  /** Uploads a micro-batch's predictions and candidates. */
  load(packed: PackedHistories, candidates: Candidates): void {
    const { device } = this.context.memory;
    const predictions = packed.predictionRows.length;
    this.loadRows(packed.predictionRows);
    write(device, this.targetColumns, candidates.targetColumns);
    write(device, this.rowWeight, new Float32Array(predictions).fill(candidates.weight));
    if (candidates.items !== null) {
      if (candidates.items.length > this.sizes.candidates) {
        throw new RangeError(`${candidates.items.length} candidates, room for ${this.sizes.candidates}`);
      }
      write(device, this.candidateItems, candidates.items);
      write(device, this.owner, candidates.owner);
    }
  }

  /** hidden → h for the loaded prediction rows. */
  interest(pass: Activations, predictions: number, parameters: FlatViews): void {
    const { hidden } = this.sizes;
    gatherRows(this.context, pass.hidden, this.rows, predictions, hidden, this.gathered);
    denseForward(this.context.gemm, this.interestSizes(predictions), this.gathered, parameters.named('w_o'), this.h);
    if (this.cosine) this.normalise(this.h, predictions, this.norm);
  }

  /** Embeddings of the whole catalogue under an arm: [items, e], in memory that the next action loss overwrites. */
  catalogue(parameters: FlatViews): Tensor {
    denseForward(this.context.gemm, this.itemSizes(this.sizes.items), this.features, parameters.named('w_e'), this.e);
    if (this.cosine) this.normalise(this.e, this.sizes.items, this.normE);
    return this.e;
  }

  /** L_act added to report[slot]; its gradient into `dh`, and added to W_e and log_scale. */
  actionLoss(
    candidates: Candidates,
    predictions: number,
    parameters: FlatViews,
    gradients: FlatViews,
    report: Tensor,
    slot: number,
  ): void {
    const { context, sizes } = this;
    const columns = candidates.items?.length ?? sizes.items;
    if (candidates.items !== null) {
      gatherRows(context, this.features, this.candidateItems, columns, sizes.features, this.candidateFeatures);
    }
    const x = candidates.items === null ? this.features : this.candidateFeatures;
    denseForward(context.gemm, this.itemSizes(columns), x, parameters.named('w_e'), this.e);
    if (this.cosine) this.normalise(this.e, columns, this.normE);
    this.scored.run({
      kind: this.objective.actionLoss === 'pairwise' ? 'pairwise' : 'softmax',
      rows: predictions,
      columns,
      depth: sizes.embeddingSize,
      h: this.h,
      e: { tensor: this.e, stride: sizes.embeddingSize },
      targetColumn: this.targetColumns,
      owned: candidates.owner.length === 0 ? null : { from: candidates.shared, owner: this.owner },
      logScale: this.cosine ? parameters.named('log_scale') : null,
      rowWeight: this.rowWeight,
      report,
      slot,
      gradient: { weight: 1, dh: this.dh, de: this.de },
    });
    if (this.cosine) {
      context.recorder.dispatch(
        context.kernels.file('scale_gradient'),
        { h: this.h, dh: this.dh, out: gradients.named('log_scale') },
        { count: predictions * sizes.embeddingSize },
        [1, 1, 1],
      );
      this.normaliseBackward(this.e, this.normE, columns, this.de);
    }
    denseWeightGradient(context.gemm, this.itemSizes(columns), this.de, x, gradients.named('w_e'));
  }

  /** dh → gradient of W_o (added) and of the prediction rows, added to `dHidden`. */
  interestBackward(predictions: number, parameters: FlatViews, gradients: FlatViews, dHidden: Tensor): void {
    const { context, sizes } = this;
    if (this.cosine) this.normaliseBackward(this.h, this.norm, predictions, this.dh);
    const projection = this.interestSizes(predictions);
    denseWeightGradient(context.gemm, projection, this.dh, this.gathered, gradients.named('w_o'));
    denseInputGradient(context.gemm, projection, this.dh, parameters.named('w_o'), this.dGathered);
    scatterAddRows(context, this.dGathered, this.rows, predictions, sizes.hidden, dHidden);
  }

  /** W_o: hidden → e. */
  private interestSizes(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.hidden, outputs: this.sizes.embeddingSize };
  }

  /** W_e: features of an item → e. */
  private itemSizes(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.features, outputs: this.sizes.embeddingSize };
  }

  private normalise(x: Tensor, rows: number, norm: Tensor): void {
    const kernel = this.context.kernels.file('normalise_forward', vectorPrelude(this.sizes.embeddingSize));
    dispatchLinear(this.context, kernel, { x, norm }, { rows }, rows, 16);
  }

  private normaliseBackward(y: Tensor, norm: Tensor, rows: number, dy: Tensor): void {
    const kernel = this.context.kernels.file('normalise_backward', vectorPrelude(this.sizes.embeddingSize));
    dispatchLinear(this.context, kernel, { y, norm, dy }, { rows }, rows, 16);
  }
}
