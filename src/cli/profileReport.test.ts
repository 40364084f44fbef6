import { describe, expect, it } from 'vitest';
import { smallRecord } from '../testing/smallRecord';
import { profileSchema, type Profile } from '../record/profile';
import { profileReport } from './profileReport';

const PROFILE: Profile = {
  steps: 3,
  wallMs: 12.5,
  gpuMs: 10,
  resolutionMs: 0.0001,
  rows: [
    { path: [], kernel: 'fill', dispatches: 1, ms: 0.5, flops: 0 },
    { path: ['decoder forward', 'layer 1', 'qkv'], kernel: 'gemm_NT', dispatches: 2, ms: 4, flops: 8e6 },
    { path: ['reconstruction', 'decoder forward', 'layer 1'], kernel: 'attention_forward', dispatches: 1.5, ms: 3, flops: 0 },
    { path: ['reconstruction', 'text loss'], kernel: 'gemm_NT', dispatches: 1, ms: 2.5, flops: 10e6 },
  ],
};

function reportOf(timestamps: boolean, profile = PROFILE): string {
  const record = smallRecord();
  const [first, ...others] = record.arms;
  return profileReport({
    ...record,
    adapter: { ...record.adapter, timestamps },
    arms: [{ ...first!, profile }, ...others],
  });
}

describe('profileReport', () => {
  it('sums up parts and kernels of each profiled arm', () => {
    expect(
      reportOf(true)
        .split('\n')
        .map((line) => line.trimEnd().replaceAll(/ {2,}/g, ' | ')),
    ).toEqual([
      'profile of action, mean of 3 steps: 10.00 ms on the GPU of 12.50 ms a step; 65.0 % in matrix products at 2.8 GFLOP/s; clock in steps of 100 ns',
      ' | ms | share | GFLOP/s | dispatches',
      'fill | 0.500 | 5.0 % | 1',
      'decoder forward | 4.000 | 40.0 % | 2.0 | 2',
      'reconstruction | 5.500 | 55.0 % | 4.0 | 2.5',
      ' | decoder forward | 3.000 | 30.0 % | 1.5',
      ' | text loss | 2.500 | 25.0 % | 4.0 | 1',
      '',
      'gemm_NT | 6.500 | 65.0 % | 2.8 | 3',
      'attention_forward | 3.000 | 30.0 % | 1.5',
      'fill | 0.500 | 5.0 % | 1',
    ]);
  });

  it('says where tiles come from, if the run does', () => {
    const words = (origin: Pick<Profile, 'tiles'>): string => {
      const profile = profileSchema.parse({ ...PROFILE, ...origin });
      return reportOf(true, profile).split('\n')[0]!.split('; ').slice(3).join();
    };
    expect(words({})).toBe('');
    expect(words({ tiles: 'preset' })).toBe('tiles: preset');
    expect(words({ tiles: 'timed' })).toBe('tiles: timed on this adapter');
  });

  it('says so if the adapter cannot be profiled', () => {
    expect(reportOf(false)).toMatch(/no timestamp queries/);
  });
});
