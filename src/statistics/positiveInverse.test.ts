import { expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { invertPositive, NotInvertibleError, paddedSize } from './positiveInverse';

/** M·Mᵀ + I with M of normal numbers, in the lower triangle; above it NaN, which must not be read. */
function matrixOf(size: number): Float64Array {
  const random = forkRandom(size, 'inverse');
  const stride = paddedSize(size);
  const half = Array.from({ length: size * 8 }, () => random.normal());
  const a = new Float64Array(stride * stride).fill(NaN);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = Number(i === j);
      for (let k = 0; k < 8; k++) sum += half[8 * i + k]! * half[8 * j + k]!;
      a[i * stride + j] = sum;
    }
  }
  return a;
}

it.each([1, 3, 63, 64, 65, 130, 200])('inverts %i rows in place, in full', (size) => {
  const stride = paddedSize(size);
  const given = matrixOf(size);
  const inverse = given.slice();
  const shares = [...invertPositive(inverse, size)];
  expect(shares.at(-1)).toBe(1);
  expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  const at = (i: number, j: number): number => given[Math.max(i, j) * stride + Math.min(i, j)]!;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += inverse[i * stride + k]! * at(k, j);
      expect(Math.abs(sum - Number(i === j))).toBeLessThan(1e-10);
    }
  }
});

it('refuses what is not positive definite', () => {
  const a = new Float64Array(paddedSize(2) ** 2);
  a.set([1, 0]);
  a.set([2, 1], paddedSize(2));
  expect(() => [...invertPositive(a, 2)]).toThrow(NotInvertibleError);
});
