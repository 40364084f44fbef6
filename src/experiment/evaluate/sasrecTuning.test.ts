/** When the trained baseline stops, what it keeps and which rate it is ranked with. */
import { describe, expect, it } from 'vitest';
import { DivergedError } from '../train/diverged';
import { bestState, evaluatedAfter, type BestState } from './sasrecTuning';

/** Evaluations of a training at a rate, in order; after the last its loss is no longer a number. */
type Script = Readonly<Record<number, readonly number[]>>;

/** What is found, and the evaluations that were made; a state is named by its rate and steps. */
async function follow(script: Script, steps: readonly number[]): Promise<{ found: BestState<string>; seen: string[] }> {
  const seen: string[] = [];
  const found = await bestState(Object.keys(script).map(Number), steps, (rate) => {
    let [now, evaluations] = [0, 0];
    return {
      to: (step) => {
        if (evaluations === script[rate]!.length) return Promise.reject(new DivergedError('no number', null));
        now = step;
        return Promise.resolve();
      },
      judge: () => {
        seen.push(`${rate} after ${now}`);
        return Promise.resolve(script[rate]![evaluations++]!);
      },
      keep: () => Promise.resolve(`${rate} after ${now}`),
    };
  });
  return { found, seen };
}

describe('the evaluations of a training', () => {
  it('are twenty, evenly spaced, or one after each of fewer steps', () => {
    expect(evaluatedAfter(1000)).toEqual(Array.from({ length: 20 }, (_, k) => 50 * (k + 1)));
    expect(evaluatedAfter(3)).toEqual([1, 2, 3]);
    expect(evaluatedAfter(30)).toEqual([2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 23, 24, 26, 27, 29, 30]);
  });
});

describe('a training', () => {
  it('ends with the third evaluation in a row that is not above the best, and its best state is kept', async () => {
    const { found, seen } = await follow({ 1: [0.1, 0.3, 0.2, 0.3, 0.3, 0.9] }, [10, 20, 30, 40, 50, 60]);
    expect(seen).toEqual([10, 20, 30, 40, 50].map((step) => `1 after ${step}`));
    expect(found).toEqual({ tried: [{ rate: 1, step: 20, hr: 0.3 }], chosen: 0, state: '1 after 20' });
  });

  it('goes on while a higher one comes within three', async () => {
    const { found, seen } = await follow({ 1: [0, 0, 0, 0.1, 0.05, 0.05, 0.2] }, [1, 2, 3, 4, 5, 6, 7]);
    expect(seen).toHaveLength(7);
    expect(found.state).toBe('1 after 7');
  });
});

describe('among rates', () => {
  it('the one with the best evaluation is chosen, with its state, whatever was trained after it', async () => {
    const { found } = await follow({ 1: [0.1, 0.2], 2: [0.5, 0.4], 3: [0.3, 0.5] }, [5, 10]);
    expect(found.tried).toEqual([
      { rate: 1, step: 10, hr: 0.2 },
      { rate: 2, step: 5, hr: 0.5 },
      { rate: 3, step: 10, hr: 0.5 },
    ]);
    expect([found.chosen, found.state]).toEqual([1, '2 after 5']);
  });

  it('one whose loss stops being a number counts up to there, and fails only if all do before they are evaluated', async () => {
    const { found } = await follow({ 1: [0], 2: [0.4], 3: [], 4: [0.1, 0.3] }, [5, 10]);
    expect(found.tried.map(({ step, hr }) => [step, hr])).toEqual([
      [5, 0],
      [5, 0.4],
      [0, 0],
      [10, 0.3],
    ]);
    expect([found.chosen, found.state]).toEqual([1, '2 after 5']);
    await expect(follow({ 1: [], 2: [] }, [5])).rejects.toThrow(DivergedError);
    expect((await follow({ 1: [], 2: [0] }, [5])).found).toMatchObject({ chosen: 1, state: '2 after 5' });
  });
});
