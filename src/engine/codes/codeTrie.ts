/**
 * The tuples of codes that name items, as a trie: which codes may follow a prefix, for decoding that only
 * produces items.
 */
import { tokensOf, type ItemCodes } from '../../model/codes/itemCodes';

/** The empty prefix. */
export const ROOT = 0;

export class CodeTrie {
  /** Of every prefix: the next token and the prefix that it leads to, by token. */
  private readonly children: Map<number, number>[] = [new Map<number, number>()];
  /** Number of items below every prefix. */
  private readonly counts: number[] = [0];
  /** Items of every whole tuple, ascending; none for a shorter prefix. */
  private readonly leaves: number[][] = [[]];
  private readonly paths: readonly (readonly number[])[];
  readonly levels: number;

  constructor(codes: ItemCodes) {
    this.levels = codes.sizes.length;
    const items = codes.codes.length / this.levels;
    this.paths = Array.from({ length: items }, (_, item) => tokensOf(codes, item));
    for (const [item, tokens] of this.paths.entries()) {
      let at = ROOT;
      this.counts[at]! += 1;
      for (const token of tokens) {
        at = this.child(at, token) ?? this.grow(at, token);
        this.counts[at]! += 1;
      }
      this.leaves[at]!.push(item);
    }
  }

  get items(): number {
    return this.paths.length;
  }

  /** The prefix that a token leads to; undefined if no item has it. */
  child(prefix: number, token: number): number | undefined {
    return this.children[prefix]!.get(token);
  }

  /**
   * The tokens that may follow a prefix, and the prefixes that they lead to.
   * @param left what `without` gave: prefixes without items are left out
   */
  *next(prefix: number, left: ReadonlyMap<number, number>): Generator<readonly [token: number, prefix: number], void> {
    for (const [token, child] of this.children[prefix]!) if (this.counts[child]! > (left.get(child) ?? 0)) yield [token, child];
  }

  /** Items of a whole tuple, ascending. */
  itemsAt(prefix: number): readonly number[] {
    return this.leaves[prefix]!;
  }

  /** How many of these items are below each prefix; prefixes without any are absent. */
  without(items: Iterable<number>): Map<number, number> {
    const found = new Map<number, number>();
    for (const item of new Set(items)) {
      let at = ROOT;
      found.set(at, (found.get(at) ?? 0) + 1);
      for (const token of this.paths[item]!) {
        at = this.child(at, token)!;
        found.set(at, (found.get(at) ?? 0) + 1);
      }
    }
    return found;
  }

  private grow(prefix: number, token: number): number {
    const child = this.children.push(new Map<number, number>()) - 1;
    this.counts.push(0);
    this.leaves.push([]);
    this.children[prefix]!.set(token, child);
    return child;
  }
}
