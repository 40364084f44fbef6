import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseSeed, fuzzCampaign, sampleCases } from './campaign';
import { firstDifference } from './measured';
import { joined, openState, resultRow, saveState, withRow, type CampaignState } from './campaignState';

describe('cases', () => {
  it('have different seeds', () => {
    const seeds = Array.from({ length: 2000 }, (_, index) => caseSeed(3, index));
    expect(new Set(seeds).size).toBe(2000);
    expect(seeds).not.toContain(caseSeed(4, 0));
  });

  it('are sampled without repetition, the same for the same seed', () => {
    expect(sampleCases(100, 10, 5)).toEqual(sampleCases(100, 10, 5));
    expect(sampleCases(100, 10, 5)).not.toEqual(sampleCases(100, 10, 6));
    expect(sampleCases(4, 10, 1)).toEqual([0, 1, 2, 3]);
  });

  it('of a fuzz campaign are the same each time, and shrunk if they fail', async () => {
    const seen: number[] = [];
    const sizes = { cases: 10, sample: 2 };
    const open = await fuzzCampaign('numbers are small', sizes, fc.nat(), (value) => {
      seen.push(value);
      return { value };
    }).open(7);
    const first = await open.run(3);
    expect(await open.run(3)).toEqual(first);
    expect(seen[0]).toBe(seen[1]);
    const failing = await fuzzCampaign('numbers are below 10', sizes, fc.integer({ min: 1, max: 1000 }), (value) => {
      if (value >= 10) throw new Error('too large');
      return undefined;
    }).open(7);
    await expect(failing.run(1)).rejects.toThrow(/Counterexample: \[10\]/);
  });
});

it('the first difference between two values is found, to the last bit', () => {
  const value = (loss: number, more: object = {}) => [{ arms: [{ id: 'karma', loss: [1, loss], ...more }] }];
  expect(firstDifference(value(0.1), value(0.1))).toBeNull();
  expect(firstDifference(value(0.3), value(0.1 + 0.2))).toBe('0.arms.0.loss.1: 0.3 ≠ 0.30000000000000004');
  expect(firstDifference(value(0), value(-0))).not.toBeNull();
  expect(firstDifference(value(1), value(1, { step: 2 }))).toBe('0.arms.0.step: undefined ≠ 2');
});

describe('the state of a campaign', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'campaign-')), 'state.json');
  const begun: CampaignState = {
    ...{ seed: 1, cases: 10, next: 4, failures: [{ index: 2, message: 'no' }], largest: { error: 1e-5 }, seconds: 60 },
    commits: ['aaa', 'aaa'],
  };

  it('continues with the same seed, cases and commit, and starts over with others or when all are tried', () => {
    const fresh = { seed: 1, cases: 10 };
    expect(openState(file, fresh, 'bbb').next).toBe(0);
    saveState(file, begun);
    expect(openState(file, fresh, 'aaa')).toEqual(begun);
    expect(openState(file, fresh, 'bbb')).toMatchObject({ next: 0, failures: [], commits: ['bbb', 'bbb'] });
    expect(openState(file, { ...fresh, seed: 2 }, 'aaa').next).toBe(0);
    expect(openState(file, { ...fresh, cases: 11 }, 'aaa').failures).toEqual([]);
    saveState(file, { ...begun, next: 10 });
    expect(openState(file, fresh, 'aaa').next).toBe(0);
  });

  it('keeps the largest figures, and adds up counts', () => {
    expect(joined({ a: 1, b: 5 }, { a: 3, c: -1 })).toEqual({ a: 3, b: 5, c: -1 });
    expect(joined({ a: 1, b: 5 }, { a: 3, c: 2 }, ['a', 'c'])).toEqual({ a: 4, b: 5, c: 2 });
  });

  it('has one row in the results', () => {
    const once = withRow('# Long tests\n\nText.\n', resultRow('b', 'holds', begun, '2026-01-02'));
    const row = '| b | holds | 4 of 10 | 1 | 1: 2 | error 0.00001 | 1.0 | 2026-01-02 | aaa |';
    expect(once.split('\n')).toContain(row);
    const counts = resultRow('b', 'holds', { ...begun, largest: { read: 9091, refused: 909, error: 0.12345 } }, '2026-01-02');
    expect(counts).toContain('| read 9,091, refused 909, error 0.123 |');
    const twice = withRow(once, resultRow('a', 'too', { ...begun, next: 10, failures: [] }, '2026-01-03'));
    const rows = withRow(twice, resultRow('b', 'holds', { ...begun, next: 10 }, '2026-01-04'))
      .split('\n')
      .slice(6);
    expect(rows).toEqual([
      '| a | too | 10 | 1 | 0 | error 0.00001 | 1.0 | 2026-01-03 | aaa |',
      '| b | holds | 10 | 1 | 1: 2 | error 0.00001 | 1.0 | 2026-01-04 | aaa |',
    ]);
  });
});
