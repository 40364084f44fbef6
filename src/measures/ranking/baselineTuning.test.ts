import { describe, expect, it } from 'vitest';
import type { Split } from '../../log/types';
import { evaluationSchema } from '../../recipe/sections/evaluation';
import { logOf } from '../../testing/smallLogs';
import { rankBaseline, type BaselineInput } from './baselines';
import { EASE_TRIALS, MOST_TRIALS, NEIGHBOUR_TRIALS, POPULARITY_TRIALS, settingWords, USUAL_SETTINGS } from './baselineSettings';
import { tuneBaselines } from './baselineTuning';
import { ItemNeighbours } from './itemNeighbours';
import { recentCounts, trainingCounts } from './listMetrics';

const OPTIONS = { maskHistory: false, maxHistory: 16, listed: 3 };

/** Items by user and time; everything before `validation`, an event index of each user, is trained on. */
function input(histories: readonly (readonly (readonly [item: number, time: number])[])[], validation: number): BaselineInput {
  const items = 1 + Math.max(...histories.flat().map(([item]) => item));
  const column = (of: 0 | 1): number[][] => histories.map((events) => events.map((event) => event[of]));
  const log = logOf(column(0), items, column(1));
  const targets = histories.map((_, user) => ({ user, position: validation }));
  const split: Split = {
    train: histories.map((_, user) => ({ user, end: validation })),
    validation: targets,
    test: [],
    cold: new Uint8Array(items),
  };
  return { log, split, targets, features: new Float32Array(items * 2), hidden: 2, itemTemplate: '{title}' };
}

describe('popularity of the newest events', () => {
  // Training events by time: item 0 at 1, 2, 3, item 1 at 5, 6, item 2 at 6 and 9.
  const given = input(
    [
      [
        [0, 1],
        [0, 2],
        [1, 5],
        [1, 10],
      ],
      [
        [0, 3],
        [1, 6],
        [2, 9],
        [1, 10],
      ],
      [
        [2, 6],
        [2, 6],
        [2, 6],
        [1, 10],
      ],
    ],
    3,
  );

  it('counts that share of the events, those of the oldest time included', () => {
    expect([...recentCounts(given, 1)]).toEqual([3, 2, 4]);
    expect(recentCounts(given, 1)).toEqual(trainingCounts(given));
    // Of nine events the last five: times 6, 6, 6, 6, 9.
    expect([...recentCounts(given, 0.5)]).toEqual([0, 1, 4]);
    // Of nine the last three: 6, 6, 9, and all others of time 6.
    expect([...recentCounts(given, 1 / 4)]).toEqual([0, 1, 4]);
    expect([...recentCounts(given, 1 / 16)]).toEqual([0, 0, 1]);
  });
});

describe('item-kNN', () => {
  const given = input(
    [
      [
        [0, 1],
        [1, 2],
        [3, 3],
      ],
      [
        [0, 1],
        [2, 2],
        [3, 3],
      ],
      [
        [0, 1],
        [2, 2],
        [3, 3],
      ],
    ],
    2,
  );

  it('shrinks similarities that few users support', () => {
    const scores = (shrink: number) => new ItemNeighbours(given.log, given.split, { neighbours: 100, shrink }).scores([0]);
    expect(scores(0).get(1)).toBeCloseTo(1 / Math.sqrt(3), 7);
    expect(scores(10).get(1)).toBeCloseTo(1 / (Math.sqrt(3) + 10), 7);
    expect(scores(10).get(2)).toBeCloseTo(2 / (Math.sqrt(6) + 10), 7);
  });

  it('keeps as many neighbours as it is told', () => {
    const settings = { neighbours: 1, shrink: 0 };
    expect([...new ItemNeighbours(given.log, given.split, settings).scores([0]).keys()]).toEqual([2]);
  });
});

describe('tuning', () => {
  // Twelve items were popular early; the validation targets are item 20, which was bought last.
  const old = Array.from({ length: 24 }, (_, i) => [i % 12, 1 + i / 100] as const);
  const given = input(
    Array.from({ length: 8 }, (_, u) => [...old, [20, 50 + u] as const, [20, 99] as const]),
    25,
  );

  it('takes the first setting with the best HR@10 on the given targets, and says what it tried', async () => {
    const seen: number[] = [];
    const { settings, tuning } = await tuneBaselines(given, OPTIONS, 5, (done, total) => seen.push(done / total));
    const { itemKnn, ease, popularity } = tuning as Required<typeof tuning>;
    const hr = (share: number) => {
      const { ranks } = rankBaseline('popularity', given, { ...OPTIONS, settings: { ...USUAL_SETTINGS, popularity: { share } } });
      return ranks.filter((rank) => rank <= 10).length / ranks.length;
    };
    expect(popularity.tried).toEqual(POPULARITY_TRIALS.slice(0, 5).map((setting) => ({ setting, hr: hr(setting.share) })));
    const best = Math.max(...popularity.tried.map((one) => one.hr));
    expect(best).toBeGreaterThan(popularity.tried[0]!.hr);
    expect(popularity.chosen).toBe(popularity.tried.findIndex((one) => one.hr === best));
    expect(settings.popularity).toEqual(POPULARITY_TRIALS[popularity.chosen]);
    expect(itemKnn).toMatchObject({ targets: 8, k: 10 });
    expect(itemKnn.tried.map(({ setting }) => setting)).toEqual(NEIGHBOUR_TRIALS.slice(0, 5));
    expect(ease.tried.map(({ setting }) => setting)).toEqual(EASE_TRIALS.slice(0, 5));
    expect(settings.ease).toEqual(EASE_TRIALS[ease.chosen]);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(Math.max(...seen)).toBeLessThanOrEqual(1);
  });

  it('starts with the usual setting, and has as many as a recipe may ask for', () => {
    expect(NEIGHBOUR_TRIALS[0]).toEqual(USUAL_SETTINGS.itemKnn);
    expect(EASE_TRIALS[0]).toEqual(USUAL_SETTINGS.ease);
    expect(POPULARITY_TRIALS[0]).toEqual(USUAL_SETTINGS.popularity);
    expect(EASE_TRIALS).toHaveLength(MOST_TRIALS);
    expect(POPULARITY_TRIALS).toHaveLength(MOST_TRIALS);
    expect(evaluationSchema.safeParse({ baselineTrials: MOST_TRIALS }).success).toBe(true);
    expect(evaluationSchema.safeParse({ baselineTrials: MOST_TRIALS + 1 }).success).toBe(false);
    expect(settingWords('popularity', { share: 1 / 8 })).toBe('the newest 1/8 of the training events');
  });
});
