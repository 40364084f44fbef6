/** Detects ranks that cannot follow from the embeddings, by recounting some users on the CPU. */
import type { RankCounts } from './rankCounter';
import type { RankedUsers } from '../decoder/userBlocks';
import { t } from '../../words/words';

/** Thrown instead of returning ranks that do not follow from the embeddings. */
export class ImpossibleRanksError extends Error {
  constructor(user: number, got: number, least: number, most: number) {
    super(
      t(
        'The ranks that came from the GPU are not those of the embeddings: of user {user} it counted {got} items at or above the target, where there are {least, select, same {{most}} other {{least} to {most}}}.',
        { user: user + 1, got, least: least === most ? 'same' : least, most },
      ),
    );
    this.name = 'ImpossibleRanksError';
  }
}

/** Number of users that are recounted, at random: a device may be wrong only beyond some number of users. */
const CHECKED = 3;
/** Scores of float32 sums may differ by this share of ‖h‖·‖e‖. */
const ROUNDING = 1e-5;

/**
 * Compares the counts of some users with float64 scores. Items whose score is within rounding of the target's
 * may count either way.
 * @param items [items, e] @param bias added to each item's scores @param random in [0, 1)
 * @throws ImpossibleRanksError
 */
export function checkRanks(
  counts: RankCounts,
  { interest, targets, masked }: RankedUsers,
  items: Float32Array,
  bias: Float32Array | null = null,
  random: () => number = Math.random,
): void {
  const users = targets.length;
  if (users === 0) return;
  const e = interest.length / users;
  const checked = new Set(Array.from({ length: CHECKED }, () => Math.floor(random() * users)));
  for (const user of checked) {
    const h = interest.subarray(user * e, (user + 1) * e);
    const left = new Set(masked[user]);
    const target = targets[user]!;
    const [z, size] = scoreOf(h, items, target * e, bias?.[target]);
    let [above, near] = [0, 0];
    for (let item = 0; item < items.length / e; item++) {
      if (item === target || left.has(item)) continue;
      const [score, scale] = scoreOf(h, items, item * e, bias?.[item]);
      if (Math.abs(score - z) <= ROUNDING * (scale + size)) near++;
      else if (score > z) above++;
    }
    const got = counts.above[user]! + counts.equal[user]!;
    // A score this close may have come out above, equal or below.
    if (counts.above[user]! < above || got > above + near) {
      throw new ImpossibleRanksError(user, got, above, above + near);
    }
  }
}

/** h·e + bias, and Σ |h_c·e_c| + |bias|, to which rounding is relative. */
function scoreOf(h: Float32Array, items: Float32Array, at: number, bias = 0): readonly [number, number] {
  let [sum, size] = [bias, Math.abs(bias)];
  for (let c = 0; c < h.length; c++) {
    const product = h[c]! * items[at + c]!;
    sum += product;
    size += Math.abs(product);
  }
  return [sum, size];
}
