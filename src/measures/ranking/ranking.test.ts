import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split } from '../../log/types';
import { TARGET_GROUPS, type TargetGroup } from '../../record/targetGroups';
import { groupedAucBySplit } from './gauc';
import { averageRank, bootstrapHitIntervals, coldTargets, rankingBySplit, rankingMetrics } from './ranking';
import { logFromRows } from '../../testing/smallLogs';

describe('averageRank', () => {
  it('counts from 1 and averages over the tie group', () => {
    expect(averageRank(0, 0)).toBe(1);
    expect(averageRank(0, 1)).toBe(1.5);
    expect(averageRank(3, 4)).toBe(6);
  });

  it('is the mean rank over all orders of the tie group', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }), (scores) => {
        // Each tied item takes the target's place once: ranks in a group average to the group's middle.
        const ranks = scores.map((score) =>
          averageRank(scores.filter((other) => other > score).length, scores.filter((other) => other === score).length - 1),
        );
        const sum = ranks.reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo((scores.length * (scores.length + 1)) / 2, 9);
      }),
    );
  });
});

describe('rankingMetrics', () => {
  it('matches values computed by hand', () => {
    const { values, intervals } = rankingMetrics([1, 2.5, 3, 11], [1, 3, 10], { resamples: 50 });
    expect(values).toMatchObject({ 'hr@1': 0.25, 'hr@3': 0.75, 'hr@10': 0.75 });
    expect(values['ndcg@1']).toBeCloseTo(0.25, 12);
    // 1 + 1/log2(3.5) + 1/log2(4) = 1 + 0.553295 + 0.5
    expect(values['ndcg@3']).toBeCloseTo(2.0532947 / 4, 6);
    expect(values.mrr).toBeCloseTo((1 + 0.4 + 1 / 3 + 1 / 11) / 4, 12);
    expect(Object.keys(intervals)).toEqual(['hr@1', 'hr@3', 'hr@10']);
  });

  it('gives nothing, and no NaN, without users', () => {
    expect(rankingMetrics([], [1, 10])).toEqual({ values: {}, intervals: {} });
  });

  it('does not flatter a model with one score for everything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }), (items, k) => {
        const { values } = rankingMetrics(new Float64Array(20).fill(averageRank(0, items - 1)), [k], { resamples: 2 });
        // Every target is in the middle: no hit for K below (N + 1)/2.
        expect(values[`hr@${k}`]).toBe((items + 1) / 2 <= k ? 1 : 0);
      }),
    );
  });

  it('gives about K/N when the tie groups are small and scores carry no information', () => {
    const items = 400;
    // Score = item index halved and floored, so groups of two; every item is the target once.
    const ranks = Array.from({ length: items }, (_, target) => averageRank(items - 2 - 2 * Math.floor(target / 2), 1));
    const { values } = rankingMetrics(ranks, [10, 50, 200], { resamples: 2 });
    expect(values).toMatchObject({ 'hr@10': 10 / items, 'hr@50': 50 / items, 'hr@200': 200 / items });
  });

  it('does not depend on the order of users, and grows with K', () => {
    const ranks = fc.array(
      fc.integer({ min: 2, max: 600 }).map((x) => x / 2),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(ranks, (values) => {
        const one = rankingMetrics(values, [1, 5, 20], { resamples: 2 }).values;
        const other = rankingMetrics([...values].reverse(), [20, 1, 5], { resamples: 2 }).values;
        for (const k of [1, 5, 20]) {
          expect(other[`hr@${k}`]).toBe(one[`hr@${k}`]);
          expect(other[`ndcg@${k}`]).toBeCloseTo(one[`ndcg@${k}`]!, 12);
          expect(one[`ndcg@${k}`]!).toBeLessThanOrEqual(one[`hr@${k}`]! + 1e-12);
        }
        expect(one['hr@1']!).toBeLessThanOrEqual(one['hr@5']!);
        expect(one['hr@5']!).toBeLessThanOrEqual(one['hr@20']!);
        expect(other.mrr).toBeCloseTo(one.mrr!, 12);
      }),
    );
  });
});

describe('bootstrapHitIntervals', () => {
  it('agrees with the normal approximation of a binomial share', () => {
    const n = 2000;
    const ranks = Array.from({ length: n }, (_, u) => (u % 10 < 3 ? 5 : u % 10 < 5 ? 30 : 500));
    const intervals = bootstrapHitIntervals(ranks, [10, 50], { seed: 7, resamples: 4000 });
    for (const [k, p] of [
      [10, 0.3],
      [50, 0.5],
    ] as const) {
      const half = 1.96 * Math.sqrt((p * (1 - p)) / n);
      expect(intervals[k]![0]).toBeCloseTo(p - half, 2);
      expect(intervals[k]![1]).toBeCloseTo(p + half, 2);
      expect(Math.abs(intervals[k]![1] - intervals[k]![0] - 2 * half)).toBeLessThan(0.1 * 2 * half);
    }
  });

  it('is determined by its seed and changes with it', () => {
    const ranks = Array.from({ length: 137 }, (_, u) => 1 + ((u * 7919) % 100));
    const one = bootstrapHitIntervals(ranks, [10, 33], { seed: 1 });
    expect(bootstrapHitIntervals(ranks, [33, 10], { seed: 1 })).toEqual(one);
    expect(bootstrapHitIntervals(ranks, [10, 33], { seed: 2 })).not.toEqual(one);
  });

  it('has the width of Clopper and Pearson’s where all users agree, whose resamples are all alike', () => {
    // scipy.stats.binomtest(0, 60).proportion_ci(): 0 to 0.0596; (3, 3): 0.2924 to 1.
    const { 10: none } = bootstrapHitIntervals(new Array<number>(60).fill(11), [10]);
    expect(none![0]).toBe(0);
    expect(none![1]).toBeCloseTo(0.0596, 4);
    const all = bootstrapHitIntervals([1, 1, 1], [1, 2]);
    expect(all[1]![0]).toBeCloseTo(0.2924, 4);
    expect(all[2]).toEqual(all[1]);
    expect(all[1]![1]).toBe(1);
  });

  it('does not exist for one user, whose spread is unknown', () => {
    expect(bootstrapHitIntervals([3], [1, 10])).toEqual({});
    expect(rankingMetrics([3], [10])).toMatchObject({ values: { 'hr@10': 1 }, intervals: {} });
  });
});

describe('rankingBySplit', () => {
  it('splits by the mask', () => {
    const cold = Uint8Array.of(0, 1, 0, 0);
    const { targets, values } = rankingBySplit([1, 100, 1, 100], { cold }, [10], { resamples: 10 });
    expect(targets).toEqual({ all: 4, warm: 3, cold: 1 });
    expect(values['hr@10']).toBe(0.5);
    expect(values['warm-hr@10']).toBeCloseTo(2 / 3, 12);
    expect(values['cold-hr@10']).toBe(0);
    const pooled = rankingBySplit([1, 100, 1, 100], { cold }, [10], { resamples: 10, pooled: true });
    expect(pooled.values['cold-pool-hr@10']).toBe(0);
    expect(Object.values(pooled.values)).toEqual(Object.values(values));
    expect(() => rankingBySplit([1], { cold: Uint8Array.of() }, [1])).toThrow(RangeError);
  });

  it('splits by groups, which come in pairs that add up to all; those without users are left out', () => {
    const ranks = [1, 3, 12, 40, 2, 9];
    const bits = (...groups: TargetGroup[]): number => groups.reduce((sum, group) => sum + 2 ** TARGET_GROUPS.indexOf(group), 0);
    const groups = Uint8Array.from(ranks, (rank) => bits(rank > 5 ? 'tail' : 'head', 'one-hop', 'short-history'));
    const by = { cold: new Uint8Array(6), groups };
    const { targets, values, intervals } = rankingBySplit(ranks, by, [1, 10], { resamples: 10 });
    expect(targets).toEqual({ all: 6, warm: 6, 'one-hop': 6, head: 3, tail: 3, 'short-history': 6 });
    expect(values).toMatchObject({ 'head-hr@1': 1 / 3, 'head-hr@10': 1 });
    for (const k of [1, 10])
      expect((3 * values[`head-ndcg@${k}`]! + 3 * values[`tail-ndcg@${k}`]!) / 6).toBeCloseTo(values[`ndcg@${k}`]!, 12);
    for (const id of ['hr@1', 'ndcg@10', 'mrr@10', 'mrr']) expect(values[`one-hop-${id}`]).toBe(values[id]);
    expect(intervals['one-hop-hr@10']).toEqual(intervals['hr@10']);
    const requests = ranks.map((rank) => ({ clicked: -rank, shown: [-5] }));
    expect(groupedAucBySplit(requests, by)).toMatchObject({
      values: { 'head-gauc': 1, 'tail-gauc': 0 },
      requests: { head: { requests: 3 } },
    });
  });

  it('takes the mask from the split', () => {
    const event = (item: number) => ({ item, time: 0, query: '', exposed: [] });
    const log = logFromRows({
      name: 'toy',
      hash: '',
      items: [],
      users: [{ id: 'a', events: [event(0), event(1), event(2)] }],
    });
    const split: Split = { train: [], validation: [], test: [], cold: Uint8Array.of(0, 0, 1) };
    const targets = [
      { user: 0, position: 2 },
      { user: 0, position: 1 },
    ];
    expect([...coldTargets(log, split, targets)]).toEqual([1, 0]);
  });
});
