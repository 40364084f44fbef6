import { describe, expect, it } from 'vitest';
import { secondsEach } from './timing';

/**
 * A device whose calls take `each` seconds, and its answer `late` more, on a clock that counts in `tick`s.
 */
function device(each: number, { late = 0, tick = 1e-9 } = {}) {
  const taken: number[] = [];
  const take = (calls: number): Promise<number> => {
    taken.push(calls);
    return Promise.resolve(Math.round((calls * each + late) / tick) * tick);
  };
  return { taken, take };
}

describe('seconds of a call', () => {
  it('are those of the device, not of the clock and of its answer', async () => {
    const { take, taken } = device(20e-6, { late: 0.5e-3, tick: 1e-4 });
    const seconds = await secondsEach(take, { least: 0.02 });
    expect(Math.abs(seconds / 20e-6 - 1)).toBeLessThan(0.05);
    // Three timings of equally many calls.
    expect(new Set(taken.slice(-3)).size).toBe(1);
  });

  it('are found with the fewest calls where one takes long', async () => {
    const { take, taken } = device(0.3);
    expect(await secondsEach(take, { least: 0.02 })).toBeCloseTo(0.3, 9);
    expect(taken).toEqual([1, 1, 1]);
  });

  it('end with what takes no measurable time', async () => {
    const { take } = device(0);
    expect(await secondsEach(take, { least: 0.02 })).toBe(0);
  });

  it('are not timed again where they cannot be the least', async () => {
    const { take, taken } = device(0.3);
    expect(await secondsEach(take, { least: 0.02, best: 0.1 })).toBeCloseTo(0.3, 9);
    expect(taken).toEqual([1]);
    const near = device(0.3);
    await secondsEach(near.take, { least: 0.02, best: 0.25 });
    expect(near.taken).toEqual([1, 1, 1]);
  });
});
