import { describe, expect, it } from 'vitest';
import { Beams, type DecodedItems } from './beams';
import { CodeTrie } from './codeTrie';

/** Six items with two codes of three each: tokens 0–2 and 3–5. The last two share theirs. */
const PATHS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 2],
  [2, 2],
  [2, 2],
];
const TRIE = new CodeTrie({ sizes: [3, 3], codes: Uint32Array.from(PATHS.flat()) });

/** Log-probabilities of six tokens after a prefix. */
type Model = (prefix: readonly number[]) => number[];

function decode(
  model: Model,
  { width, masked = [], target }: { width: number; masked?: number[]; target: number },
): DecodedItems {
  const beams = new Beams(TRIE, width, masked, target);
  for (let level = 0; level < TRIE.levels; level++) beams.advance(beams.open.map((prefix) => Float64Array.from(model(prefix))));
  return beams.finish();
}

/** First codes 0, 1, 2 with −1, −2, −3; second codes 0, 1, 2 with −1, −0.5, −4. */
const PLAIN: Model = (prefix) => (prefix.length === 0 ? [-1, -2, -3, -9, -9, -9] : [-9, -9, -9, -1, -0.5, -4]);

describe('beam search over codes', () => {
  it('lists items by the probability of their tuple; tuples that items share tie', () => {
    const { items, above, equal } = decode(PLAIN, { width: 9, target: 5 });
    expect(items).toEqual([
      { item: 1, score: -1.5 },
      { item: 0, score: -2 },
      { item: 2, score: -3 },
      { item: 3, score: -6 },
      { item: 4, score: -7 },
      { item: 5, score: -7 },
    ]);
    expect([above, equal]).toEqual([4, 1]);
  });

  it('ranks a target that no beam names behind all others', () => {
    expect(decode(PLAIN, { width: 2, target: 4 })).toMatchObject({ above: 5, equal: 0, items: [{ item: 1 }, { item: 0 }] });
    expect(decode(PLAIN, { width: 2, target: 4, masked: [0, 3] })).toMatchObject({ above: 3, equal: 0 });
  });

  it('spends no beam on prefixes whose items are all masked, and never masks the target', () => {
    const { items } = decode(PLAIN, { width: 1, masked: [0, 1], target: 2 });
    expect(items).toEqual([{ item: 2, score: -3 }]);
    const found = decode(PLAIN, { width: 9, masked: [4, 5], target: 5 });
    expect(found.items.map(({ item }) => item)).toEqual([1, 0, 2, 3, 5]);
    expect([found.above, found.equal]).toEqual([4, 0]);
  });

  it('calls greedy decoding without the trie valid only where its tuple names an item', () => {
    expect(decode(PLAIN, { width: 1, target: 0 }).valid).toBe(true);
    // 1 is followed by 1, which no item has; then a code of the wrong level.
    const absent: Model = (prefix) => (prefix.length === 0 ? [-2, -1, -3, -9, -9, -9] : PLAIN(prefix));
    expect(decode(absent, { width: 1, target: 0 }).valid).toBe(false);
    expect(
      decode((prefix) => (prefix.length === 0 ? [-2, -2, -2, -1, -2, -2] : PLAIN(prefix)), { width: 1, target: 0 }).valid,
    ).toBe(false);
  });
});
