import { describe, expect, it } from 'vitest';
import { clockStep } from '../../profile/clock';
import { profileTree } from '../../profile/tree';
import type { Profile } from '../../record/profile';
import { armsOf } from '../arms/armsOf';
import { smallRecord } from '../../testing/smallRecord';
import { openRows, profiledArms, profileSentence, profileTable, rateText, durationText } from './profileData';

const PROFILE: Profile = {
  steps: 2,
  wallMs: 12,
  gpuMs: 10,
  resolutionMs: 0.065536,
  rows: [
    { path: ['decoder forward', 'layer 1'], kernel: 'gemm_NT', dispatches: 2, ms: 6, flops: 9e9 },
    { path: ['decoder forward', 'layer 1'], kernel: 'rope', dispatches: 1, ms: 1, flops: 0 },
    { path: ['optimiser'], kernel: 'adamw', dispatches: 1, ms: 3, flops: 0 },
  ],
};
const ARM = { id: 'action', label: 'Action', profile: PROFILE };

describe('the profile panel', () => {
  it('lists the arms that were profiled', () => {
    const record = smallRecord();
    expect(profiledArms(armsOf(record))).toEqual([]);
    const [first, ...others] = record.arms;
    expect(profiledArms(armsOf({ ...record, arms: [{ ...first!, profile: PROFILE }, ...others] }))).toEqual([ARM]);
  });

  it('names the largest part and the share of matrix products', () => {
    expect(profileSentence(ARM)).toBe(
      'Decoder forward takes 70.0 % of a step of Action; matrix products take 60.0 %, at 1500 GFLOP/s.',
    );
    const unmeasured = { ...PROFILE, gpuMs: 0, rows: PROFILE.rows.map((row) => ({ ...row, ms: 0 })) };
    expect(profileSentence({ ...ARM, profile: unmeasured })).toBe('The clock is too coarse for a step of Action so far.');
  });

  it('has a row per kernel in its table, with blanks where nothing was counted', () => {
    expect(profileTable([ARM]).rows).toEqual([
      ['Action', 'decoder forward › layer 1', 'gemm_NT', 2, 6, 60, 1500],
      ['Action', 'decoder forward › layer 1', 'rope', 1, 1, 10, null],
      ['Action', 'optimiser', 'adamw', 1, 3, 30, null],
    ]);
  });

  it('shows only the children of open rows', () => {
    const step = profileTree(PROFILE, 'part');
    const shown = (...open: string[]): string[] =>
      openRows(step, new Set(open)).map(({ node, level }) => `${level} ${node.name}`);
    expect(shown()).toEqual(['1 step']);
    expect(shown('')).toEqual(['1 step', '2 decoder forward', '2 optimiser']);
    expect(shown('', 'decoder forward')).toEqual(['1 step', '2 decoder forward', '3 layer 1', '2 optimiser']);
    expect(shown('decoder forward')).toEqual(['1 step']);
    expect(openRows(step, new Set(['', 'optimiser'])).map(({ key, parent }) => [key, parent])).toEqual([
      ['', null],
      ['decoder forward', ''],
      ['optimiser', ''],
      ['optimiser\nadamw', 'optimiser'],
    ]);
  });

  it('formats numbers with about three digits', () => {
    expect([0.004, 1.234, 12.34, 263.4].map(durationText)).toEqual(['0.00', '1.23', '12.3', '263']);
    expect([3.61, 1500.4].map(rateText)).toEqual(['3.6', '1500']);
    expect([1e-6, 0.065536, 0.1].map(clockStep)).toEqual(['1 ns', '65.5 µs', '100 µs']);
  });
});
