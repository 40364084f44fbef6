import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split, Target } from '../../log/types';
import { NO_ITEM } from '../../engine/ranking/itemLists';
import {
  BASELINE_IDS,
  rankBaseline,
  rankBaselines,
  rankedBaselines,
  type BaselineId,
  type BaselineInput,
  type BaselineOptions,
} from './baselines';
import { logFromRows, logOf, logRows } from '../../testing/smallLogs';
import { USUAL_SETTINGS } from './baselineSettings';

const options = { maskHistory: true, maxHistory: 16, listed: 3 };

function baselineRanks(id: BaselineId, input: BaselineInput, given: BaselineOptions): Float64Array {
  return rankBaseline(id, input, given).ranks;
}

/**
 * A log with these histories; the last event of each user is the test target, the one before it validation.
 */
function toyInput(
  histories: readonly (readonly number[])[],
  items: number,
  features: Float32Array,
  hidden: number,
): BaselineInput {
  const rows = logRows(logOf(histories, items));
  const log = logFromRows({
    ...rows,
    items: rows.items.map((item, i) => ({ ...item, title: titleOf(i), category: i % 4 === 3 ? '' : `a${i % 2} > b${i % 3}` })),
  });
  const test: Target[] = histories.map((history, user) => ({ user, position: history.length - 1 }));
  const split: Split = {
    train: histories.map((history, user) => ({ user, end: Math.max(0, history.length - 2) })),
    validation: [],
    test,
    cold: new Uint8Array(items),
  };
  return { log, split, targets: test, features, hidden, itemTemplate: '{title}' };
}

/** Items have one to four words, some of them twice; some have the same words. */
function titleOf(i: number): string {
  return `W${i % 7}${i % 2 ? `, w${i % 3}` : ''}${i % 5 ? ` w${(i * 3) % 5}_the` : ''}`;
}

/** B of EASE by Gauss and Jordan's elimination of RᵀR + λI. */
function easeWeights(usersOf: readonly (readonly number[])[], lambda: number): number[][] {
  const n = usersOf.length;
  const rows = usersOf.map((mine, i) => [
    ...usersOf.map((theirs, j) => mine.filter((user) => theirs.includes(user)).length + (i === j ? lambda : 0)),
    ...Array.from({ length: n }, (_, j) => Number(i === j)),
  ]);
  for (let pivot = 0; pivot < n; pivot++) {
    const own = rows[pivot]!.map((value) => value / rows[pivot]![pivot]!);
    rows.forEach((row, i) => (rows[i] = i === pivot ? own : row.map((value, j) => value - row[pivot]! * own[j]!)));
  }
  return rows.map((row, i) => usersOf.map((_, j) => (i === j ? 0 : -row[n + j]! / rows[j]![n + j]!)));
}

/** Cosines of all pairs of dense rows of the words' weights, or of the categories' levels. */
function cosinesOf(id: 'tfidf' | 'category', { items }: BaselineInput['log']): number[][] {
  const documents = items.map(({ title, category }) => {
    const levels = category.split(' > ').filter(Boolean);
    if (id === 'category') return levels.map((_, last) => levels.slice(0, last + 1).join('>'));
    return title
      .toLowerCase()
      .split(/[, _]+/)
      .filter(Boolean);
  });
  const words = [...new Set(documents.flat())];
  const idf = words.map((word) => {
    const having = documents.filter((one) => one.includes(word)).length;
    return id === 'category' ? 1 : Math.log((1 + documents.length) / (1 + having)) + 1;
  });
  const rows = documents.map((document) => {
    const row = words.map((word, k) => document.filter((one) => one === word).length * idf[k]!);
    const size = Math.hypot(...row);
    return row.map((value) => (size === 0 ? 0 : value / size));
  });
  return rows.map((x) => rows.map((y) => x.reduce((sum, value, k) => sum + value * y[k]!, 0)));
}

function once<T>(of: () => T): () => T {
  let known: T | undefined;
  return () => (known ??= of());
}

/** Histories of all users, and the training users of every item. */
function tablesOf(input: BaselineInput) {
  const users = logRows(input.log).users.map(({ events }) => events.map(({ item }) => item));
  const trained = input.split.train.map(({ user, end }) => ({ user, items: users[user]!.slice(0, end) }));
  const usersOf = input.log.items.map((_, item) => trained.flatMap(({ user, items }) => (items.includes(item) ? [user] : [])));
  const weights = once(() => easeWeights(usersOf, USUAL_SETTINGS.ease.lambda));
  const [tfidf, category] = (['tfidf', 'category'] as const).map((id) => once(() => cosinesOf(id, input.log)));
  return { users, trained: trained.flatMap(({ items }) => items), usersOf, weights, tfidf: tfidf!, category: category! };
}
const tables = new WeakMap<BaselineInput, ReturnType<typeof tablesOf>>();

/** The definitions implemented again, without blocks: scores of all items, and of those that take part. */
function naiveScores(id: BaselineId, input: BaselineInput, target: Target, maskHistory: boolean) {
  const { log, features, hidden } = input;
  const found = tables.get(input) ?? tablesOf(input);
  const { users, trained, usersOf } = found;
  tables.set(input, found);
  const row = (item: number): number[] => [...features.subarray(item * hidden, (item + 1) * hidden)];
  const events = users[target.user]!;
  const history = events.slice(0, target.position);
  const used = history.slice(-(id === 'lastItem' ? 1 : 5)).map(row);
  const query = Array.from({ length: hidden }, (_, k) => used.reduce((sum, x) => sum + x[k]!, 0) / Math.max(1, used.length));
  const score = (item: number): number => {
    if (id === 'popularity') {
      return trained.filter((one) => one === item).length;
    }
    if (id === 'itemKnn') {
      return [...new Set(history)].reduce((sum, other) => {
        if (other === item) return sum;
        const [mine, theirs] = [usersOf[item]!, usersOf[other]!];
        const both = mine.filter((user) => theirs.includes(user)).length;
        return both === 0 ? sum : sum + both / Math.sqrt(mine.length * theirs.length);
      }, 0);
    }
    if (id === 'tfidf' || id === 'category') {
      const cosines = found[id]();
      return rounded(history.reduce((sum, other) => sum + cosines[item]![other]!, 0));
    }
    if (id === 'ease') {
      const weights = found.weights();
      return rounded([...new Set(history)].reduce((sum, other) => sum + weights[other]![item]!, 0));
    }
    const x = row(item);
    const dot = x.reduce((sum, value, k) => sum + value * query[k]!, 0);
    const size = Math.hypot(...x) * Math.hypot(...query);
    return size === 0 ? 0 : dot / size;
  };
  const item = events[target.position]!;
  const partaking = log.items.map((_, i) => i).filter((i) => i === item || !(maskHistory && history.includes(i)));
  return { item, score, partaking };
}

/** Scores are compared as the definition rounds them, where it does. */
const rounded = (score: number): number => Math.round(score * 2 ** 26) / 2 ** 26;
const near = (gap: number, bound = 1e-6): boolean => Math.abs(gap) < bound;
const ROUNDED: readonly BaselineId[] = ['tfidf', 'category', 'ease'];

function naiveRank(...of: Parameters<typeof naiveScores>): number {
  const { item, score, partaking } = naiveScores(...of);
  const gaps = partaking.filter((i) => i !== item).map((i) => score(i) - score(item));
  const tied = (gap: number): boolean => near(gap, ROUNDED.includes(of[0]) ? 1e-12 : 1e-6);
  return 1 + gaps.filter((gap) => gap > 0 && !tied(gap)).length + gaps.filter(tied).length / 2;
}

describe('rankBaseline', () => {
  it('ranks by training events, ties averaged, history masked', () => {
    // Training events: item 0 twice, item 1 once, nothing else.
    const input = toyInput(
      [
        [0, 2, 3],
        [0, 1, 3, 1],
      ],
      5,
      new Float32Array(5),
      1,
    );
    // User 0, target 3 (0 events): item 1 above, item 4 tied; 0 and 2 masked. User 1, target 1 (repeat, 1
    // event): 0 and 3 masked.
    expect([...baselineRanks('popularity', input, options)]).toEqual([2.5, 1]);
    // Unmasked: 0 and 1 above, 2 and 4 tied; then 0 above.
    expect([...baselineRanks('popularity', input, { ...options, maskHistory: false })]).toEqual([4, 2]);
  });

  it('sums the similarities of item neighbours', () => {
    // Training users: {0, 1}, {0, 1, 2}, {0}. sim(0, 1) = 2/√(3·2), sim(0, 2) = 1/√3, sim(1, 2) = 1/√2.
    const input = toyInput(
      [
        [0, 1, 4, 2],
        [0, 1, 2, 3, 4],
        [0, 4, 1],
      ],
      5,
      new Float32Array(5),
      1,
    );
    // User 0, target 2: 0.58 + 0.71, alone with 3 (0). User 1, target 4: 0. User 2, target 1: 0.82 before 2
    // with 0.58.
    expect([...baselineRanks('itemKnn', input, options)]).toEqual([1, 1, 1]);
    expect([...baselineRanks('itemKnn', input, { ...options, maskHistory: false })]).toEqual([1, 4.5, 1]);
  });

  it('uses the last item alone, or the mean of the last five', () => {
    const input = toyInput([[1, 0, 2]], 5, Float32Array.of(1, 0, 0, 1, 2, 0.2, 0.3, 1, -1, -1), 2);
    expect([...baselineRanks('lastItem', input, options)]).toEqual([1]);
    // Mean (0.5, 0.5): 2.2/√4.04 = 1.09 for the target, 1.3/√1.09 = 1.25 for item 3.
    expect([...baselineRanks('zeroShot', input, options)]).toEqual([2]);
    // If only the newest event may be used, zero-shot becomes last-item.
    expect([...baselineRanks('zeroShot', input, { ...options, maxHistory: 1 })]).toEqual([1]);
  });

  it('ties identical items exactly and gives the middle rank to a constant model', () => {
    const items = 37;
    const input = toyInput([[0, 1, 2]], items, new Float32Array(items * 6).fill(0.3), 6);
    for (const id of ['lastItem', 'zeroShot'] as const) {
      expect([...baselineRanks(id, input, options)]).toEqual([(items - 2 + 1) / 2]);
    }
  });

  it('gives a target with NaN features the worst rank', () => {
    const input = toyInput([[0, 1, 2]], 4, Float32Array.of(1, 1, NaN, 1), 1);
    expect([...baselineRanks('zeroShot', input, options)]).toEqual([2]);
  });

  it('agrees with the definitions on random logs', () => {
    const logs = fc.record({
      items: fc.integer({ min: 2, max: 90 }),
      seeds: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 70 }),
      hidden: fc.constantFrom(4, 16),
      signs: fc.array(fc.boolean(), { minLength: 7, maxLength: 400 }),
      maskHistory: fc.boolean(),
    });
    fc.assert(
      fc.property(logs, ({ items, seeds, hidden, signs, maskHistory }) => {
        // Rows of ±1 have lengths 2 and 4, so every cosine is exact and ties are ties.
        const features = Float32Array.from({ length: items * hidden }, (_, i) => (signs[i % signs.length] ? 1 : -1));
        const histories = seeds.map((seed) => seed.map((x) => x % items));
        const input = toyInput(histories, items, features, hidden);
        for (const id of rankedBaselines(input, true)) {
          const { ranks, top } = rankBaseline(id, input, { maskHistory, maxHistory: 16, listed: 3 });
          expect([...ranks]).toEqual(input.targets.map((target) => naiveRank(id, input, target, maskHistory)));
          input.targets.forEach((target, index) => {
            const { score, partaking } = naiveScores(id, input, target, maskHistory);
            const best = partaking.map(score).sort((x, y) => y - x);
            const list = [...top.subarray(3 * index, 3 * index + 3)].filter((item) => item !== NO_ITEM);
            expect(list).toHaveLength(Math.min(3, partaking.length));
            expect(new Set(list).size).toBe(list.length);
            list.forEach((item, place) => {
              expect(partaking).toContain(item);
              expect(near(score(item) - best[place]!)).toBe(true);
            });
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives a subset of targets the same ranks as among all', () => {
    const features = Float32Array.from({ length: 50 * 4 }, (_, i) => Math.sin(i * 1.7));
    const histories = Array.from({ length: 130 }, (_, u) => [u % 50, (u * 3) % 50, (u * 7 + 1) % 50]);
    const input = toyInput(histories, 50, features, 4);
    const all = baselineRanks('zeroShot', input, options);
    const subset = baselineRanks('zeroShot', { ...input, targets: [input.targets[129]!, input.targets[3]!] }, options);
    expect([...subset]).toEqual([all[129], all[3]]);
  });

  it('rejects features and targets that do not fit', () => {
    const input = toyInput([[0, 1]], 2, new Float32Array(3), 2);
    expect(() => baselineRanks('lastItem', input, options)).toThrow(RangeError);
    const bad = { ...toyInput([[0, 1]], 2, new Float32Array(4), 2), targets: [{ user: 0, position: 5 }] };
    expect(() => baselineRanks('popularity', bad, options)).toThrow(RangeError);
  });
});

describe('rankBaselines', () => {
  it('gives the same ranks, yields to the event loop, and reports progress to the end', async () => {
    const features = Float32Array.from({ length: 300 * 16 }, (_, i) => Math.sin(i * 0.37));
    const histories = Array.from({ length: 500 }, (_, u) => [u % 300, (u * 3) % 300, (u * 7 + 1) % 300]);
    const start = { embeddingSize: 12, cosine: true, skipItems: 0, skipLast: 0.3, bias: new Float64Array(300).fill(0.1) };
    const input = { ...toyInput(histories, 300, features, 16), start };
    const seen: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const rankings = await rankBaselines(input, options, (done) => seen.push(done), 0);
    clearInterval(timer);
    for (const id of BASELINE_IDS) expect(rankings[id]).toEqual(rankBaseline(id, input, options));
    expect(seen.at(-1)).toBe(500 * BASELINE_IDS.length);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(turns).toBeGreaterThan(0);
  });
});
