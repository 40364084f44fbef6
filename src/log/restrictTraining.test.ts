import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ItemNeighbours } from '../measures/ranking/itemNeighbours';
import { trainingCounts } from '../measures/ranking/listMetrics';
import { Catalogue } from './catalogue';
import { heldOut, restrictTraining } from './restrictTraining';
import { createBatchSampler, trainableUsers } from './sampling';
import { leaveLastOut } from './split';
import { logOf } from '../testing/smallLogs';
import type { InteractionLog } from './types';

const ITEMS = 40;
const bare = logOf(
  Array.from({ length: 23 }, (_, u) => Array.from({ length: 6 + (u % 6) }, (__, i) => (7 * u + 3 * i) % ITEMS)),
  ITEMS,
);
/** Items 0 … 7 are of `c0 > …`, and so on. */
const log: InteractionLog = {
  ...bare,
  items: Catalogue.of(Array.from(bare.items, (item, index) => ({ ...item, category: `c${Math.floor(index / 8)} > d${index}` }))),
};
const split = leaveLastOut(log);
const none = { trainingUsers: 0, heldOutCategories: 0 };

it('leaves a split without limits unchanged', () => {
  expect(restrictTraining(log, split, none)).toBe(split);
});

it('trains on some users, always the same, and evaluates all', () => {
  const few = restrictTraining(log, split, { ...none, trainingUsers: 5 });
  expect(few.train).toHaveLength(5);
  expect(restrictTraining(log, split, { ...none, trainingUsers: 5 })).toEqual(few);
  expect(few.test).toEqual(split.test);
  const seen = new Set(few.train.flatMap(({ user, end }) => [...log.events.items(user, end)]));
  expect([...few.cold].map((cold) => cold === 0)).toEqual(Array.from({ length: ITEMS }, (_, item) => seen.has(item)));
  expect(restrictTraining(log, split, { ...none, trainingUsers: 500 }).train).toEqual(split.train);
});

it('never trains on an item of a held-out category, as history, target or shown item, nor counts it', () => {
  fc.assert(
    fc.property(fc.constantFrom(0.2, 0.4, 0.6), fc.nat(300), fc.constantFrom('random', 'whole'), (share, step, crop) => {
      const names = heldOut(log, share);
      expect(names).toHaveLength(5 * share);
      const out = (item: number): boolean => names.includes(`c${Math.floor(item / 8)}`);
      const held = restrictTraining(log, split, { ...none, heldOutCategories: share });
      const sampler = createBatchSampler(log, held, { seed: 1, batchSize: 6, maxHistory: 4, crop, baskets: false });
      for (const { user, history, target } of sampler.sampleBatch(step)) {
        const trained = [...log.events.items(user)].slice(0, -2).filter((item) => !out(item));
        const at = trained.indexOf(target);
        expect(at).toBeGreaterThan(0);
        expect(history).toEqual(trained.slice(Math.max(0, at - 4), at));
      }
      const counts = trainingCounts({ log, split: held });
      const before = trainingCounts({ log, split });
      expect([...counts]).toEqual([...before].map((count, item) => (out(item) ? 0 : count)));
      expect([...held.cold]).toEqual([...counts].map((count) => Number(count === 0)));
      expect(held.test).toEqual(split.test);
      const scored = new ItemNeighbours(log, held).scores(Array.from({ length: ITEMS }, (_, item) => item));
      expect([...scored.keys()].some(out)).toBe(false);
    }),
  );
});

it('throws if there are no categories, or nothing is left', () => {
  expect(() => restrictTraining(bare, leaveLastOut(bare), { ...none, heldOutCategories: 0.4 })).toThrow(/Categories/);
  const one = restrictTraining(log, split, { trainingUsers: 1, heldOutCategories: 0 });
  expect(trainableUsers(log, one)).toHaveLength(1);
});
