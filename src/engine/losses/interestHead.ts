/** Interest embeddings h = W_o·hidden[row] (+ W_s·m), normalised for the cosine similarity, and the action loss against item embeddings. */
import { write, type Tensor } from '../../gpu/tensor';
import { leavesOut, type RunSpec } from '../../recipe/runSpec';
import type { Activations } from '../decoder/activations';
import type { FlatViews } from '../adapter';
import { roundUp8, type Context } from '../context';
import { addInnerProduct, gatherRows, scatterAddRows } from '../rows/rows';
import { denseForward, denseInputGradient, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { ItemEmbeddings, type ItemSizes } from '../decoder/itemEmbeddings';
import { normaliseRows, normaliseRowsBackward } from '../rows/normalisation';
import { ACTION_LOSSES } from './actionLosses';
import { InterestSkip } from './interestSkip';
import type { Candidates } from './candidates';
import type { LossSlot, ScoredLoss } from './scoredLoss';
import type { PackedHistories } from '../decoder/sequence';

export interface InterestSizes extends ItemSizes {
  readonly hidden: number;
  /** Maximum number of prediction rows, and of candidates, of a micro-batch. */
  readonly predictions: number;
  readonly candidates: number;
  /** Maximum number of items in its histories. */
  readonly historyItems: number;
}

export class InterestHead {
  /** Interest embeddings of the predictions: [predictions, e], and their gradient. */
  readonly h: Tensor;
  readonly dh: Tensor;
  private readonly items: ItemEmbeddings;
  private readonly skip: InterestSkip | null;
  private readonly rows: Tensor;
  private readonly targetColumns: Tensor;
  private readonly owner: Tensor;
  private readonly offset: Tensor | null;
  private readonly leavesOut: boolean;
  private readonly seenItems: Tensor;
  private readonly seenSpans: Tensor;
  private readonly rowWeight: Tensor;
  private readonly gathered: Tensor;
  private readonly dGathered: Tensor;
  private readonly norm: Tensor;

  /** @param features frozen features of the catalogue: [items, features] */
  constructor(
    private readonly context: Context,
    private readonly sizes: InterestSizes,
    private readonly objective: RunSpec['objective'],
    features: Tensor,
    private readonly scored: ScoredLoss,
  ) {
    const { memory } = context;
    const { hidden, embeddingSize, predictions, candidates } = sizes;
    const { listed } = ACTION_LOSSES[objective.actionLoss].candidates;
    const frozen = objective.headStart === 'identity' && objective.itemOutput === 'content';
    const embedded = listed
      ? ({ listed: candidates, catalogue: 'ranked' } as const)
      : ({ listed: 0, catalogue: frozen ? 'ranked' : 'trained' } as const);
    this.items = new ItemEmbeddings(context, sizes, objective, features, embedded);
    const skipSizes = { ...sizes, again: objective.skipLast };
    const skips = objective.interestSkip !== 'none';
    this.skip = skips ? new InterestSkip(context, skipSizes, features, objective.headStart !== 'identity') : null;
    this.rows = memory.tensor(predictions, 'prediction rows');
    this.targetColumns = memory.tensor(predictions, 'target columns');
    this.rowWeight = memory.tensor(predictions, 'prediction weights');
    this.owner = memory.tensor(roundUp8(candidates), 'candidate owners');
    const corrected = objective.logQ && ACTION_LOSSES[objective.actionLoss].sampled;
    this.leavesOut = leavesOut(objective);
    const added = corrected || objective.popularity > 0 || this.leavesOut;
    this.offset = added ? memory.tensor(roundUp8(candidates), 'what is added to scores') : null;
    this.seenItems = memory.tensor(this.leavesOut ? sizes.historyItems : 0, 'items of histories');
    this.seenSpans = memory.tensor(this.leavesOut ? 4 * predictions : 0, 'histories of predictions');
    this.gathered = memory.tensor(predictions * hidden, 'prediction hidden');
    this.dGathered = memory.tensor(predictions * hidden, 'd prediction hidden');
    this.h = memory.tensor(predictions * embeddingSize, 'h');
    this.dh = memory.tensor(predictions * embeddingSize, 'dh');
    this.norm = memory.tensor(predictions, '‖h‖');
  }

  private get cosine(): boolean {
    return this.objective.similarity === 'cosine';
  }

  /** Uploads which rows of the pass predict, and which items of their histories enter h. */
  loadRows(packed: PackedHistories): void {
    const { length } = packed.predictionRows;
    if (length > this.sizes.predictions) throw new RangeError(`${length} predictions, room for ${this.sizes.predictions}`);
    write(this.context.memory.device, this.rows, packed.predictionRows);
    this.skip?.load(packed);
  }

  /** Uploads a micro-batch's predictions and candidates. */
  load(packed: PackedHistories, candidates: Candidates): void {
    const { device } = this.context.memory;
    const predictions = packed.predictionRows.length;
    this.loadRows(packed);
    write(device, this.targetColumns, candidates.targetColumns);
    write(device, this.rowWeight, new Float32Array(predictions).fill(candidates.weight));
    write(device, this.owner, candidates.owner);
    if (this.offset !== null && candidates.offsets !== null) write(device, this.offset, candidates.offsets);
    if (this.leavesOut) {
      write(device, this.seenItems, packed.seenItems);
      write(device, this.seenSpans, packed.seenSpans);
    }
    this.items.load(candidates.items);
  }

  /** hidden → h for the loaded prediction rows. */
  interest(pass: Activations, predictions: number, parameters: FlatViews): void {
    const { hidden } = this.sizes;
    gatherRows(this.context, { rows: predictions, size: hidden }, { x: pass.hidden, index: this.rows, out: this.gathered });
    const residual = this.skip?.forward(predictions, parameters) ?? null;
    const operands = { x: this.gathered, w: parameters.named('w_o'), y: this.h, residual };
    denseForward(this.context.gemm, this.interestSizes(predictions), operands);
    if (this.cosine) normaliseRows(this.context, this.shape(predictions), { x: this.h, norm: this.norm });
  }

  /** Embeddings of the whole catalogue under an arm: [items, e], valid until the next action loss. */
  catalogue(parameters: FlatViews): Tensor {
    return this.items.catalogue(parameters);
  }

  /** L_act added to report[slot]; its gradient into `dh`, and added to W_e, z and log_scale. */
  actionLoss(
    candidates: Candidates,
    predictions: number,
    { parameters, gradients }: { readonly parameters: FlatViews; readonly gradients: FlatViews },
    { report, slot }: LossSlot,
  ): void {
    const { context, sizes } = this;
    const { items } = this;
    const columns = items.forward(candidates.items, parameters);
    this.scored.run({
      loss: ACTION_LOSSES[this.objective.actionLoss].row,
      rows: predictions,
      columns,
      depth: sizes.embeddingSize,
      h: this.h,
      e: { tensor: items.e, stride: sizes.embeddingSize },
      targetColumn: this.targetColumns,
      owned: candidates.owner.length === 0 ? null : { from: candidates.shared, owner: this.owner },
      logScale: this.cosine ? parameters.named('log_scale') : null,
      offset: this.offset,
      seen: this.leavesOut ? { items: this.seenItems, spans: this.seenSpans } : null,
      rowWeight: this.rowWeight,
      report,
      slot,
      gradient: { weight: 1, dh: this.dh, de: items.frozen ? null : items.de },
    });
    if (this.cosine) {
      // score = exp(log_scale)·h·e, but for what does not depend on it, so ∂L/∂log_scale = Σ G·score = Σ h·dh.
      const operands = { x: this.h, y: this.dh, out: gradients.named('log_scale') };
      addInnerProduct(context, predictions * sizes.embeddingSize, operands);
    }
    items.backward(candidates.items, gradients);
  }

  /** dh → gradient of W_o and W_s (added) and of the prediction rows, added to `dHidden`. */
  interestBackward(predictions: number, parameters: FlatViews, gradients: FlatViews, dHidden: Tensor): void {
    const { context, sizes } = this;
    if (this.cosine) normaliseRowsBackward(context, this.shape(predictions), { y: this.h, norm: this.norm, dy: this.dh });
    this.skip?.backward(predictions, this.dh, gradients);
    const projection = this.interestSizes(predictions);
    denseWeightGradient(context.gemm, projection, { dy: this.dh, x: this.gathered, dw: gradients.named('w_o') });
    denseInputGradient(context.gemm, projection, { dy: this.dh, w: parameters.named('w_o'), dx: this.dGathered });
    scatterAddRows(context, { rows: predictions, size: sizes.hidden }, { x: this.dGathered, index: this.rows, out: dHidden });
  }

  /** W_o: hidden → e. */
  private interestSizes(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.hidden, outputs: this.sizes.embeddingSize };
  }

  private shape(rows: number): { readonly rows: number; readonly size: number } {
    return { rows, size: this.sizes.embeddingSize };
  }
}
