/** Counts how many items of the catalogue beat or tie each user's target, without storing scores. */
import { bitsOf, readFloats, write, type Tensor } from '../../gpu/tensor';
import type { Context } from '../context';
import { scorePrelude, USERS, type UserBlock } from '../decoder/userBlocks';

/** Items scored per thread; a multiple of 4. */
const ITEM_RUN = 128;

export interface RankCounts {
  /** Per user: items that score above the target, and other items with the same score. */
  readonly above: Uint32Array;
  readonly equal: Uint32Array;
}

export class RankCounter {
  private readonly counts: Tensor;

  constructor(
    private readonly context: Context,
    private readonly items: number,
    private readonly embeddingSize: number,
  ) {
    this.counts = context.memory.tensor(2 * USERS, 'rank counts');
  }

  /** Counts of a block's users. @param catalogue [items, e] */
  async count(catalogue: Tensor, { users, h, targets, maskStart, masked }: UserBlock): Promise<RankCounts> {
    const { memory, recorder, kernels } = this.context;
    const { embeddingSize, items } = this;
    write(memory.device, this.counts, new Uint32Array(2 * users));
    recorder.dispatch({
      kernel: kernels.file('rank_count', scorePrelude(embeddingSize)),
      storage: { h, e: catalogue, targets, mask_start: maskStart, masked, counts: this.counts },
      params: { users, items, run: ITEM_RUN },
      workgroups: [Math.ceil(users / 4 / 8), Math.ceil(items / ITEM_RUN / 8), 1],
      flops: 2 * users * items * embeddingSize,
    });
    recorder.submit();
    const [counts] = await readFloats(memory, [{ tensor: this.counts, elements: 2 * users }]);
    const bits = bitsOf(counts!);
    return { above: bits.filter((_, i) => i % 2 === 0), equal: bits.filter((_, i) => i % 2 === 1) };
  }
}
