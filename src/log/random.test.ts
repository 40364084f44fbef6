import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forkRandom } from './random';

describe('forkRandom', () => {
  it('gives the same numbers for the same seed and name, and different ones otherwise', () => {
    const draw = (seed: number, ...name: (string | number)[]): number[] => {
      const random = forkRandom(seed, ...name);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw(1, 'order', 2)).toEqual(draw(1, 'order', 2));
    expect(draw(1, 'order', 2)).not.toEqual(draw(2, 'order', 2));
    expect(draw(1, 'order', 2)).not.toEqual(draw(1, 'order', 3));
    expect(draw(1, 'order', 2)).not.toEqual(draw(1, 'crop', 2));
  });

  it('gives the same numbers in every version, since runs are compared by seed', () => {
    const random = forkRandom(0, 'test');
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toMatchInlineSnapshot(`
      [
        561,
        535,
        900,
      ]
    `);
  });

  it('is uniform and normal to three standard errors', () => {
    const random = forkRandom(7, 'moments');
    const n = 200_000;
    let [sum, square, normals, normalSquares] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      const z = random.normal();
      sum += u;
      square += u * u;
      normals += z;
      normalSquares += z * z;
    }
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(3 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(square / n - 1 / 3)).toBeLessThan(3 * Math.sqrt(4 / 45 / n));
    expect(Math.abs(normals / n)).toBeLessThan(3 / Math.sqrt(n));
    expect(Math.abs(normalSquares / n - 1)).toBeLessThan(3 * Math.sqrt(2 / n));
  });

  it('gives uncorrelated streams for similar names', () => {
    const n = 20_000;
    const first = Array.from({ length: n }, (_, i) => forkRandom(0, 'step', i).uniform() - 0.5);
    let lag = 0;
    for (let i = 1; i < n; i++) lag += first[i]! * first[i - 1]! * 12;
    expect(Math.abs(lag / n)).toBeLessThan(4 / Math.sqrt(n));
    const mean = first.reduce((total, value) => total + value, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
  });

  it('gives integers in range and refuses invalid limits', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 40 }), (seed, n) => {
        const value = forkRandom(seed, 'range').integer(n);
        expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
      }),
    );
    expect(() => forkRandom(0, 'x').integer(0)).toThrow(RangeError);
  });

  it('shuffles into permutations, all equally likely', () => {
    const counts = new Map<string, number>();
    const random = forkRandom(3, 'shuffle');
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle([0, 1, 2]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
});
