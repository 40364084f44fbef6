import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fuzzCampaign, sampleCases, type Campaign } from './campaign';
import { ALL_CASES, drawnCases, drawnWays } from './drawnCases';
import { caseSeed, sampleSeed } from './seed';
import { joined, tryCampaign } from './tryCampaign';

describe('cases of a campaign', () => {
  it('have different seeds, and are sampled without repetition, the same for the same seed', () => {
    const seeds = Array.from({ length: 2000 }, (_, index) => caseSeed(3, index));
    expect(new Set(seeds).size).toBe(2000);
    expect(seeds).not.toContain(caseSeed(4, 0));
    expect(sampleCases(100, 10, 5)).toEqual(sampleCases(100, 10, 5));
    expect(sampleCases(100, 10, 5)).not.toEqual(sampleCases(100, 10, 6));
    expect(sampleCases(4, 10, 1)).toEqual([0, 1, 2, 3]);
  });

  it('are shrunk if they fail', async () => {
    const failing = await fuzzCampaign('numbers are below 10', { cases: 10, sample: 2 }, fc.nat(1000), (value) => {
      if (value >= 10) throw new Error('too large');
      return undefined;
    }).open(7);
    await expect(failing.run(1)).rejects.toThrow(/Counterexample: \[10\]/);
  });

  it('that have failed once are tried first, and a failure says how to try it again', async () => {
    const tried: [seed: number, index: number][] = [];
    const campaign: Campaign = {
      ...{ claim: '7 does not occur', cases: 100, sample: 2, failed: [[5, 7]] },
      open: (seed) => ({
        run: (index) => {
          tried.push([seed, index]);
          if (index === 7) throw new Error('it does');
          return undefined;
        },
      }),
    };
    await expect(tryCampaign('seven', campaign, undefined)).rejects.toThrow('test:long -- seven --seed 5 --case 7');
    await tryCampaign('others', { ...campaign, failed: [[5, 8]], short: 7 }, undefined);
    expect(tried.slice(0, 2)).toEqual([
      [5, 7],
      [5, 8],
    ]);
    expect(tried.slice(2)).toEqual(sampleCases(7, 2, sampleSeed()).map((index) => [sampleSeed(), index]));
  });
});

it('the largest figures of a campaign are kept, and counts added up', () => {
  expect(joined({ a: 1, b: 5 }, { a: 3, c: -1 })).toEqual({ a: 3, b: 5, c: -1 });
  expect(joined({ a: 1, b: 5 }, { a: 3, c: 2 }, ['a', 'c'])).toEqual({ a: 4, b: 5, c: 2 });
});

describe('cases drawn from a table', () => {
  beforeEach(() => {
    vi.stubEnv(ALL_CASES, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  const faces = ['token', 'text', 'semantic'];
  const arms = ['action', 'gen', 'rec', 'karma'];
  const cases = faces.flatMap((face) => arms.flatMap((arm) => [1, 2, 4].map((parts) => ({ face, arm, parts }))));
  const facets = ({ face, arm, parts }: (typeof cases)[number]) => [face, arm, parts];

  it('are few, meet every facet, and are the same for the same seed; other seeds draw others, until each was drawn', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const drawn = drawnCases(cases, facets, { seed });
        expect(new Set(drawn.flatMap(facets))).toEqual(new Set(cases.flatMap(facets)));
        expect(drawn.length).toBeLessThan(8);
        expect(drawnCases(cases, facets, { seed })).toEqual(drawn);
      }),
    );
    expect(drawnCases(cases, ({ face, arm, parts }) => [[face, arm], { parts }])).toHaveLength(3 * 4);
    const met = new Set(Array.from({ length: 100 }, (_, seed) => drawnCases(cases, facets, { seed })).flat());
    expect(met.size).toBe(cases.length);
  });

  it('are as many as are asked for, with those that have failed once', () => {
    expect(drawnCases(cases, facets, { least: 20 })).toHaveLength(20);
    expect(drawnCases(cases, facets, { least: 1000 })).toEqual(cases);
    expect(drawnCases(cases, undefined, { always: (one) => one === cases[5] })).toEqual([cases[5]]);
  });

  it('each place of the page is tried in one way, about as many in each', () => {
    const drawn = Array.from({ length: 400 }, (_, index) => drawnWays(`place ${index}`, ['light', 'dark']));
    expect(drawn.every(({ length }) => length === 1)).toBe(true);
    const light = drawn.filter(([way]) => way === 'light').length;
    expect(light).toBeGreaterThan(150);
    expect(light).toBeLessThan(250);
  });
});
