import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { solvePositive } from './positiveSystem';

it('solves A·X = B', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), fc.nat(1000), (size, columns, seed) => {
      const random = forkRandom(seed, 'system');
      const half = Array.from({ length: size * size }, () => random.normal());
      const a = Float64Array.from({ length: size * size }, (_, at) => {
        const [i, j] = [Math.floor(at / size), at % size];
        let sum = Number(i === j);
        for (let k = 0; k < size; k++) sum += half[i * size + k]! * half[j * size + k]!;
        return sum;
      });
      const b = Float64Array.from({ length: size * columns }, () => random.normal());
      const x = solvePositive(a, size, b, columns);
      b.forEach((wanted, at) => {
        const [i, c] = [Math.floor(at / columns), at % columns];
        let got = 0;
        for (let k = 0; k < size; k++) got += a[i * size + k]! * x[k * columns + c]!;
        expect(got).toBeCloseTo(wanted, 8);
      });
    }),
  );
});

it('refuses what is not positive definite', () => {
  expect(() => solvePositive(Float64Array.of(1, 2, 2, 1), 2, Float64Array.of(1, 1), 1)).toThrow(RangeError);
});
