/** Principal axes against LAPACK's, which the PyTorch reference takes, and where axes hardly differ. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { evaluatePython } from '../testing/python';
import { symmetricEigenvalues } from './eigenvalues';
import { principalAxes, type PrincipalAxes } from './principalAxes';

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
const rowOf = (matrix: Float64Array, row: number, size: number): Float64Array => matrix.subarray(row * size, (row + 1) * size);

function products(x: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size * size);
  for (let row = 0; row < x.length; row += size)
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sums[i * size + j]! += x[row + i]! * x[row + j]!;
  return sums;
}

/** Rows whose products have these eigenvalues, and as eigenvectors those of some random rows. */
async function planted(values: readonly number[], seed: number): Promise<Float64Array> {
  const size = values.length;
  const random = forkRandom(seed, 'planted');
  const drawn = Float64Array.from({ length: 3 * size * size }, () => random.normal());
  const { axes } = await principalAxes(products(drawn, size), size, size);
  return axes.map((value, at) => value * Math.sqrt(values[Math.floor(at / size)]!));
}

/** karma.axes's of x. */
async function reference(x: Float64Array, size: number, count: number): Promise<PrincipalAxes> {
  const code = `
import json, torch
from karma.axes import principal_axes
axes, values = principal_axes(torch.tensor(${JSON.stringify(Array.from(x))}, dtype=torch.float64).reshape(-1, ${size}), ${count})
print(json.dumps([axes.flatten().tolist(), values.tolist()]))`;
  const { status, stdout, stderr } = await evaluatePython(code);
  if (status !== 0) throw new Error(stderr);
  const [axes, variances] = JSON.parse(stdout.toString()) as [number[], number[]];
  return { axes: Float64Array.from(axes), variances: Float64Array.from(variances) };
}

/** Largest entry by which the projections onto some axes differ. */
function apart(a: Float64Array, b: Float64Array, size: number): number {
  let most = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let difference = 0;
      for (let at = 0; at < a.length; at += size) difference += a[at + i]! * a[at + j]! - b[at + i]! * b[at + j]!;
      most = Math.max(most, Math.abs(difference));
    }
  }
  return most;
}

describe('agrees with LAPACK', () => {
  const falling = (size: number, fall: number): number[] => Array.from({ length: size }, (_, k) => 40 * fall ** k);
  it.each([
    ['variances apart', falling(24, 0.8), 24],
    ['hardly falling', falling(60, 0.999), 20],
    ['a part in 10⁴ to the first axis left out', [9, 7, 5, 5 - 5e-4, 3, 2, 1], 3],
    ['a part in 10⁷ between two', [9, 5, 5 - 5e-7, 3, 2, 1], 4],
    ['a part in 10¹³ between two', [9, 5, 5 - 5e-13, 3, 2, 1], 4],
    ['three alike', [9, 4, 4, 4, 2, 1, 1, 1], 5],
    ['many alike', [...Array.from({ length: 30 }, () => 2), ...Array.from({ length: 30 }, () => 1)], 30],
    ['fewer dimensions than axes', [3, 2, 1, 0, 0, 0, 0, 0], 6],
    ['no variance', [0, 0, 0, 0], 3],
  ])('%s', async (_, values, count) => {
    const size = values.length;
    const x = await planted(values, 5);
    const [own, lapack] = [await principalAxes(products(x, size), size, count), await reference(x, size, count)];
    for (let k = 0; k < count; k++) {
      expect(Math.abs(own.variances[k]! - lapack.variances[k]!)).toBeLessThan(1e-12 * (1 + values[0]!));
      for (let other = 0; other <= k; other++) {
        const along = dot(rowOf(own.axes, k, size), rowOf(own.axes, other, size));
        expect(Math.abs(along - Number(other === k))).toBeLessThan(1e-12);
      }
    }
    // Axes of one variance are compared as the space that they span, unless it goes on behind the last one.
    const ends = (k: number): boolean => values[k - 1]! - (values[k] ?? -1) > 1e-8 * values[0]!;
    for (let first = 0, end = 1; end <= count; end++) {
      if (!ends(end)) continue;
      const [some, others] = [own, lapack].map(({ axes }) => axes.subarray(first * size, end * size));
      expect(apart(some!, others!, size)).toBeLessThan(1e-6);
      // In order, each with the same sign.
      if (end - first === 1)
        some!.forEach((value, k) => {
          expect(Math.abs(value - others![k]!)).toBeLessThan(1e-6);
        });
      first = end;
    }
  });
});

it('gives eigenvectors of whatever symmetric matrix', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 14 }), fc.nat(1000), fc.boolean(), async (size, seed, whole) => {
      const random = forkRandom(seed, 'matrix');
      const count = 1 + random.integer(size);
      // Small whole numbers repeat eigenvalues, and split the matrix into blocks.
      const matrix = new Float64Array(size * size);
      for (let i = 0; i < size; i++)
        for (let j = 0; j <= i; j++)
          matrix[i * size + j] = matrix[j * size + i] = whole ? Math.max(0, random.integer(4) - 2) : random.normal();
      const { axes, variances } = await principalAxes(matrix, size, count);
      expect(variances).toEqual(symmetricEigenvalues(matrix, size).subarray(0, count));
      for (let k = 0; k < count; k++) {
        const axis = rowOf(axes, k, size);
        for (let i = 0; i < size; i++)
          expect(Math.abs(dot(rowOf(matrix, i, size), axis) - variances[k]! * axis[i]!)).toBeLessThan(1e-11);
        for (let other = 0; other <= k; other++)
          expect(Math.abs(dot(axis, rowOf(axes, other, size)) - Number(other === k))).toBeLessThan(1e-12);
      }
    }),
    { numRuns: 300 },
  );
});

it('gives the same axes every time, whatever their scale', async () => {
  const matrix = products(await planted([5, 4, 3, 2, 1, 0.5], 1), 6);
  const { axes } = await principalAxes(matrix, 6, 3);
  expect((await principalAxes(matrix, 6, 3)).axes).toEqual(axes);
  const scaled = await principalAxes(
    matrix.map((value) => value * 2 ** -900),
    6,
    3,
  );
  scaled.axes.forEach((value, at) => {
    expect(value).toBeCloseTo(axes[at]!, 12);
  });
  const tie = await principalAxes(Float64Array.of(1, -1 + 1e-12, -1 + 1e-12, 1), 2, 1);
  expect(tie.axes[0]).toBeGreaterThan(0);
});

it('refuses more axes than dimensions, and what is not a number', async () => {
  await expect(principalAxes(new Float64Array(36), 6, 7)).rejects.toThrow(RangeError);
  await expect(principalAxes(Float64Array.of(1, NaN, NaN, 1), 2, 1)).rejects.toThrow(RangeError);
});

it('stops when it is aborted', async () => {
  const reason = new Error('stop');
  await expect(principalAxes(new Float64Array(36), 6, 2, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
