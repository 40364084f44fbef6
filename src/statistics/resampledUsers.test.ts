import { describe, expect, it } from 'vitest';
import { forkRandom } from '../log/random';
import { resampledUsers } from './resampledUsers';

describe('resampledUsers', () => {
  const all = (seed: number, n: number, resamples: number): number[][] =>
    Array.from(resampledUsers(seed, n, resamples), (users) => [...users]);

  // 70,000 users are too many to be kept.
  it.each([
    [3, 5, 4],
    [0, 70_000, 2],
    [1, 200, 10_000],
  ])('draws what the stream of seed %i gives for %i users, %i times, and the same when asked again', (seed, n, resamples) => {
    const random = forkRandom(seed, 'bootstrap', n);
    const first = resampledUsers(seed, n, resamples);
    const again = resampledUsers(seed, n, resamples);
    for (let resample = 0; resample < Math.min(resamples, 50); resample++) {
      const wanted = Array.from({ length: n }, () => random.integer(n));
      expect([...first.next().value!]).toEqual(wanted);
      expect([...again.next().value!]).toEqual(wanted);
    }
  });

  it('gives every number of users and every seed its own draws, also once older ones are forgotten', () => {
    const one = all(5, 1000, 100);
    // Three times what fits.
    for (const seed of [1, 2, 3]) expect(resampledUsers(seed, 1000, 7000).next().done).toBe(false);
    expect(all(5, 1000, 100)).toEqual(one);
    expect(all(5, 1000, 3)).toEqual(one.slice(0, 3));
    expect(all(6, 1000, 3)).not.toEqual(one.slice(0, 3));
  });
});
