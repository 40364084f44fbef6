import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapseMeasures, meanOffDiagonalCosine, participationRatio, rankMe, uniformity } from './collapse';
import { symmetricEigenvalues } from '../../statistics/eigenvalues';

/** Rows ±e_k: centred, orthogonal, all variances alike. */
function orthogonal(size: number): Float32Array {
  const rows = new Float32Array(2 * size * size);
  for (let k = 0; k < size; k++) {
    rows[2 * k * size + k] = 1;
    rows[(2 * k + 1) * size + k] = -1;
  }
  return rows;
}

describe('symmetricEigenvalues', () => {
  it('finds those of a matrix computed by hand', () => {
    const values = symmetricEigenvalues(Float64Array.of(2, 1, 0, 1, 2, 0, 0, 0, -5), 3);
    expect(values[0]).toBeCloseTo(3, 12);
    expect(values[1]).toBeCloseTo(1, 12);
    expect(values[2]).toBeCloseTo(-5, 12);
  });

  it('finds 4 sin²(kπ/(2(n+1))) of the second-difference matrix', () => {
    const n = 60;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
    }
    const values = symmetricEigenvalues(matrix, n);
    for (let k = 1; k <= n; k++) {
      expect(values[n - k]).toBeCloseTo(4 * Math.sin((k * Math.PI) / (2 * (n + 1))) ** 2, 11);
    }
  });

  it('handles entries whose squares underflow', () => {
    for (const x of [
      [-2.08e-15, 0, -2.05e-162, 0, 0, 0, 0, 0, 0],
      [1, 1e-161, 3e-162, 0, 2, 1e-160, 0, 0, 3],
    ]) {
      const matrix = Float64Array.from(
        x,
        (_, at) => x[Math.min(Math.floor(at / 3), at % 3) * 3 + Math.max(Math.floor(at / 3), at % 3)]!,
      );
      const values = symmetricEigenvalues(matrix, 3);
      [...values].forEach((value, k) => {
        expect(value).toBeCloseTo([x[0]!, x[4]!, x[8]!].sort((a, b) => b - a)[k]!, 12);
      });
    }
    const tiny = symmetricEigenvalues(Float64Array.of(2e-200, 1e-200, 1e-200, 2e-200), 2);
    expect(tiny[0]! / 3e-200).toBeCloseTo(1, 12);
    expect(tiny[1]! / 1e-200).toBeCloseTo(1, 12);
  });

  it('preserves trace and Frobenius norm', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 7 }),
        (n, x) => {
          const matrix = new Float64Array(n * n);
          for (let i = 0; i < n; i++) {
            for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = x[(i * 31 + j * 17) % x.length]!;
          }
          const values = symmetricEigenvalues(matrix, n);
          let trace = 0;
          for (let i = 0; i < n; i++) trace += matrix[i * n + i]!;
          const squares = (all: Float64Array): number => all.reduce((a, b) => a + b * b, 0);
          expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(trace, 9);
          expect(squares(values)).toBeCloseTo(squares(matrix), 8);
        },
      ),
    );
  });
});

describe('rankMe and participationRatio', () => {
  it.each([2, 16, 64])('are the dimension for orthogonal data of size %i', (size) => {
    expect(rankMe(orthogonal(size), size)).toBeCloseTo(size, 2);
    expect(participationRatio(orthogonal(size), size)).toBeCloseTo(size, 9);
  });

  it('are 1 for one-dimensional data, wherever its mean lies', () => {
    const size = 24;
    const rows = Float32Array.from({ length: 50 * size }, (_, at) => 3 + Math.floor(at / size) * Math.cos(at % size));
    expect(rankMe(rows, size)).toBeCloseTo(1, 3);
    expect(participationRatio(rows, size)).toBeCloseTo(1, 6);
  });

  it('are 1 without variance, and if all variance is rounding', () => {
    expect(rankMe(new Float32Array(40).fill(0.1), 4)).toBe(1);
    expect(participationRatio(new Float32Array(40).fill(0.1), 4)).toBe(1);
    expect(rankMe(new Float32Array(40), 4)).toBe(1);
    expect(rankMe(Float32Array.of(1, 2, 3, 4), 4)).toBe(1);
    const noisy = Float32Array.from({ length: 400 }, (_, at) => 1 + (((at * 7919) % 13) - 6) * 6e-8);
    expect(rankMe(noisy, 4)).toBe(1);
  });

  it('match singular values computed by hand', () => {
    // Centred rows (±3, 0) and (0, ±1): σ = √18, √2, so p = ¾, ¼; λ = 18, 2.
    const rows = Float32Array.of(3, 0, -3, 0, 0, 1, 0, -1);
    expect(rankMe(rows, 2)).toBeCloseTo(Math.exp(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))), 5);
    expect(participationRatio(rows, 2)).toBeCloseTo(400 / 328, 9);
  });

  it('do not depend on scale, shift or order of rows', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 8 }), fc.integer({ min: -8, max: 8 }), (x, scale, shift) => {
        const rows = Float32Array.from(x);
        const moved = Float32Array.from(x, (_, at) => scale * x[(7 - Math.floor(at / 3)) * 3 + (at % 3)]! + shift);
        expect(rankMe(moved, 3)).toBeCloseTo(rankMe(rows, 3), 5);
        expect(participationRatio(moved, 3)).toBeCloseTo(participationRatio(rows, 3), 6);
      }),
    );
  });

  it('never exceed the number of dimensions that rows can span', () => {
    const rows = Float32Array.from({ length: 4 * 30 }, (_, at) => Math.sin(at * at));
    expect(rankMe(rows, 30)).toBeLessThan(3.01);
    expect(() => rankMe(rows, 7)).toThrow(RangeError);
    expect(() => rankMe(Float32Array.of(1, NaN), 1)).toThrow(RangeError);
  });
});

describe('uniformity and meanOffDiagonalCosine', () => {
  it('match values computed by hand', () => {
    // Pairs: (1,0)·(0,1) = 0, distance² 2; (1,0)·(−1,0) = −1, distance² 4; (0,1)·(−1,0) = 0. Lengths do not
    // count.
    const rows = Float32Array.of(5, 0, 0, 0.1, -2, 0);
    expect(uniformity(rows, 2)).toBeCloseTo(Math.log((2 * Math.exp(-4) + Math.exp(-8)) / 3), 5);
    expect(meanOffDiagonalCosine(rows, 2)).toBeCloseTo(-1 / 3, 6);
  });

  it('are 0 and 1 for one point', () => {
    const point = collapseMeasures(new Float32Array(60).fill(0.7), 6);
    expect(point).toEqual({
      rankMe: 1,
      participation: 1,
      uniformity: 0,
      meanCosine: expect.closeTo(1, 6) as number,
      spectrum: [],
    });
    expect(meanOffDiagonalCosine(new Float32Array(12), 3)).toBe(1);
    expect(uniformity(new Float32Array(3), 3)).toBe(0);
  });

  it('thins evenly beyond the row limit', () => {
    const rows = Float32Array.of(1, 0, 9, 9, -1, 0, 9, 9);
    expect(uniformity(rows, 2, 2)).toBeCloseTo(-8, 5);
  });
});
