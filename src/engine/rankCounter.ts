/** Counts how many items of the catalogue beat or tie each user's target, without storing scores. */
import { bitsOf, readFloats, write, type Tensor } from '../gpu/tensor';
import { vectorPrelude, type Context } from './context';

/** Most users in one dispatch. */
const USERS = 1024;
/** Room for the masked items of all users of a dispatch; one user may mask the whole catalogue. */
const MASKED_ITEMS = 1 << 16;
/** Items that one thread scores; a multiple of 4. */
const ITEM_RUN = 128;

/** Users to rank: interest embeddings [users, e], targets, and by user the items that do not take part (the target always does). */
export interface RankedUsers {
  readonly interest: Float32Array;
  readonly targets: Uint32Array;
  readonly masked: readonly (readonly number[])[];
}

export interface RankCounts {
  /** Per user: items that score above the target, and other items with the same score. */
  readonly above: Uint32Array;
  readonly equal: Uint32Array;
}

export class RankCounter {
  private readonly interest: Tensor;
  private readonly targets: Tensor;
  private readonly maskStart: Tensor;
  private readonly masked: Tensor;
  private readonly counts: Tensor;
  private readonly maskCapacity: number;

  constructor(
    private readonly context: Context,
    private readonly items: number,
    private readonly embeddingSize: number,
  ) {
    const { memory } = context;
    this.maskCapacity = Math.max(MASKED_ITEMS, items);
    this.interest = memory.tensor(USERS * embeddingSize, 'ranked interests');
    this.targets = memory.tensor(USERS, 'ranked targets');
    this.maskStart = memory.tensor(USERS + 1, 'starts of masked items');
    this.masked = memory.tensor(this.maskCapacity, 'masked items');
    this.counts = memory.tensor(2 * USERS, 'rank counts');
  }

  /** @param catalogue [items, e] */
  async count(catalogue: Tensor, { interest, targets, masked }: RankedUsers): Promise<RankCounts> {
    const { memory, recorder, kernels } = this.context;
    const { device } = memory;
    const { embeddingSize, items } = this;
    const lists = Array.from(targets, (_, user) => Uint32Array.from(new Set(masked[user])).sort());
    const above = new Uint32Array(targets.length);
    const equal = new Uint32Array(targets.length);
    for (let first = 0; first < targets.length;) {
      const starts = this.maskStarts(lists, first);
      const users = starts.length - 1;
      const flat = new Uint32Array(starts[users]!);
      for (let user = 0; user < users; user++) flat.set(lists[first + user]!, starts[user]);
      write(device, this.maskStart, starts);
      write(device, this.masked, flat);
      write(device, this.targets, targets.subarray(first, first + users));
      write(device, this.interest, interest.subarray(first * embeddingSize, (first + users) * embeddingSize));
      write(device, this.counts, new Uint32Array(2 * users));
      recorder.dispatch(
        kernels.file('rank_count', vectorPrelude(embeddingSize)),
        {
          h: this.interest,
          e: catalogue,
          targets: this.targets,
          mask_start: this.maskStart,
          masked: this.masked,
          counts: this.counts,
        },
        { users, items, run: ITEM_RUN },
        [Math.ceil(users / 4 / 8), Math.ceil(items / ITEM_RUN / 8), 1],
      );
      recorder.submit();
      const [counts] = await readFloats(memory, [{ tensor: this.counts, elements: 2 * users }]);
      bitsOf(counts!).forEach((count, i) => {
        (i % 2 === 0 ? above : equal)[first + (i >> 1)] = count;
      });
      first += users;
    }
    return { above, equal };
  }

  /** Where the lists of the users from `first` on start, for as many users as there is room for; the last entry is where they end. */
  private maskStarts(lists: readonly Uint32Array[], first: number): Uint32Array {
    const starts = [0];
    for (let user = first; user < lists.length && starts.length <= USERS; user++) {
      const end = starts.at(-1)! + lists[user]!.length;
      if (end > this.maskCapacity) break;
      starts.push(end);
    }
    return Uint32Array.from(starts);
  }
}
