import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePoints, encodePoints, principalPlane, project } from './projection';

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

describe('principalPlane', () => {
  it('lies along the axes of the largest variance, the largest entry of each positive', () => {
    // Variances 2, 0.02, 18: axes e₃ and e₁, whatever the mean.
    const rows = Float32Array.of(1, 5, 7, -1, 5, 7, 0, 5.1, 7, 0, 4.9, 7, 0, 5, 10, 0, 5, 4);
    const { origin, axes } = principalPlane(rows, 3);
    expect([...origin].map((x) => x.toFixed(5))).toEqual(['0.00000', '5.00000', '7.00000']);
    expect(axes[0][2]).toBeCloseTo(1, 9);
    expect(axes[1][0]).toBeCloseTo(1, 9);
    const { points, share } = project({ origin, axes }, rows, [4, 0]);
    [3, 0, 0, 1].forEach((value, at) => {
      expect(points[at]).toBeCloseTo(value, 4);
    });
    expect(share).toBeCloseTo(20 / 20.02, 5);
  });

  it('is orthonormal whatever the data, even for points and lines', () => {
    const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 36 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), values, (size, x) => {
        const rows = Float32Array.from({ length: size * Math.ceil(x.length / size) }, (_, at) => x[at] ?? 0);
        const { axes } = principalPlane(rows, size);
        expect(dot(axes[0], axes[0])).toBeCloseTo(1, 9);
        expect(dot(axes[1], axes[1])).toBeCloseTo(1, 9);
        expect(dot(axes[0], axes[1])).toBeCloseTo(0, 9);
        const { share } = project({ origin: new Float64Array(size), axes }, rows, []);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
    expect(() => principalPlane(Float32Array.of(1, 2), 1)).toThrow(RangeError);
  });
});

describe('stored points', () => {
  it('are restored within half a step', () => {
    const coordinate = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(coordinate, coordinate), { maxLength: 30 }), (pairs) => {
        const points = Float64Array.from(pairs.flat());
        const reach = Math.max(0, ...points.map(Math.abs));
        const back = decodePoints(encodePoints(points, reach), reach, pairs.length);
        points.forEach((value, at) => {
          expect(Math.abs(back[at]! - value)).toBeLessThanOrEqual(reach / 65534 + 1e-12);
        });
      }),
    );
    expect(() => decodePoints(encodePoints(Float64Array.of(1, 2), 2), 2, 2)).toThrow(RangeError);
  });
});
