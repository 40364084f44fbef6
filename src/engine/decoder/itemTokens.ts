/**
 * The input of the `token` interface and the trainable vectors: item token = add_i + W_in·f_i + b_in (+ u_i),
 * or a free embedding u_i alone; and their gradients.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { FlatViews } from '../adapter';
import type { CatalogueTensors } from '../ranking/catalogueTensors';
import type { Context } from '../context';
import { addTo, gatherRows, sumRows } from '../rows/rows';
import { denseForward, denseWeightGradient, type DenseSizes } from '../gemm/dense';
import { EmbeddingLookup } from '../rows/embeddingLookup';
import { slotOf, type ParameterLayout } from '../parameters';
import type { PackedHistories } from './sequence';

export class ItemTokens {
  /** Item tokens of a batch's item rows: [dense rows, hidden]. */
  readonly dense: Tensor;
  private readonly items: Tensor;
  private readonly rows: Tensor;
  private readonly learnedRows: Tensor;
  private readonly f: Tensor;
  private readonly add: Tensor;
  private readonly dDense: Tensor;
  /** Lookups of u; null if items have no free embedding at the input. */
  private readonly lookup: EmbeddingLookup | null;
  /** Columns of W_in. */
  private readonly inputs: number;

  constructor(
    private readonly context: Context,
    private readonly layout: ParameterLayout,
    private readonly hidden: number,
    private readonly catalogue: CatalogueTensors,
    capacity: { readonly denseRows: number; readonly rows: number },
  ) {
    const { memory } = context;
    this.inputs = slotOf(layout, 'w_in').columns;
    this.items = memory.tensor(capacity.denseRows, 'dense items');
    this.rows = memory.tensor(capacity.denseRows, 'dense row indices');
    this.learnedRows = memory.tensor(capacity.rows, 'rows of trainable vectors');
    this.lookup = layout.slots.has('u') ? new EmbeddingLookup(context, capacity.denseRows, hidden) : null;
    this.f = memory.tensor(catalogue.input === null ? 4 : capacity.denseRows * this.inputs, 'item row features');
    this.add = memory.tensor(catalogue.title === null ? 4 : capacity.denseRows * hidden, 'item row titles');
    this.dense = memory.tensor(capacity.denseRows * hidden, 'item tokens');
    this.dDense = memory.tensor(capacity.denseRows * hidden, 'd item tokens');
  }

  load(packed: PackedHistories): void {
    const { device } = this.context.memory;
    write(device, this.items, packed.denseItems);
    write(device, this.rows, packed.denseRows);
    this.lookup?.load(packed.denseItems);
    write(device, this.learnedRows, Uint32Array.from(packed.learnedRows.flat()));
  }

  forward(packed: PackedHistories, parameters: FlatViews): void {
    const { context, hidden, catalogue, lookup } = this;
    const rows = packed.denseItems.length;
    lookup?.forward(parameters.named('u'), this.dense);
    if (catalogue.input === null) return;
    gatherRows(context, { rows, size: this.inputs }, { x: catalogue.input, index: this.items, out: this.f });
    if (catalogue.title !== null)
      gatherRows(context, { rows, size: hidden }, { x: catalogue.title, index: this.items, out: this.add });
    if (lookup !== null) addTo(context, rows * hidden, { x: this.dense, out: this.add });
    denseForward(context.gemm, this.sizes(rows), {
      x: this.f,
      w: parameters.named('w_in'),
      y: this.dense,
      bias: parameters.named('b_in'),
      residual: catalogue.title === null ? null : this.add,
    });
  }

  /** Gradient of the input rows → W_in, b_in, u and the trainable vectors (added). */
  backward(packed: PackedHistories, dRows: Tensor, gradients: FlatViews): void {
    const { context, hidden, lookup } = this;
    const rows = packed.denseItems.length;
    if (rows > 0) {
      gatherRows(context, { rows, size: hidden }, { x: dRows, index: this.rows, out: this.dDense });
      lookup?.backward(this.dDense, gradients.named('u'));
      if (this.catalogue.input !== null) {
        denseWeightGradient(context.gemm, this.sizes(rows), { dy: this.dDense, x: this.f, dw: gradients.named('w_in') });
        sumRows(context, { rows, size: hidden }, { x: dRows, index: this.rows, out: gradients.named('b_in') });
      }
    }
    const learned = gradients.slot(this.layout.learned);
    let first = 0;
    packed.learnedRows.forEach((list, which) => {
      const shape = { rows: list.length, size: hidden };
      sumRows(context, shape, { x: dRows, index: this.learnedRows, first, out: learned, at: which * hidden });
      first += list.length;
    });
  }

  /** W_in: features of an item → hidden. */
  private sizes(rows: number): DenseSizes {
    return { rows, inputs: this.inputs, outputs: this.hidden };
  }
}
