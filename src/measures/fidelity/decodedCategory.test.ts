import { describe, expect, it } from 'vitest';
import fixtures from '../fixtures/measures.json';
import { topCategory } from '../../log/categories';
import { categoryAccuracy, NearestText } from './decodedCategory';

describe('NearestText', () => {
  it('finds what numpy finds, with more weight on rare tokens', () => {
    const { texts, queries, nearest } = fixtures.nearestText;
    const catalogue = new NearestText(texts);
    expect(queries.map((query) => catalogue.find(query) ?? -1)).toEqual(nearest);
    expect(new Set(nearest).size).toBeGreaterThan(5);
    expect(nearest).toContain(-1);
  });

  it('takes the first of equally similar items, and none if only tokens of all items are shared', () => {
    const catalogue = new NearestText([
      [1, 2],
      [1, 3],
      [1, 3],
    ]);
    expect(catalogue.find([3])).toBe(1);
    expect(catalogue.find([1])).toBeNull();
    expect(catalogue.find([])).toBeNull();
  });
});

it('takes the first level of a category', () => {
  expect(['fabric > lace', 'tools', '', 'a>b>c'].map(topCategory)).toEqual(['fabric', 'tools', '', 'a']);
});

describe('categoryAccuracy', () => {
  const target = (wanted: string, read: string | null, cold = false) => ({ wanted, read, cold });

  it('counts correct ones by split, and leaves out targets without a category', () => {
    const found = categoryAccuracy([target('a', 'a'), target('a', null), target('b', 'b', true), target('', 'a')], 1);
    expect(found).toMatchObject({
      counts: { decodedCategory: 3, 'warm-decodedCategory': 2, 'cold-decodedCategory': 1 },
      values: { decodedCategory: 2 / 3, 'warm-decodedCategory': 0.5, 'cold-decodedCategory': 1 },
    });
  });

  it('counts whole paths, of targets that have several levels', () => {
    const found = categoryAccuracy([target('a > b', 'a > b'), target('a > b', 'a > c'), target('d', 'd')], 1);
    expect(found).toMatchObject({
      counts: { decodedCategory: 3, decodedPath: 2 },
      values: { decodedCategory: 1, decodedPath: 0.5 },
    });
  });

  it('is null if there is nothing to count', () => {
    expect(categoryAccuracy([target('', 'a')], 1).values).toEqual({});
    expect(categoryAccuracy([target('a', 'a')], 1).values).not.toHaveProperty('cold-decodedCategory');
  });
});
