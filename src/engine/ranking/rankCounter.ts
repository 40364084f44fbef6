/** Counts how many items of the catalogue beat or tie each user's target. */
import { bitsOf, readFloats, write, type Tensor } from '../../gpu/tensor';
import type { Context } from '../context';
import { USERS, type UserBlock } from '../decoder/userBlocks';
import type { UserScores } from './userScores';

/** Items compared per thread; a multiple of 4. */
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
    private readonly scores: UserScores,
  ) {
    this.counts = context.memory.tensor(2 * USERS, 'rank counts');
  }

  /** Counts of a block's users. @param catalogue [items, e] */
  async count(catalogue: Tensor, block: UserBlock): Promise<RankCounts> {
    const { memory, recorder, kernels } = this.context;
    const { items, counts: all } = this;
    const { users, targets, maskStart, masked } = block;
    write(memory.device, this.counts, new Uint32Array(2 * users));
    this.scores.each(catalogue, block, ({ scores, stride, first, users: some }) => {
      recorder.dispatch({
        kernel: kernels.file('rank_count'),
        storage: { scores, targets, mask_start: maskStart, masked, counts: all },
        params: { first_user: first, users: some, items, stride, run: ITEM_RUN },
        workgroups: [Math.ceil(some / 8), Math.ceil(items / ITEM_RUN / 8), 1],
      });
    });
    recorder.submit();
    const [counts] = await readFloats(memory, [{ tensor: this.counts, elements: 2 * users }]);
    const bits = bitsOf(counts!);
    return { above: bits.filter((_, i) => i % 2 === 0), equal: bits.filter((_, i) => i % 2 === 1) };
  }
}
