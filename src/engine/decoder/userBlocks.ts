/** Users that are ranked against the catalogue, uploaded in blocks of one dispatch each. */
import { write, type Tensor } from '../../gpu/tensor';
import type { Context } from '../context';

/** Maximum number of users per dispatch. */
export const USERS = 1024;
/** Room for the masked items of all users of a dispatch; one user may mask the whole catalogue. */
const MASKED_ITEMS = 1 << 16;

/**
 * Users to rank: interest embeddings [users, e], targets, and for each user the masked items (never the
 * target).
 */
export interface RankedUsers {
  readonly interest: Float32Array;
  readonly targets: Uint32Array;
  readonly masked: readonly (readonly number[])[];
}

/** Users `first` … `first + users − 1`, as kernels read them. */
export interface UserBlock {
  readonly first: number;
  readonly users: number;
  /** [users, e] */
  readonly h: Tensor;
  readonly targets: Tensor;
  /** User u's masked items, ascending, are masked[maskStart[u]] … before maskStart[u + 1]. */
  readonly maskStart: Tensor;
  readonly masked: Tensor;
}

export class UserBlocks {
  private readonly tensors: Pick<UserBlock, 'h' | 'targets' | 'maskStart' | 'masked'>;
  private readonly maskCapacity: number;

  constructor(
    private readonly context: Context,
    items: number,
    private readonly embeddingSize: number,
  ) {
    const { memory } = context;
    this.maskCapacity = Math.max(MASKED_ITEMS, items);
    this.tensors = {
      h: memory.tensor(USERS * embeddingSize, 'ranked interests'),
      targets: memory.tensor(USERS, 'ranked targets'),
      maskStart: memory.tensor(USERS + 1, 'starts of masked items'),
      masked: memory.tensor(this.maskCapacity, 'masked items'),
    };
  }

  /** Uploads block after block; a block is valid until the next one is requested. */
  *load({ interest, targets, masked }: RankedUsers): Generator<UserBlock, void> {
    const { device } = this.context.memory;
    const { embeddingSize, tensors } = this;
    const lists = maskLists(masked, targets);
    for (let first = 0; first < targets.length;) {
      const users = this.uploadMasks(lists, first);
      write(device, tensors.targets, targets.subarray(first, first + users));
      write(device, tensors.h, interest.subarray(first * embeddingSize, (first + users) * embeddingSize));
      yield { first, users, ...tensors };
      first += users;
    }
  }

  /**
   * One block of users whose embeddings are on the GPU.
   * @throws RangeError when they do not fit into one block
   */
  whole(h: Tensor, { targets, masked }: Omit<RankedUsers, 'interest'>): UserBlock {
    const users = this.uploadMasks(maskLists(masked, targets), 0);
    if (users < targets.length) throw new RangeError(`${targets.length} users do not fit into a block, ${users} do`);
    write(this.context.memory.device, this.tensors.targets, targets);
    return { first: 0, users, ...this.tensors, h };
  }

  /** Uploads the lists of as many users from `first` on as fit; returns how many. */
  private uploadMasks(lists: readonly Uint32Array[], first: number): number {
    const { device } = this.context.memory;
    const starts = this.maskStarts(lists, first);
    const users = starts.length - 1;
    const flat = new Uint32Array(starts[users]!);
    for (let user = 0; user < users; user++) flat.set(lists[first + user]!, starts[user]);
    write(device, this.tensors.maskStart, starts);
    write(device, this.tensors.masked, flat);
    return users;
  }

  /**
   * The starts of the lists of users from `first` on, for as many as there is room for; the last entry is
   * where they end.
   */
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

/** Each user's masked items, ascending, without its target. */
function maskLists(masked: RankedUsers['masked'], targets: Uint32Array): Uint32Array[] {
  return Array.from(targets, (target, user) => {
    const items = new Set(masked[user]);
    items.delete(target);
    return Uint32Array.from(items).sort();
  });
}
