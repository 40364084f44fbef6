import { expect, it } from 'vitest';
import { imageDraws } from './imageDraws';

const pictured = Int32Array.from([1, 4, 5, 9]);
const options = { seed: 3, pictured, size: 5 };
const TARGETS = [4, 2, 9, 1, 5, 4];

it('gives targets their own picture, or none if they have none, with noise that depends only on seed and step', () => {
  const drawn = imageDraws(options, 7, TARGETS);
  expect(drawn.map(({ item }) => item)).toEqual([4, null, 9, 1, 5, 4]);
  expect(imageDraws(options, 7, TARGETS)).toEqual(drawn);
  const other = imageDraws({ ...options, pictured: Int32Array.of(2) }, 7, TARGETS);
  expect(other.map(({ time, noise }) => [time, noise])).toEqual(drawn.map(({ time, noise }) => [time, noise]));
  expect(imageDraws(options, 8, TARGETS)[0]!.noise).not.toEqual(drawn[0]!.noise);
});

it('gives shuffled ones another picture, drawn uniformly, and the same noise', () => {
  const counts = new Map<number, number>();
  for (let step = 0; step < 3000; step++) {
    const [shuffled] = imageDraws(options, step, [4], true);
    const item = shuffled!.item!;
    counts.set(item, (counts.get(item) ?? 0) + 1);
    if (step === 0) expect(shuffled!.noise).toEqual(imageDraws(options, step, [4])[0]!.noise);
  }
  expect([...counts.keys()].sort()).toEqual([1, 5, 9]);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  expect(imageDraws({ ...options, pictured: Int32Array.of(4) }, 0, [4], true)[0]!.item).toBe(4);
});
