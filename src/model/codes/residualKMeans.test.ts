import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collisionRate, tokensOf } from './itemCodes';
import { residualCodes } from './residualKMeans';

interface CodesCase {
  readonly seed: number;
  readonly spec: { readonly codeLevels: number; readonly codebookSize: number };
  readonly features: readonly (readonly number[])[];
  readonly codes: readonly (readonly number[])[];
}

const CASES = JSON.parse(
  readFileSync(new URL('../../../python/fixtures/codes/codes.json', import.meta.url), 'utf8'),
) as readonly CodesCase[];

describe('residual k-means', () => {
  it.each(CASES.map((one) => [one.features.length, one.spec.codeLevels, one] as const))(
    'finds the reference’s codes of %i items at %i levels',
    async (items, levels, { seed, spec, features, codes }) => {
      const found = await residualCodes(Float32Array.from(features.flat()), items, spec, { seed });
      expect(Array.from({ length: items }, (_, item) => [...found.codes.subarray(item * levels, (item + 1) * levels)])).toEqual(
        codes,
      );
    },
  );

  it('gives items with the same features the same codes, and counts them as collisions', async () => {
    const features = Float32Array.from([0, 0, 5, 5, 0, 0, 9, 1]);
    const codes = await residualCodes(features, 4, { codeLevels: 2, codebookSize: 3 }, { seed: 1 });
    expect(tokensOf(codes, 0)).toEqual(tokensOf(codes, 2));
    expect(collisionRate(codes)).toBe(0.5);
    expect(tokensOf(codes, 1).map((token) => Math.floor(token / 3))).toEqual([0, 1]);
  });

  it('stops when it is told to', async () => {
    const features = new Float32Array(40_000).map((_, at) => Math.sin(at));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(residualCodes(features, 400, { codeLevels: 3, codebookSize: 64 }, { seed: 0, signal })).rejects.toThrow(
      'enough',
    );
  });
});
