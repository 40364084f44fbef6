/**
 * Rows of a trainable table looked up by index (an embedding layer): the lookup and its gradient. Indices may
 * repeat.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { Context } from '../context';
import { dispatchRows, gatherRows } from './rows';

/** The positions in a list at which each of its values occurs; values are in ascending order. */
export interface Occurrences {
  /** The distinct values. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** Where the positions of each value start in `order`; the last entry is where they end. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly order: Uint32Array<ArrayBuffer>;
}

/**
 * Groups the positions in a list by value; positions of one value keep their order, so that sums over them
 * are deterministic.
 */
export function groupPlaces(values: Uint32Array): Occurrences {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
  const starts = order.map((_, i) => i).filter((i) => i === 0 || values[order[i]!] !== values[order[i - 1]!]);
  return {
    rows: starts.map((i) => values[order[i]!]!),
    starts: Uint32Array.from([...starts, order.length]),
    order,
  };
}

export class EmbeddingLookup {
  private readonly index: Tensor;
  private readonly rows: Tensor;
  private readonly starts: Tensor;
  private readonly order: Tensor;
  private count = 0;
  private segments = 0;

  /** @param capacity maximum number of lookups at once @param size floats per row of the table */
  constructor(
    private readonly context: Context,
    capacity: number,
    private readonly size: number,
  ) {
    const { memory } = context;
    this.index = memory.tensor(capacity, 'looked-up rows');
    this.rows = memory.tensor(capacity, 'distinct looked-up rows');
    this.starts = memory.tensor(capacity + 1, 'where their look-ups begin');
    this.order = memory.tensor(capacity, 'look-ups by row');
  }

  /** Uploads which rows are looked up. */
  load(index: Uint32Array): void {
    const { device } = this.context.memory;
    const { rows, starts, order } = groupPlaces(index);
    this.count = index.length;
    this.segments = rows.length;
    write(device, this.index, index);
    write(device, this.rows, rows);
    write(device, this.starts, starts);
    write(device, this.order, order);
  }

  /** out[i] = table[index[i]]. */
  forward(table: Tensor, out: Tensor): void {
    gatherRows(this.context, { rows: this.count, size: this.size }, { x: table, index: this.index, out });
  }

  /** dTable[index[i]] += dOut[i]. */
  backward(dOut: Tensor, dTable: Tensor): void {
    const { context, rows, starts, order, segments, size } = this;
    const storage = { row: rows, start: starts, order, x: dOut, out: dTable };
    dispatchRows(context, 'scatter_sum_rows', { rows: segments, size }, { storage, params: { segments } });
  }
}
