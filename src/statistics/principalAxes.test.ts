import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { symmetricEigenvalues } from './eigenvalues';
import { principalAxes } from './principalAxes';

/** XᵀX of random rows whose k-th element is drawn on the scale `fall`ᵏ. */
function covariance(size: number, fall: number, seed: number): Float64Array {
  const random = forkRandom(seed, 'covariance');
  const rows = Array.from({ length: 4 * size }, () => Array.from({ length: size }, (_, k) => fall ** k * random.normal()));
  return Float64Array.from({ length: size * size }, (_, at) =>
    rows.reduce((sum, row) => sum + row[Math.floor(at / size)]! * row[at % size]!, 0),
  );
}

it('gives orthonormal axes that hold as much variance as the largest eigenvalues', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 14 }), fc.nat(1000), async (size, seed) => {
      const count = 1 + (seed % size);
      const matrix = covariance(size, 0.7, seed);
      const axes = await principalAxes(matrix, size, count);
      const axis = (k: number): Float64Array => axes.subarray(k * size, (k + 1) * size);
      const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
      const image = (a: Float64Array): Float64Array => a.map((_, i) => dot(matrix.subarray(i * size, (i + 1) * size), a));
      const eigenvalues = symmetricEigenvalues(matrix, size);
      let held = 0;
      for (let k = 0; k < count; k++) {
        for (let other = 0; other < k; other++) expect(Math.abs(dot(axis(k), axis(other)))).toBeLessThan(1e-9);
        expect(dot(axis(k), axis(k))).toBeCloseTo(1, 9);
        held += dot(axis(k), image(axis(k)));
      }
      const most = eigenvalues.slice(0, count).reduce((sum, value) => sum + value, 0);
      expect(held).toBeLessThanOrEqual(most * (1 + 1e-9));
      // Where the first axis left out has nearly the last one's variance, they are mixed: at worst it is in its place.
      const [last, leftOut = 0] = eigenvalues.slice(count - 1, count + 1);
      expect(held).toBeGreaterThan(leftOut < 0.9 * last! ? 0.995 * most : most - last! + leftOut);
    }),
    // Two axes, of which the second has 6.47, and the first one left out 5.87.
    { numRuns: 30, examples: [[5, 496]] },
  );
});

it('gives the same axes every time, and refuses more axes than dimensions', async () => {
  const matrix = covariance(6, 0.5, 1);
  expect(await principalAxes(matrix, 6, 3)).toEqual(await principalAxes(matrix, 6, 3));
  await expect(principalAxes(matrix, 6, 7)).rejects.toThrow(RangeError);
});
