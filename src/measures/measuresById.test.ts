import { expect, it } from 'vitest';
import { armSummarySchema } from '../experiment/grid/armSummary';
import { evaluation, smallRecord } from '../testing/smallRecord';
import { ENTRIES, RANKING_ENTRIES } from './entries';
import { findMeasure, mainMeasures, measure, measuredValues, measuresAt, rankingMeasures, read } from './measures';

/** IDs as stored in runs and grids of earlier versions. */
const KEPT = [
  ...['hr@10', 'warm-hr@10', 'cold-hr@50', 'ndcg@10', 'mrr@10', 'pool-hr@10', 'cold-pool-hr@10', 'pool-ndcg@5', 'pool-mrr@5'],
  ...['one-hop-hr@10', 'multi-hop-pool-ndcg@5', 'head-mrr@1', 'short-history-gauc', 'long-history-hr@50'],
  ...['coverage@10', 'gini@10', 'popularity@10', 'mrr', 'gauc', 'lmDrift', 'decodability', 'cold-decodability'],
  ...[
    'js50-space',
    'js50-tokens',
    'itemSink',
    'itemAlpha',
    'barcode',
    'embEntropy',
    'contentTest',
    'rankMeInterest',
    'rankMeItem',
  ],
  ...['participationInterest', 'participationItem', 'uniformityInterest', 'uniformityItem', 'meanCosineInterest'],
];

it('finds a measure by every ID that was ever stored', () => {
  for (const id of KEPT) expect(findMeasure(id), id).not.toBeNull();
  expect(findMeasure('itemSink')).toBe(measure('itemSinkRate'));
  for (const id of ['hr', 'hr@0', 'gauc@10', 'cold-coverage@10', 'nothing']) expect(findMeasure(id), id).toBeNull();
  expect(() => measure('nothing')).toThrow(RangeError);
});

it('has one measure per ID, and one ID and one name per measure', () => {
  const all = measuresAt([5, 10]);
  const ids = all.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { id, of } of all) {
    const some = evaluation(2, 0.5);
    expect(measure(id).of(some), id).toBe(of(some));
  }
});

it('defines every measure', () => {
  for (const { id, name, definition, unit, scale } of [...ENTRIES, ...RANKING_ENTRIES]) {
    expect(name, id).not.toBe('');
    expect(definition, id).toMatch(/^[A-Z].*[^.]\.$/s);
    expect(scale === 100, id).toBe(unit === '%');
  }
});

it('reads the values of an arm and of the base model', () => {
  const record = smallRecord();
  expect(read(record, 'action', 'hr@10')).toBe(record.arms[0]!.evaluations.at(-1)!.values['hr@10']);
  expect(read(record, 'nobody', 'hr@10')).toBeNull();
  expect(measure('lmDrift').base(record)).toBe(0);
  expect(measure('itemSinkRate').base(record)).toBeGreaterThan(0);
  expect(mainMeasures([10]).map(({ id }) => id)).toContain('cold-hr@10');
  expect(rankingMeasures()[0]!.id).toBe('hr');
});

it('reads summaries that were stored under earlier IDs', () => {
  const values = measuredValues(evaluation(2, 0.5));
  expect(values).toHaveProperty('itemSinkRate');
  const stored = { step: 2, population: 'all', users: 3, values: { itemSink: 0.25, contentTest: 0.5, 'hr@10': 0.1, unknown: 7 } };
  const summary = { id: 'action', steps: 2, seconds: 1, best: { itemSink: { value: 0.25, step: 1 } }, last: stored };
  const read = armSummarySchema.parse(summary);
  expect(read.last?.values).toEqual({ itemSinkRate: 0.25, contentCorrelation: 0.5, 'hr@10': 0.1, unknown: 7 });
  expect(read.best).toEqual({ itemSinkRate: { value: 0.25, step: 1 } });
  expect(read.watched).toEqual({});
});
