/**
 * Item embeddings, with which interest embeddings are compared: e_i = W_e·x_i, W_e·x_i + z_i, or z_i alone, z
 * a free embedding per item that every arm trains for itself, or the input's table u (`tied`); normalised for
 * the cosine similarity. Of the whole catalogue, or of a list of items.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { RunSpec } from '../../recipe/runSpec';
import type { FlatViews } from '../adapter';
import { roundUp8, type Context } from '../context';
import { addTo, copyRows, gatherRows } from '../rows/rows';
import { denseForward, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { EmbeddingLookup } from '../rows/embeddingLookup';
import { normaliseRows, normaliseRowsBackward } from '../rows/normalisation';

export interface ItemSizes {
  /** Numbers per row of the catalogue's features. */
  readonly features: number;
  readonly embeddingSize: number;
  readonly items: number;
}

/** The items that embeddings are computed for. */
export interface EmbeddedItems {
  /** Maximum length of a list. */
  readonly listed: number;
  /** Whether embeddings are also computed for the whole catalogue, and whether they are differentiated. */
  readonly catalogue: 'none' | 'ranked' | 'trained';
}

export class ItemEmbeddings {
  /** [columns, e], columns padded with zero rows to a multiple of 8, and their gradient. */
  readonly e: Tensor;
  readonly de: Tensor;
  private readonly norm: Tensor;
  private readonly listedItems: Tensor;
  private readonly listedFeatures: Tensor;
  private readonly lookup: EmbeddingLookup;
  /** z of the list, if it is added to W_e·x. */
  private readonly listedZ: Tensor;
  private readonly content: boolean;
  /** Whether W_e is the identity, which is not trained and, where it is square, need not be multiplied by. */
  private readonly identity: boolean;
  /** Name of the table of free embeddings; null if there is none. */
  private readonly table: 'z' | 'u' | null;

  constructor(
    private readonly context: Context,
    private readonly sizes: ItemSizes,
    private readonly objective: RunSpec['objective'],
    /** Frozen features of the catalogue: [items, features]. */
    private readonly features: Tensor,
    private readonly embedded: EmbeddedItems,
  ) {
    const { memory } = context;
    const { embeddingSize } = sizes;
    const { itemOutput } = objective;
    this.content = itemOutput.startsWith('content');
    this.identity = objective.headStart === 'identity';
    this.table = itemOutput === 'content' ? null : itemOutput === 'tied' ? 'u' : 'z';
    const free = this.table !== null;
    const listed = roundUp8(embedded.listed);
    this.listedItems = memory.tensor(listed, 'listed items');
    this.listedFeatures = memory.tensor(this.content ? listed * sizes.features : 0, 'listed features');
    this.listedZ = memory.tensor(this.content && free ? listed * embeddingSize : 0, 'listed z');
    this.lookup = new EmbeddingLookup(context, free ? listed : 0, embeddingSize);
    const whole = roundUp8(sizes.items);
    const columns = Math.max(listed, embedded.catalogue === 'none' ? 0 : whole);
    this.e = memory.tensor(columns * embeddingSize, 'e');
    this.de = memory.tensor(Math.max(listed, embedded.catalogue === 'trained' && !this.frozen ? whole : 0) * embeddingSize, 'de');
    this.norm = memory.tensor(columns, '‖e‖');
  }

  /** Whether nothing that they are made of is trained, so that their gradient is not needed. */
  get frozen(): boolean {
    return this.identity && this.table === null;
  }

  /** Uploads a list of items; null stands for the whole catalogue. */
  load(items: Uint32Array | null): void {
    if (items === null) return;
    const { listed } = this.embedded;
    if (items.length > listed) throw new RangeError(`${items.length} items, room for ${listed}`);
    write(this.context.memory.device, this.listedItems, items);
    if (this.table !== null) this.lookup.load(items);
  }

  /** Embeddings of the whole catalogue under an arm: [items, e], valid until the next list is embedded. */
  catalogue(parameters: FlatViews): Tensor {
    const { items, embeddingSize } = this.sizes;
    const z = this.table === null ? null : parameters.named(this.table);
    if (this.content) this.project(items, this.features, parameters, z);
    else if (z !== null) copyRows(this.context, { rows: items, size: embeddingSize }, { x: z, out: this.e, first: 0 });
    this.normalise(items);
    return this.e;
  }

  /** Embeds the loaded list; returns the number of columns. */
  forward(items: Uint32Array | null, parameters: FlatViews): number {
    if (items === null) {
      this.catalogue(parameters);
      return this.sizes.items;
    }
    const { context, sizes, lookup, listedZ, table } = this;
    const columns = items.length;
    if (table !== null) lookup.forward(parameters.named(table), this.content ? listedZ : this.e);
    if (this.content) {
      gatherRows(
        context,
        { rows: columns, size: sizes.features },
        { x: this.features, index: this.listedItems, out: this.listedFeatures },
      );
      this.project(columns, this.listedFeatures, parameters, table === null ? null : listedZ);
    }
    this.normalise(columns);
    return columns;
  }

  /** `de` → gradients of W_e and z or u (added). */
  backward(items: Uint32Array | null, gradients: FlatViews): void {
    if (this.frozen) return;
    const { context, sizes, de, table } = this;
    const whole = items === null;
    const columns = items?.length ?? sizes.items;
    const shape = { rows: columns, size: sizes.embeddingSize };
    if (this.objective.similarity === 'cosine') normaliseRowsBackward(context, shape, { y: this.e, norm: this.norm, dy: de });
    if (this.content && !this.identity) {
      const x = whole ? this.features : this.listedFeatures;
      denseWeightGradient(context.gemm, this.dense(columns), { dy: de, x, dw: gradients.named('w_e') });
    }
    if (table === null) return;
    if (whole) addTo(context, columns * sizes.embeddingSize, { x: de, out: gradients.named(table) });
    else this.lookup.backward(de, gradients.named(table));
  }

  /** e = W_e·x (+ z). */
  private project(rows: number, x: Tensor, parameters: FlatViews, z: Tensor | null): void {
    const { embeddingSize: size, features } = this.sizes;
    if (this.identity && size === features) {
      copyRows(this.context, { rows, size }, { x, out: this.e, first: 0 });
      if (z !== null) addTo(this.context, rows * size, { x: z, out: this.e });
      return;
    }
    denseForward(this.context.gemm, this.dense(rows), { x, w: parameters.named('w_e'), y: this.e, residual: z });
  }

  private normalise(rows: number): void {
    if (this.objective.similarity === 'cosine')
      normaliseRows(this.context, { rows, size: this.sizes.embeddingSize }, { x: this.e, norm: this.norm });
  }

  /** W_e: features of an item → e. */
  private dense(rows: number): DenseSizes {
    return { rows, inputs: this.sizes.features, outputs: this.sizes.embeddingSize };
  }
}
