import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { ALL_CASES, cover, drawnCases, drawnWays } from './drawnCases';

const CASES = ['token', 'text', 'semantic'].flatMap((face) =>
  ['action', 'gen', 'rec', 'karma'].flatMap((arm) => [1, 2, 4].map((parts) => ({ face, arm, parts }))),
);
const facets = ({ face, arm, parts }: (typeof CASES)[number]) => [face, arm, parts];

afterEach(() => {
  vi.unstubAllEnvs();
});

it('every facet is met, by few cases, which are the same for the same seed', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const drawn = cover(CASES, facets, 1, seed);
      expect(new Set(drawn.flatMap(facets))).toEqual(new Set(CASES.flatMap(facets)));
      expect(drawn.length).toBeLessThan(8);
      expect(cover(CASES, facets, 1, seed)).toEqual(drawn);
    }),
  );
  const pairs = cover(CASES, ({ face, arm, parts }) => [[face, arm], { parts }], 1, 1);
  expect(pairs.length).toBe(3 * 4);
});

it('other seeds draw other cases, until each was drawn', () => {
  const met = new Set(Array.from({ length: 100 }, (_, seed) => cover(CASES, facets, 1, seed)).flat());
  expect(met.size).toBe(CASES.length);
});

it('as many are drawn as are asked for, or all', () => {
  expect(cover(CASES, facets, 20, 1)).toHaveLength(20);
  expect(cover(CASES, facets, 1000, 1)).toEqual(CASES);
  expect(cover(CASES, () => [], 2, 1)).toHaveLength(2);
  vi.stubEnv(ALL_CASES, undefined);
  vi.stubEnv('KARMA_SEED', '3');
  expect(drawnCases(CASES, facets)).toEqual(cover(CASES, facets, 1, 3));
  vi.stubEnv(ALL_CASES, '1');
  expect(drawnCases(CASES, facets)).toEqual(CASES);
});

it('each place is tried in one way, about as many in each, or in all', () => {
  const places = Array.from({ length: 400 }, (_, index) => `place ${index}`);
  const ways = ['light', 'dark'];
  vi.stubEnv(ALL_CASES, undefined);
  vi.stubEnv('KARMA_SEED', '1');
  const first = places.map((place) => drawnWays(place, ways));
  expect(first.every((drawn) => drawn.length === 1)).toBe(true);
  const light = first.filter(([way]) => way === 'light').length;
  expect(light).toBeGreaterThan(160);
  expect(light).toBeLessThan(240);
  expect(places.map((place) => drawnWays(place, ways))).toEqual(first);
  vi.stubEnv('KARMA_SEED', '2');
  expect(places.map((place) => drawnWays(place, ways))).not.toEqual(first);
  vi.stubEnv(ALL_CASES, '1');
  expect(drawnWays('place', ways)).toEqual(ways);
});
