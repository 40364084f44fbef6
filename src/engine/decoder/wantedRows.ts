/**
 * The rows of a pass whose hidden states are read, for passes that read few: the last block computes the rest
 * of itself for those alone.
 */
import { write, type Tensor } from '../../gpu/tensor';
import type { DecoderConfig } from '../../model/decoderConfig';
import type { Context } from '../context';
import { gatherRows } from '../rows/rows';
import type { BlockActivations } from './activations';

export class WantedRows {
  private readonly index: Tensor;
  private readonly input: Tensor;
  private readonly attention: Tensor;
  private rows = 0;

  /** @param most maximum number of rows that are read */
  constructor(
    private readonly context: Context,
    private readonly config: DecoderConfig,
    private readonly most: number,
  ) {
    const { memory } = context;
    this.index = memory.tensor(most, 'rows that are read');
    this.input = memory.tensor(most * config.hidden, 'their input of the last block');
    this.attention = memory.tensor(most * config.heads * config.headSize, 'their attention in the last block');
  }

  get count(): number {
    return this.rows;
  }

  /** Uploads which rows are read. @throws RangeError when there are more than fit */
  load(rows: Uint32Array): void {
    if (rows.length > this.most) throw new RangeError(`${rows.length} rows to read, room for ${this.most}`);
    write(this.context.memory.device, this.index, rows);
    this.rows = rows.length;
  }

  /** Queues copies of their input and attention; the block with these in place of those of all rows. */
  gather(block: BlockActivations): BlockActivations {
    const { context, index, input, attention, rows, config } = this;
    gatherRows(context, { rows, size: config.hidden }, { x: block.input, index, out: input });
    gatherRows(context, { rows, size: config.heads * config.headSize }, { x: block.attention, index, out: attention });
    return { ...block, input, attention };
  }
}
