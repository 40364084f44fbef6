/**
 * Interest embeddings h = W_o·hidden[row] (+ W_s·m), normalised for the cosine similarity, and the action
 * loss against item embeddings.
 */
import { write, type Tensor } from '../../gpu/tensor';
import { leavesOut, type RunSpec } from '../../recipe/runSpec';
import type { Activations } from '../decoder/activations';
import type { FlatViews } from '../adapter';
import { roundUp8, type Context } from '../context';
import { addInnerProduct, addTo, fill, gatherRows, scatterAddRows } from '../rows/rows';
import { denseForward, denseInputGradient, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { ItemEmbeddings, type ItemSizes } from '../decoder/itemEmbeddings';
import { normaliseRows, normaliseRowsBackward } from '../rows/normalisation';
import { ACTION_LOSSES } from './actionLosses';
import { InterestSkip } from './interestSkip';
import type { Candidates } from './candidates';
import { ExposedLoss } from './exposedLoss';
import type { RowLoss } from './rowLoss';
import type { LossSlot, ScoredLoss } from './scoredLoss';
import type { PackedHistories } from '../decoder/sequence';

export interface InterestSizes extends ItemSizes {
  readonly hidden: number;
  /** Maximum number of prediction rows, and of candidates, of a micro-batch. */
  readonly predictions: number;
  readonly candidates: number;
  /** Maximum number of pairs of a prediction and an exposed item. */
  readonly exposedPairs: number;
  /** Maximum number of items in its histories. */
  readonly historyItems: number;
  /** Whether there are losses over the same scores beside L_act. */
  readonly moreLosses: boolean;
}

/** A loss over the scores of a micro-batch's predictions. */
export interface ScoredShape {
  readonly candidates: Candidates;
  readonly predictions: number;
  readonly loss: RowLoss;
  /** Of its gradient. */
  readonly weight: number;
}

interface Trained {
  readonly parameters: FlatViews;
  readonly gradients: FlatViews;
}

export class InterestHead {
  /** Interest embeddings of the predictions: [predictions, e], and their gradient. */
  readonly h: Tensor;
  readonly dh: Tensor;
  /** That of a further loss; null if no arm has one. */
  private readonly moreDh: Tensor | null;
  private readonly items: ItemEmbeddings;
  private readonly skip: InterestSkip | null;
  private readonly rows: Tensor;
  private readonly targetColumns: Tensor;
  private readonly exposed: ExposedLoss | null;
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
    const embedded = listed
      ? ({ listed: candidates, catalogue: 'ranked' } as const)
      : ({ listed: 0, catalogue: 'trained' } as const);
    this.items = new ItemEmbeddings(context, sizes, objective, features, embedded);
    const skipSizes = { ...sizes, again: objective.skipLast };
    const skips = objective.interestSkip !== 'none';
    this.skip = skips ? new InterestSkip(context, skipSizes, features, objective.headStart !== 'identity') : null;
    this.rows = memory.tensor(predictions, 'prediction rows');
    this.targetColumns = memory.tensor(predictions, 'target columns');
    this.rowWeight = memory.tensor(predictions, 'prediction weights');
    const { exposedPairs: pairs, items } = sizes;
    const columns = Math.min(items, pairs + predictions);
    this.exposed = pairs > 0 ? new ExposedLoss(context, { predictions, pairs, columns, embeddingSize }) : null;
    this.leavesOut = leavesOut(objective);
    const added = objective.popularity > 0 || this.leavesOut;
    this.offset = added ? memory.tensor(roundUp8(candidates), 'what is added to scores') : null;
    this.seenItems = memory.tensor(this.leavesOut ? sizes.historyItems : 0, 'items of histories');
    this.seenSpans = memory.tensor(this.leavesOut ? 4 * predictions : 0, 'histories of predictions');
    this.gathered = memory.tensor(predictions * hidden, 'prediction hidden');
    this.dGathered = memory.tensor(predictions * hidden, 'd prediction hidden');
    this.h = memory.tensor(predictions * embeddingSize, 'h');
    this.dh = memory.tensor(predictions * embeddingSize, 'dh');
    this.moreDh = sizes.moreLosses ? memory.tensor(predictions * embeddingSize, 'dh of a further loss') : null;
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
    if (candidates.exposed !== null) this.exposed?.load(candidates.exposed);
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
  actionLoss(candidates: Candidates, predictions: number, of: Trained, to: LossSlot): void {
    const { exposed } = candidates;
    this.items.forward(candidates.items, of.parameters);
    const logScale = this.score(
      { candidates, predictions, loss: ACTION_LOSSES[this.objective.actionLoss].row, weight: 1 },
      of,
      to,
      this.dh,
    );
    if (exposed !== null) {
      const { e, de, frozen } = this.items;
      this.exposed?.run(exposed, predictions, { h: this.h, dh: this.dh, e, de: frozen ? null : de, logScale }, to);
    }
    this.itemsBackward(candidates, predictions, of, this.dh);
  }

  /**
   * Adds another loss over the scores of `actionLoss`, which must come before, to report[slot]. The gradients
   * of weight·loss are added, that of h to `dh`.
   */
  moreLoss(shape: ScoredShape, of: Trained, to: LossSlot): void {
    const dh = this.moreDh ?? unplanned();
    this.score(shape, of, to, dh);
    this.itemsBackward(shape.candidates, shape.predictions, of, dh);
    addTo(this.context, shape.predictions * this.sizes.embeddingSize, { x: dh, out: this.dh });
  }

  /** Gradients of h into `dh`, those of the embedded items into theirs. @returns what scales products */
  private score(
    { candidates, predictions, loss, weight }: ScoredShape,
    { parameters }: Trained,
    to: LossSlot,
    dh: Tensor,
  ): Tensor | null {
    const { context, items, sizes } = this;
    const { shared } = candidates;
    const columns = candidates.items?.length ?? shared;
    // The columns after the shared ones, which only pairs read.
    if (columns > shared && !items.frozen) fill(context, items.de, columns * sizes.embeddingSize);
    const logScale = this.cosine ? parameters.named('log_scale') : null;
    this.scored.run({
      ...to,
      loss,
      rows: predictions,
      columns: shared,
      depth: sizes.embeddingSize,
      h: this.h,
      e: { tensor: items.e, stride: sizes.embeddingSize },
      targetColumn: this.targetColumns,
      owned: null,
      logScale,
      offset: this.offset,
      seen: this.leavesOut ? { items: this.seenItems, spans: this.seenSpans } : null,
      rowWeight: this.rowWeight,
      gradient: { weight, dh, de: items.frozen ? null : items.de },
    });
    return logScale;
  }

  private itemsBackward(candidates: Candidates, predictions: number, { gradients }: Trained, dh: Tensor): void {
    if (this.cosine) {
      // score = exp(log_scale)·h·e, but for what does not depend on it, so ∂L/∂log_scale = Σ G·score = Σ
      // h·dh.
      const operands = { x: this.h, y: dh, out: gradients.named('log_scale') };
      addInnerProduct(this.context, predictions * this.sizes.embeddingSize, operands);
    }
    this.items.backward(candidates.items, gradients);
  }

  /** `dh` = 0, for predictions that L_act does not read. */
  noActionLoss(predictions: number): void {
    fill(this.context, this.dh, predictions * this.sizes.embeddingSize);
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

function unplanned(): never {
  throw new Error('no arm was said to have a further loss over scores');
}
