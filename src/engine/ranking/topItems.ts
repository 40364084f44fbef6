/** The best items for each user, best first; ties go to the item that comes first in the catalogue. */
import { bitsOf, readFloats, write, type Tensor } from '../../gpu/tensor';
import { MOST_LISTED, NO_ITEM } from './itemLists';
import type { Context } from '../context';
import { USERS, type UserBlock } from '../decoder/userBlocks';
import type { UserScores } from './userScores';

/**
 * Number of lanes that the catalogue is dealt into, and of slots for items that beat the bar: more than twice
 * the longest list.
 */
const LANES = 512;
/** A bar that nothing beats. */
const CLOSED = 0xffff_ffff_ffff_ffffn;

/**
 * Selection in two passes over the catalogue. The first finds the best item of each of 512 lanes; the K-th
 * best of those is a bar that at least K items reach. The second collects the items that reach it: some 250
 * for K = 200 if good items fall in the lanes by chance. If they do not, and more reach it than there is room
 * for, the K-th best of those kept is a higher bar, and the pass is repeated.
 */
export class TopItems {
  private readonly bars: Tensor;
  private readonly found: Tensor;
  private readonly sizes: Tensor;

  constructor(
    private readonly context: Context,
    private readonly items: number,
    private readonly scores: UserScores,
  ) {
    const { memory } = context;
    this.bars = memory.tensor(2 * USERS, 'bars of lists');
    this.found = memory.tensor(2 * LANES * USERS, 'candidates of lists');
    this.sizes = memory.tensor(USERS, 'sizes of lists');
  }

  /**
   * @param catalogue [items, e] @param block its targets are ignored @param k at most MOST_LISTED
   * @returns [users, k]
   */
  async list(catalogue: Tensor, block: Omit<UserBlock, 'targets' | 'first'>, k: number): Promise<Uint32Array> {
    if (k > MOST_LISTED) throw new RangeError(`lists have at most ${MOST_LISTED} items, not ${k}`);
    const { users } = block;
    const lists = new Uint32Array(users * k).fill(NO_ITEM);
    const bars = new BigUint64Array(users);
    const best = await this.pass(catalogue, block, bars, false);
    const few = this.items <= LANES;
    for (let user = 0; user < users; user++) {
      const row = best.keys.subarray(user * LANES, (user + 1) * LANES).sort();
      if (few) take(row, lists.subarray(user * k, (user + 1) * k));
      else bars[user] = justBelow(row[LANES - k]!);
    }
    let open = !few;
    while (open) {
      open = false;
      const { keys, sizes } = await this.pass(catalogue, block, bars, true);
      for (let user = 0; user < users; user++) {
        if (bars[user] === CLOSED) continue;
        const kept = Math.min(sizes[user]!, LANES);
        const row = keys.subarray(user * LANES, user * LANES + kept).sort();
        if (sizes[user]! > LANES) {
          bars[user] = justBelow(row[LANES - k]!);
          open = true;
        } else {
          take(row, lists.subarray(user * k, (user + 1) * k));
          bars[user] = CLOSED;
        }
      }
    }
    return lists;
  }

  private async pass(
    catalogue: Tensor,
    block: Omit<UserBlock, 'targets' | 'first'>,
    bars: BigUint64Array,
    collect: boolean,
  ): Promise<{ readonly keys: BigUint64Array; readonly sizes: Uint32Array }> {
    const { memory, recorder, kernels } = this.context;
    const { items, bars: allBars, found, sizes: allSizes } = this;
    const { users, maskStart, masked } = block;
    write(memory.device, this.bars, new Uint32Array(bars.buffer));
    write(memory.device, this.sizes, new Uint32Array(users));
    this.scores.each(catalogue, block, ({ scores, stride, first, users: some }) => {
      recorder.dispatch({
        kernel: kernels.file('top_items'),
        storage: { scores, mask_start: maskStart, masked, bars: allBars, found, sizes: allSizes },
        params: { first_user: first, users: some, items, stride, lanes: LANES, collect: Number(collect) },
        workgroups: [LANES / 8, Math.ceil(some / 8), 1],
      });
    });
    recorder.submit();
    const [keys, sizes] = await readFloats(memory, [
      { tensor: this.found, elements: 2 * LANES * users },
      { tensor: this.sizes, elements: users },
    ]);
    return { keys: new BigUint64Array(keys!.buffer, keys!.byteOffset, LANES * users), sizes: bitsOf(sizes!) };
  }
}

/** The largest bar that `key` beats; 0, which every item beats, if there is none. */
function justBelow(key: bigint): bigint {
  return key === 0n ? 0n : key - 1n;
}

/** Items of the largest keys, largest first. @param ascending keys, 0 for none */
function take(ascending: BigUint64Array, list: Uint32Array): void {
  const words = new Uint32Array(ascending.buffer, ascending.byteOffset, 2 * ascending.length);
  for (let place = 0; place < Math.min(list.length, ascending.length); place++) {
    const at = ascending.length - 1 - place;
    if (ascending[at] === 0n) return;
    list[place] = ~words[2 * at]!;
  }
}
