import { describe, expect, it } from 'vitest';
import { compareLogits } from './certificate';
import { greedy, nucleus } from './generate';

describe('greedy', () => {
  it('takes the first of equal largest logits', () => {
    expect(greedy(Float32Array.of(-1, 3, 3, 2))).toBe(1);
  });
});

describe('nucleus', () => {
  // Probabilities 0.1, 0.6, 0.3.
  const logits = Float32Array.of(Math.log(0.1), Math.log(0.6), Math.log(0.3));
  const draw = (topP: number, u: number, temperature = 1) => nucleus(logits, { topP, temperature, random: () => u });

  it('draws from the whole softmax when topP is 1', () => {
    expect([0.1, 0.59, 0.61, 0.89, 0.91, 0.999].map((u) => draw(1, u))).toEqual([1, 1, 2, 2, 0, 0]);
  });

  it('draws from the smallest set that reaches topP', () => {
    expect(draw(0.5, 0.999)).toBe(1);
    expect([0.66, 0.67, 0.999].map((u) => draw(0.8, u))).toEqual([1, 2, 2]);
  });

  it('nears greedy as the temperature falls', () => {
    expect(draw(1, 0.99, 0.01)).toBe(1);
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

  it('fails on NaN and infinity, in numbers that JSON can hold', () => {
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
