import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLogits } from './certificate';
import { draw, greedy, type Sampling } from './sampling';

describe('greedy', () => {
  it('takes the first of equal largest logits', () => {
    expect(greedy(Float32Array.of(-1, 3, 3, 2))).toBe(1);
  });
});

describe('draw', () => {
  // Probabilities 0.1, 0.6, 0.3.
  const logits = Float32Array.of(Math.log(0.1), Math.log(0.6), Math.log(0.3));
  const at = (u: number, change: Partial<Sampling> = {}) =>
    draw(logits, { temperature: 1, topK: 0, topP: 1, random: () => u, ...change });

  it('draws from the whole softmax, ids in order', () => {
    expect([0.09, 0.11, 0.69, 0.71, 0.999].map((u) => at(u))).toEqual([0, 1, 1, 2, 2]);
  });

  it('draws from the smallest set that reaches topP', () => {
    expect(at(0.999, { topP: 0.5 })).toBe(1);
    expect([0.66, 0.67, 0.999].map((u) => at(u, { topP: 0.8 }))).toEqual([1, 2, 2]);
  });

  it('draws from the k largest, and from their nucleus', () => {
    expect([0, 0.66, 0.67].map((u) => at(u, { topK: 2 }))).toEqual([1, 1, 2]);
    // 0.6 of 0.9 reaches 0.65, where 0.6 of all would not.
    expect(at(0.999, { topK: 2, topP: 0.65 })).toBe(1);
    expect(at(0.999, { topP: 0.65 })).toBe(2);
    expect(at(0.999, { topK: 100 })).toBe(2);
  });

  it('approaches greedy as the temperature falls', () => {
    expect(at(0.99, { temperature: 0.01 })).toBe(1);
  });

  it('keeps the first k of equal logits', () => {
    const random = (u: number) => draw(Float32Array.of(1, 2, 2, 2, 0), { temperature: 1, topK: 2, topP: 1, random: () => u });
    expect([0, 0.49, 0.51, 0.999].map(random)).toEqual([1, 1, 2, 2]);
  });

  it('draws each token as often as its probability implies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 12 }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.integer({ min: 0, max: 12 }),
        (values, temperature, topK) => {
          const steps = 400;
          const given = Float32Array.from(values);
          const counts = new Float64Array(given.length);
          for (let i = 0; i < steps; i += 1) {
            const random = () => (i + 0.5) / steps;
            counts[draw(given, { temperature, topK, topP: 1, random })]! += 1 / steps;
          }
          const order = [...given.keys()].sort((a, b) => given[b]! - given[a]! || a - b).slice(0, topK || undefined);
          const weights = order.map((id) => Math.exp(given[id]! / temperature));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          order.forEach((id, i) => {
            expect(Math.abs(counts[id]! - weights[i]! / total)).toBeLessThan(2 / steps);
            counts[id] = 0;
          });
          expect(Math.max(...counts)).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('compareLogits', () => {
  const theirs = Float32Array.of(1, -4, 2, 0);

  it('divides the largest difference by the largest logit', () => {
    const certificate = compareLogits(Float32Array.of(1, -4, 2.002, 0), theirs, 'wasm', 2);
    expect(certificate.maxAbsolute).toBeCloseTo(0.002, 6);
    expect(certificate.maxRelative).toBeCloseTo(0.0005, 6);
    expect(certificate.passed).toBe(true);
  });

  it('fails on NaN and infinity, with numbers that JSON can hold', () => {
    for (const bad of [NaN, Infinity]) {
      const certificate = compareLogits(Float32Array.of(1, bad, 2, 0), theirs, 'wasm', 2);
      expect(certificate.passed).toBe(false);
      expect(certificate.maxRelative).toBe(Number.MAX_VALUE);
    }
    expect(compareLogits(theirs, Float32Array.of(1, NaN, 2, 0), 'wasm', 2).passed).toBe(false);
    expect(compareLogits(Float32Array.of(1), Float32Array.of(0), 'wasm', 1).passed).toBe(false);
  });

  it('refuses what cannot be compared', () => {
    expect(() => compareLogits(Float32Array.of(1), theirs, 'wasm', 1)).toThrow(RangeError);
  });
});
