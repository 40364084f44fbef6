/**
 * What a request is answered with where items are codes: the most likely tuples that name an item, found
 * level by level by beam search over the trie, and beside them the tuple that greedy decoding without the
 * trie ends in, which need not name one. CPU only; scores come from the caller.
 */
import { ROOT, type CodeTrie } from './codeTrie';

/** Tokens so far, and Σ log p of each given those before it. */
interface Beam {
  readonly tokens: readonly number[];
  readonly score: number;
  readonly prefix: number;
}

/** Answers of one request. */
export interface DecodedItems {
  /** Items of the beams with the log-probabilities of their tuples, best first; ties in catalogue order. */
  readonly items: readonly { readonly item: number; readonly score: number }[];
  /**
   * Items that beat the target, and others that tie with it. A target that no beam names is beaten by all
   * others.
   */
  readonly above: number;
  readonly equal: number;
  /** Whether the tuple that greedy decoding ends in names an item. */
  readonly valid: boolean;
}

export class Beams {
  private beams: readonly Beam[] = [{ tokens: [], score: 0, prefix: ROOT }];
  /** Of greedy decoding without the trie; undefined once no item has its prefix. */
  private greedy: { readonly tokens: readonly number[]; readonly prefix: number | undefined } = { tokens: [], prefix: ROOT };
  private readonly masked: ReadonlySet<number>;
  private readonly left: ReadonlyMap<number, number>;

  /** @param masked items to leave out, never the target */
  constructor(
    private readonly trie: CodeTrie,
    private readonly width: number,
    masked: readonly number[],
    private readonly target: number,
  ) {
    const others = new Set(masked);
    others.delete(target);
    this.masked = others;
    this.left = trie.without(others);
  }

  /** The token lists whose next token must be scored: those of the beams, then that of greedy decoding. */
  get open(): readonly (readonly number[])[] {
    return [...this.beams.map(({ tokens }) => tokens), this.greedy.tokens];
  }

  /** Goes one level on. @param logProbabilities of all tokens after each of `open` */
  advance(logProbabilities: readonly Float64Array[]): void {
    const grown = this.beams.flatMap(({ tokens, score, prefix }, beam) =>
      Array.from(this.trie.next(prefix, this.left), ([token, child]) => ({
        tokens: [...tokens, token],
        score: score + logProbabilities[beam]![token]!,
        prefix: child,
      })),
    );
    this.beams = grown.sort((a, b) => b.score - a.score || compareTokens(a.tokens, b.tokens)).slice(0, this.width);
    const token = greatest(logProbabilities.at(-1)!);
    const { tokens, prefix } = this.greedy;
    this.greedy = { tokens: [...tokens, token], prefix: prefix === undefined ? undefined : this.trie.child(prefix, token) };
  }

  /** The answer after the last level. */
  finish(): DecodedItems {
    const { trie, masked, target } = this;
    const items = this.beams
      .flatMap(({ prefix, score }) => trie.itemsAt(prefix).map((item) => ({ item, score })))
      .filter(({ item }) => !masked.has(item))
      .sort((a, b) => b.score - a.score || a.item - b.item);
    const found = items.find(({ item }) => item === target);
    const count = (wanted: (score: number) => boolean): number => items.filter(({ score }) => wanted(score)).length;
    return {
      items,
      above: found === undefined ? trie.items - masked.size - 1 : count((score) => score > found.score),
      equal: found === undefined ? 0 : count((score) => score === found.score) - 1,
      valid: this.greedy.prefix !== undefined,
    };
  }
}

function compareTokens(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((token, level) => token !== b[level]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function greatest(values: Float64Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return best;
}
