/**
 * Item-based nearest neighbours (Sarwar et al., WWW 2001; Deshpande & Karypis, TOIS 2004) on training events:
 * the similarity of two items is the cosine of their columns in the binary user–item matrix, shrunk: |U_i ∩
 * U_j| / (√(|U_i|·|U_j|) + shrink). RecBole's ItemKNN.
 */
import type { InteractionLog, Split } from '../../log/types';
import { USUAL_SETTINGS, type NeighbourSettings } from './baselineSettings';
import { distinctItems, members, onGrid, SCORE_GRID, transposedGroups, type Groups } from './groups';

/**
 * Similarities are multiples of 2⁻⁴⁴: sums of up to 256 of them are exact in float64, so the same
 * similarities give the same sum in any order of addition.
 */
const SIMILARITY_GRID = 2 ** 44;

interface Neighbours {
  readonly items: Uint32Array;
  readonly similarities: Float64Array;
}

export class ItemNeighbours {
  /** Distinct items of every training user, and distinct users of every item. */
  private readonly itemsOf: Groups;
  private readonly usersOf: Groups;
  private readonly known = new Map<number, Neighbours>();
  private readonly shared: Uint32Array;

  constructor(
    log: InteractionLog,
    split: Split,
    private readonly settings: NeighbourSettings = USUAL_SETTINGS.itemKnn,
  ) {
    this.itemsOf = distinctItems(log, split);
    this.usersOf = transposedGroups(this.itemsOf, log.items.length);
    this.shared = new Uint32Array(log.items.length);
  }

  /** The most similar items, best first; in a tie, lower indices first. Computed once per item. */
  of(item: number): Neighbours {
    const known = this.known.get(item);
    if (known !== undefined) return known;
    const { shared, usersOf, itemsOf } = this;
    const { neighbours: most, shrink } = this.settings;
    const met: number[] = [];
    for (const user of members(usersOf, item)) {
      for (const other of members(itemsOf, user)) {
        if (other === item) continue;
        if (shared[other] === 0) met.push(other);
        shared[other]! += 1;
      }
    }
    const scored = met.map((other) => ({
      other,
      similarity: onGrid(
        shared[other]! / (Math.sqrt(members(usersOf, item).length * members(usersOf, other).length) + shrink),
        SIMILARITY_GRID,
      ),
    }));
    for (const other of met) shared[other] = 0;
    scored.sort((a, b) => b.similarity - a.similarity || a.other - b.other);
    const kept = scored.slice(0, most);
    const neighbours = {
      items: Uint32Array.from(kept, ({ other }) => other),
      similarities: Float64Array.from(kept, ({ similarity }) => similarity),
    };
    this.known.set(item, neighbours);
    return neighbours;
  }

  /**
   * Scores of all items that are neighbours of any of the history's distinct items (at most 256): the sums of
   * their similarities to these.
   */
  scores(history: readonly number[]): Map<number, number> {
    const sums = new Map<number, number>();
    for (const item of new Set(history)) {
      const { items, similarities } = this.of(item);
      items.forEach((other, index) => sums.set(other, (sums.get(other) ?? 0) + similarities[index]!));
    }
    for (const [item, sum] of sums) sums.set(item, onGrid(sum, SCORE_GRID));
    return sums;
  }
}
