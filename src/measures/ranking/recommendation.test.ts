/**
 * Metrics of a toy log against an independent implementation (python/oracle/make_ranking.py), and against
 * values computed by hand.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InteractionLog } from '../../log/types';
import { leaveLastOut } from '../../log/split';
import { bestItems, listedItems } from './bestItems';
import { NO_ITEM } from '../../engine/ranking/itemLists';
import { groupedAuc } from './gauc';
import { giniIndex, listMetrics, trainingCounts } from './listMetrics';
import { averageRank, coldTargets, rankingBySplit } from './ranking';
import { logFromRows } from '../../testing/smallLogs';

interface Fixture {
  readonly items: number;
  readonly ks: readonly number[];
  readonly events: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly expected: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly requests: readonly { readonly clicked: number; readonly shown: readonly number[] }[];
  readonly gauc: number;
}
const fixture = JSON.parse(readFileSync('src/measures/fixtures/ranking.json', 'utf8')) as Fixture;

function logOf(events: readonly (readonly number[])[], items: number): InteractionLog {
  return logFromRows({
    name: 'toy',
    hash: '',
    items: Array.from({ length: items }, (_, i) => ({ id: String(i), title: '', category: '', description: '' })),
    users: events.map((history, u) => ({
      id: String(u),
      events: history.map((item, time) => ({ item, time, query: '', exposed: [] })),
    })),
  });
}

describe('by RecBole’s definitions', () => {
  const { items, ks, events, scores, expected } = fixture;
  const log = logOf(events, items);
  const split = leaveLastOut(log);
  const listed = listedItems(ks, items);
  const top = new Uint32Array(split.test.length * listed);
  const ranks = split.test.map(({ user, position }, index) => {
    const history = events[user]!;
    const target = history[position]!;
    const partakes = (item: number): boolean => item === target || !history.slice(0, position).includes(item);
    const score = (item: number): number => scores[user]![item]!;
    bestItems(items, (item) => (partakes(item) ? score(item) : null), top.subarray(index * listed, (index + 1) * listed));
    const rivals = log.items.map((_, item) => item).filter((item) => item !== target && partakes(item));
    return averageRank(rivals.filter((item) => score(item) > score(target)).length, 0);
  });
  const { values } = rankingBySplit(ranks, { cold: coldTargets(log, split, split.test) }, ks, { resamples: 2 });
  const lists = listMetrics({ items: top, length: listed, popularity: trainingCounts({ log, split }) }, ks);

  it.each(ks)('every metric at K = %i is the same', (k) => {
    const { hit, ndcg, mrr, itemcoverage, giniindex, averagepopularity } = expected[k]!;
    expect(values[`hr@${k}`]).toBeCloseTo(hit!, 12);
    expect(values[`ndcg@${k}`]).toBeCloseTo(ndcg!, 12);
    expect(values[`mrr@${k}`]).toBeCloseTo(mrr!, 12);
    expect(lists[`coverage@${k}`]).toBeCloseTo(itemcoverage!, 12);
    expect(lists[`gini@${k}`]).toBeCloseTo(giniindex!, 12);
    expect(lists[`popularity@${k}`]).toBeCloseTo(averagepopularity!, 12);
  });

  it('gAUC is the same', () => {
    expect(groupedAuc(fixture.requests)!.value).toBeCloseTo(fixture.gauc, 12);
  });
});

describe('listMetrics', () => {
  it('matches values computed by hand', () => {
    // Two users, lists of three; four items with 5, 3, 1 and 0 training events.
    const lists = { items: Uint32Array.of(0, 1, 2, 0, 2, 1), length: 3, popularity: [5, 3, 1, 0] };
    const values = listMetrics(lists, [3, 1, 2]);
    expect(values).toMatchObject({ 'coverage@1': 0.25, 'coverage@2': 0.75, 'coverage@3': 0.75 });
    // Exposures ascending: 0 0 0 2, then 0 1 1 2, then 0 2 2 2, weighted by −3 −1 1 3.
    expect(values['gini@1']).toBeCloseTo(6 / 8, 12);
    expect(values['gini@2']).toBeCloseTo(6 / 16, 12);
    expect(values['gini@3']).toBeCloseTo(6 / 24, 12);
    expect(values['popularity@1']).toBe(5);
    expect(values['popularity@2']).toBe((4 + 3) / 2);
    expect(values['popularity@3']).toBe(3);
  });

  it('accepts shorter lists, leaves out K for which they are too short, and gives nothing without users', () => {
    const short = { items: Uint32Array.of(2, NO_ITEM, 0, 1), length: 2, popularity: [4, 2, 1] };
    const values = listMetrics(short, [1, 2, 3]);
    expect(Object.keys(values).filter((id) => id.startsWith('coverage'))).toEqual(['coverage@1', 'coverage@2']);
    expect(values['popularity@2']).toBe((1 + 3) / 2);
    // The lists hold the whole catalogue of two: K beyond it changes nothing.
    const whole = listMetrics({ items: Uint32Array.of(1, 0), length: 2, popularity: [4, 2] }, [2, 9]);
    expect(whole).toMatchObject({ 'popularity@2': 3, 'popularity@9': 3 });
    expect(listMetrics({ items: new Uint32Array(0), length: 2, popularity: [1, 1] }, [1])).toEqual({});
  });

  it('gives Gini indices from equality to a single winner', () => {
    expect(giniIndex(Uint32Array.of(3, 3, 3))).toBeCloseTo(0, 12);
    expect(giniIndex(Uint32Array.of(0, 9, 0, 0))).toBeCloseTo(3 / 4, 12);
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }), (values) => {
        // Half the mean absolute difference over the mean.
        const total = values.reduce((sum, x) => sum + x, 0);
        const apart = values.reduce((sum, x) => sum + values.reduce((inner, y) => inner + Math.abs(x - y), 0), 0);
        expect(giniIndex(Uint32Array.from(values))).toBeCloseTo(total === 0 ? 0 : apart / (2 * values.length * total), 9);
      }),
    );
  });
});

describe('bestItems', () => {
  it('is the head of a stable sort, except for what is left out', () => {
    const score = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -2, max: 3 }) }, fc.constant(NaN), fc.constant(null));
    fc.assert(
      fc.property(fc.array(score, { maxLength: 120 }), fc.integer({ min: 0, max: 40 }), (scores, places) => {
        const list = new Uint32Array(places);
        bestItems(scores.length, (item) => scores[item]!, list);
        const value = (item: number): number => (Number.isNaN(scores[item]) ? -Infinity : scores[item]!);
        const sorted = scores
          .flatMap((one, item) => (one === null ? [] : [item]))
          .sort((a, b) => (value(a) === value(b) ? a - b : value(b) - value(a)));
        expect([...list]).toEqual(Array.from({ length: places }, (_, place) => sorted[place] ?? NO_ITEM));
      }),
    );
  });

  it('lists as many items as the largest allowed K requires', () => {
    expect(listedItems([1, 5000, 50], 1000)).toBe(50);
    expect(listedItems([500], 1000)).toBe(0);
    expect(listedItems([200], 30)).toBe(30);
  });
});
