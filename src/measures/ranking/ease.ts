/**
 * EASE (Steck, WWW 2019, arXiv 1905.03375): the linear model of items on each other, diagonal 0, that
 * predicts the binary user–item matrix R of training events best with an L2 penalty λ. In closed form, B = I
 * − P·diag(1/P_ii) with P = (RᵀR + λI)⁻¹. A history's scores are the sums of its distinct items' rows of B.
 * Definitions: docs/metrics.md.
 */
import type { InteractionLog, Split } from '../../log/types';
import type { EaseLeftOut } from '../../record/runRecord';
import { invertPositive, paddedSize } from '../../statistics/positiveInverse';
import type { EaseSettings } from './baselineSettings';
import { members, onGrid, SCORE_GRID, trainingMatrix, type TrainingMatrix } from './groups';

/**
 * The most rows of the matrix to invert (the fewer of users and items). It takes a core about ten seconds a
 * setting if baselines are tuned, else half a second.
 */
const MOST_ROWS = { tuned: 3200, usual: 1200 } as const;
/** Bytes of what is known of single items. */
const MOST_KNOWN = 2 ** 27;

/**
 * Why EASE is left out: the rows of its matrix, and how many it may have; null if it is not.
 * @param tuned whether baselines are
 */
export function easeLeftOut(
  { log, split }: { readonly log: InteractionLog; readonly split: Split },
  tuned: boolean,
): EaseLeftOut | null {
  const cold = split.cold.reduce((sum, is) => sum + is, 0);
  const rows = Math.min(split.train.length, log.items.length - cold);
  const most = MOST_ROWS[tuned ? 'tuned' : 'usual'];
  return rows <= most ? null : { rows, most };
}

/** The same scores, whichever of the two matrices was inverted. */
export abstract class Ease {
  protected constructor(protected readonly items: number) {}

  /** Writes the scores of all items from `at` on. */
  abstract score(history: readonly number[], scores: Float64Array, at: number): void;

  /** Inverts the smaller matrix; yields the share that is done. */
  static *fit(log: InteractionLog, split: Split, { lambda }: EaseSettings): Generator<number, Ease, void> {
    const matrix = trainingMatrix(log, split);
    const ofItems = matrix.trained.length <= matrix.users;
    const size = Math.min(matrix.users, matrix.trained.length);
    const stride = paddedSize(size);
    const inverse = new Float64Array(stride * stride);
    const lists = ofItems ? matrix.itemsOf : matrix.usersOf;
    for (let group = 0; group + 1 < lists.start.length; group++) {
      const all = members(lists, group);
      const own = (ofItems ? all.map((item) => matrix.column[item]!) : all).toSorted();
      for (let i = 0; i < own.length; i++) for (let j = 0; j <= i; j++) inverse[own[i]! * stride + own[j]!]! += 1;
      if (group % 64 === 63) yield 0;
    }
    for (let i = 0; i < size; i++) inverse[i * stride + i]! += lambda;
    yield* invertPositive(inverse, size);
    return ofItems
      ? new OfItems(log.items.length, matrix, { inverse, stride })
      : new OfUsers(log.items.length, matrix, { inverse, stride });
  }
}

/** From P of the items. */
class OfItems extends Ease {
  constructor(
    items: number,
    private readonly matrix: TrainingMatrix,
    private readonly p: { readonly inverse: Float64Array; readonly stride: number },
  ) {
    super(items);
  }

  score(history: readonly number[], scores: Float64Array, at: number): void {
    const { trained, column } = this.matrix;
    const { inverse, stride } = this.p;
    scores.fill(0, at, at + this.items);
    const sum = new Float64Array(trained.length);
    const distinct = new Set(history);
    for (const item of distinct) {
      const row = column[item]! * stride;
      if (row < 0) continue;
      for (let k = 0; k < sum.length; k++) sum[k]! += inverse[row + k]!;
    }
    trained.forEach((item, k) => (scores[at + item] = -sum[k]! / inverse[k * stride + k]!));
    for (const item of distinct) if (column[item]! >= 0) scores[at + item]! += 1;
    roundScores(scores, at, this.items);
  }
}

/** From K⁻¹ = (R·Rᵀ + λI)⁻¹ of the users: P = (I − Rᵀ·K⁻¹·R)/λ (Woodbury). */
class OfUsers extends Ease {
  /** r_iᵀ·K⁻¹·r_i of every item, r_i its column of R. */
  private readonly own: Float64Array;
  /** K⁻¹·r_i of items that histories have. */
  private readonly known = new Map<number, Float64Array>();

  constructor(
    items: number,
    private readonly matrix: TrainingMatrix,
    private readonly k: { readonly inverse: Float64Array; readonly stride: number },
  ) {
    super(items);
    this.own = Float64Array.from({ length: items }, (_, item) => {
      const users = members(matrix.usersOf, item);
      let sum = 0;
      for (const a of users) for (const b of users) sum += k.inverse[a * k.stride + b]!;
      return sum;
    });
  }

  score(history: readonly number[], scores: Float64Array, at: number): void {
    const { usersOf, users, trained } = this.matrix;
    const distinct = new Set(history);
    const z = new Float64Array(users);
    for (const item of distinct) this.of(item).forEach((value, user) => (z[user]! += value));
    scores.fill(0, at, at + this.items);
    for (const item of trained) {
      let sum = 0;
      for (let entry = usersOf.start[item]!; entry < usersOf.start[item + 1]!; entry++) sum += z[usersOf.values[entry]!]!;
      const inside = Number(distinct.has(item));
      scores[at + item] = inside - (inside - sum) / (1 - this.own[item]!);
    }
    roundScores(scores, at, this.items);
  }

  private of(item: number): Float64Array {
    const known = this.known.get(item);
    if (known !== undefined) return known;
    const { users, usersOf } = this.matrix;
    const { inverse, stride } = this.k;
    const found = new Float64Array(users);
    for (const user of members(usersOf, item)) {
      for (let k = 0, entry = user * stride; k < users; k++, entry++) found[k]! += inverse[entry]!;
    }
    if ((this.known.size + 1) * users * 8 <= MOST_KNOWN) this.known.set(item, found);
    return found;
  }
}

function roundScores(scores: Float64Array, at: number, items: number): void {
  for (let item = at; item < at + items; item++) scores[item] = onGrid(scores[item]!, SCORE_GRID);
}
