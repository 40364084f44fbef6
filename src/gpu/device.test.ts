import { describe, expect, it } from 'vitest';
import { subgroupsOf } from './device';

describe('subgroupsOf', () => {
  const adapter = (features: readonly string[], subgroupMinSize: number, subgroupMaxSize: number) => ({
    features: new Set(features) as unknown as GPUSupportedFeatures,
    info: { subgroupMinSize, subgroupMaxSize } as GPUAdapterInfo,
  });
  const both = ['subgroups', 'subgroup-size-control'];

  it('knows the size where all are of one', () => {
    expect(subgroupsOf(adapter(both, 32, 32))).toEqual({ subgroupSize: 32, subgroupChoice: [] });
    expect(subgroupsOf(adapter(['subgroups'], 4, 4))).toEqual({ subgroupSize: 4, subgroupChoice: [] });
  });

  it('lets kernels ask for a size where sizes vary, if the adapter allows it', () => {
    expect(subgroupsOf(adapter(both, 8, 32))).toEqual({ subgroupSize: null, subgroupChoice: [8, 16, 32] });
    expect(subgroupsOf(adapter(['subgroups'], 32, 64))).toEqual({ subgroupSize: null, subgroupChoice: [] });
  });

  it('counts on nothing without subgroups', () => {
    expect(subgroupsOf(adapter(['subgroup-size-control'], 32, 32))).toEqual({ subgroupSize: null, subgroupChoice: [] });
  });
});
