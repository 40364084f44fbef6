import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { solvePositive } from './positiveSystem';

it('solves A·X = B, in one block and in several', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 0, max: 40 }),
      fc.nat(1000),
      async (size, columns, seed) => {
        const random = forkRandom(seed, 'system');
        const half = Array.from({ length: size * size }, () => random.normal());
        const a = Float64Array.from({ length: size * size }, (_, at) => {
          const [i, j] = [Math.floor(at / size), at % size];
          // Only the lower triangle is read.
          if (j > i) return NaN;
          let sum = Number(i === j);
          for (let k = 0; k < size; k++) sum += half[i * size + k]! * half[j * size + k]!;
          return sum;
        });
        const b = Float64Array.from({ length: columns * size }, () => random.normal());
        const x = await solvePositive(a, size, b);
        expect(x).toHaveLength(b.length);
        b.forEach((wanted, at) => {
          const [row, i] = [Math.floor(at / size), at % size];
          let got = 0;
          for (let k = 0; k < size; k++) got += a[Math.max(i, k) * size + Math.min(i, k)]! * x[row * size + k]!;
          expect(got).toBeCloseTo(wanted, 8);
        });
      },
    ),
    {
      numRuns: 60,
      examples: [
        [32, 4, 0],
        [33, 33, 1],
        [64, 5, 2],
        [97, 3, 3],
      ],
    },
  );
});

it('refuses what is not positive definite', async () => {
  await expect(solvePositive(Float64Array.of(1, 2, 2, 1), 2, Float64Array.of(1, 1))).rejects.toThrow(RangeError);
});

it('stops when it is aborted', async () => {
  const reason = new Error('stop');
  await expect(solvePositive(Float64Array.of(1), 1, Float64Array.of(1), { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
});
