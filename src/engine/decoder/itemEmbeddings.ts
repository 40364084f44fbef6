/**
 * What interest embeddings are compared with: e_i = W_e·x_i, W_e·x_i + z_i, or z_i alone, z a free embedding of each item that every arm trains
 * for itself, or the input's table u (`tied`); normalised for the cosine similarity. Of the whole catalogue, or of a step's candidates.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { RunSpec } from '../../recipe/runSpec';
import type { FlatViews } from '../adapter';
import { addTo, copyRows, gatherRows, roundUp4, type Context } from '../context';
import { denseForward, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { ACTION_LOSSES } from '../losses/actionLosses';
import type { Candidates } from '../losses/candidates';
import { EmbeddingLookup } from './embeddingLookup';
import { normaliseRows, normaliseRowsBackward } from './normalisation';

export interface ItemSizes {
  /** Numbers a row of the catalogue's features. */
  readonly features: number;
  readonly embeddingSize: number;
  readonly items: number;
  /** Most candidates of a micro-batch. */
  readonly candidates: number;
}

export class ItemEmbeddings {
  /** [columns, e], columns padded with zero rows to a multiple of 4, and their gradient. */
  readonly e: Tensor;
  readonly de: Tensor;
  private readonly norm: Tensor;
  private readonly candidateItems: Tensor;
  private readonly candidateFeatures: Tensor;
  private readonly lookup: EmbeddingLookup;
  /** z of the candidates, where it is added to W_e·x. */
  private readonly candidateZ: Tensor;
  private readonly content: boolean;
  /** Name of the table of free embeddings; null where there is none. */
  private readonly table: 'z' | 'u' | null;

  constructor(
    private readonly context: Context,
    private readonly sizes: ItemSizes,
    private readonly objective: RunSpec['objective'],
    /** Frozen features of the catalogue: [items, features]. */
    private readonly features: Tensor,
  ) {
    const { memory } = context;
    const { embeddingSize } = sizes;
    const { itemOutput } = objective;
    this.content = itemOutput.startsWith('content');
    this.table = itemOutput === 'content' ? null : itemOutput === 'tied' ? 'u' : 'z';
    const free = this.table !== null;
    const candidates = roundUp4(sizes.candidates);
    const listed = ACTION_LOSSES[objective.actionLoss].candidates.listed ? candidates : 0;
    this.candidateItems = memory.tensor(listed, 'candidate items');
    this.candidateFeatures = memory.tensor(this.content ? listed * sizes.features : 0, 'candidate features');
    this.candidateZ = memory.tensor(this.content && free ? listed * embeddingSize : 0, 'candidate z');
    this.lookup = new EmbeddingLookup(context, free ? listed : 0, embeddingSize);
    // The whole catalogue when it is ranked, the candidates in a step.
    const columns = Math.max(candidates, roundUp4(sizes.items));
    this.e = memory.tensor(columns * embeddingSize, 'e');
    this.de = memory.tensor(candidates * embeddingSize, 'de');
    this.norm = memory.tensor(columns, '‖e‖');
  }

  /** Uploads a micro-batch's candidates. */
  load({ items }: Candidates): void {
    if (items === null) return;
    if (items.length > this.sizes.candidates) {
      throw new RangeError(`${items.length} candidates, room for ${this.sizes.candidates}`);
    }
    write(this.context.memory.device, this.candidateItems, items);
    if (this.table !== null) this.lookup.load(items);
  }

  /** Embeddings of the whole catalogue under an arm: [items, e], in memory that the next candidates overwrite. */
  catalogue(parameters: FlatViews): Tensor {
    const { items, embeddingSize } = this.sizes;
    const z = this.table === null ? null : parameters.named(this.table);
    if (this.content) this.project(items, this.features, parameters, z);
    else if (z !== null) copyRows(this.context, z, items, embeddingSize, this.e, 0);
    this.normalise(items);
    return this.e;
  }

  /** Embeddings of the loaded candidates; returns how many columns there are. */
  forward(candidates: Candidates, parameters: FlatViews): number {
    if (candidates.items === null) {
      this.catalogue(parameters);
      return this.sizes.items;
    }
    const { context, sizes, lookup, candidateZ, table } = this;
    const columns = candidates.items.length;
    if (table !== null) lookup.forward(parameters.named(table), this.content ? candidateZ : this.e);
    if (this.content) {
      gatherRows(context, this.features, this.candidateItems, columns, sizes.features, this.candidateFeatures);
      this.project(columns, this.candidateFeatures, parameters, table === null ? null : candidateZ);
    }
    this.normalise(columns);
    return columns;
  }

  /** `de` → gradients of W_e and z or u (added). */
  backward(candidates: Candidates, gradients: FlatViews): void {
    const { context, sizes, de, table } = this;
    const whole = candidates.items === null;
    const columns = candidates.items?.length ?? sizes.items;
    const shape = { rows: columns, size: sizes.embeddingSize };
    if (this.objective.similarity === 'cosine') normaliseRowsBackward(context, this.e, this.norm, de, shape);
    if (this.content) {
      const x = whole ? this.features : this.candidateFeatures;
      denseWeightGradient(context.gemm, this.dense(columns), de, x, gradients.named('w_e'));
    }
    if (table === null) return;
    if (whole) addTo(context, de, columns * sizes.embeddingSize, gradients.named(table));
    else this.lookup.backward(de, gradients.named(table));
  }

  /** e = W_e·x (+ z). */
  private project(rows: number, x: Tensor, parameters: FlatViews, z: Tensor | null): void {
    denseForward(this.context.gemm, this.dense(rows), x, parameters.named('w_e'), this.e, { residual: z });
  }

  private normalise(rows: number): void {
    if (this.objective.similarity === 'cosine')
      normaliseRows(this.context, this.e, this.norm, { rows, size: this.sizes.embeddingSize });
  }

  /** W_e: features of an item → e. */
  private dense(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.features, outputs: this.sizes.embeddingSize };
  }
}
