import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatchSampler, exampleForTarget, sampleUsers } from './sampling';
import { leaveLastOut } from './split';
import { logOf, usersOf } from '../testing/smallLogs';

const ITEMS = 40;
const log = logOf(
  Array.from({ length: 23 }, (_, u) => Array.from({ length: 4 + (u % 6) }, (__, i) => (7 * u + i) % ITEMS)),
  ITEMS,
);
const split = leaveLastOut(log);
const options = { seed: 5, batchSize: 7, maxHistory: 3, crop: 'random' } as const;

describe('createBatchSampler', () => {
  it('is a function of seed and step alone, whatever was requested before', () => {
    const forwards = createBatchSampler(log, split, options);
    const backwards = createBatchSampler(log, split, options);
    const steps = [0, 1, 2, 3, 4, 5, 6];
    const a = steps.map((step) => forwards.sampleBatch(step));
    const b = steps
      .toReversed()
      .map((step) => backwards.sampleBatch(step))
      .toReversed();
    expect(a).toEqual(b);
    expect(createBatchSampler(log, split, { ...options, seed: 6 }).sampleBatch(0)).not.toEqual(a[0]);
  });

  it('gives the shuffled-text arm the same batch except for the text, which is never the target’s', () => {
    const sampler = createBatchSampler(log, split, options);
    for (let step = 0; step < 20; step++) {
      const plain = sampler.sampleBatch(step);
      const shuffled = sampler.sampleBatch(step, true);
      expect(shuffled.map((example) => ({ ...example, textItem: example.target }))).toEqual(plain);
      for (const { textItem, target } of shuffled) {
        expect(textItem).not.toBe(target);
        expect(textItem).toBeGreaterThanOrEqual(0);
        expect(textItem).toBeLessThan(ITEMS);
      }
    }
  });

  it('adds further texts, of items of the history after what precedes each, and changes nothing else', () => {
    for (const texts of [2, 2.4, 16]) {
      const plain = createBatchSampler(log, split, { ...options, maxHistory: 5 });
      const sampler = createBatchSampler(log, split, { ...options, maxHistory: 5, texts });
      let [some, most] = [0, 0];
      for (let step = 0; step < 20; step++) {
        const [batch, shuffled] = [sampler.sampleBatch(step), sampler.sampleBatch(step, true)];
        expect(batch).toMatchObject(plain.sampleBatch(step));
        for (const [place, { user, history, further = [] }] of batch.entries()) {
          const items = usersOf(log)[user]!.events.map(({ item }) => item);
          expect(new Set(further.map(({ target }) => target)).size).toBe(further.length);
          for (const one of further) {
            const at = items.indexOf(one.target);
            expect(history).toContain(one.target);
            expect(one.history).toEqual(items.slice(Math.max(0, at - 5), at));
            expect(one.textItem).toBe(one.target);
          }
          // The first event has nothing before it.
          const able = history.filter((item) => item !== items[0]).length;
          expect(further.length).toBeLessThanOrEqual(Math.min(able, Math.ceil(texts - 1)));
          expect(further.length).toBeGreaterThanOrEqual(Math.min(able, Math.floor(texts - 1)));
          const others = shuffled[place]!.further ?? [];
          expect(others.map((one) => ({ ...one, textItem: one.target }))).toEqual(further);
          for (const one of others) expect(one.textItem).not.toBe(one.target);
          some += further.length;
          most += Math.min(able, texts - 1);
        }
      }
      if (texts === 2.4) expect(some / most).toBeCloseTo(1, 1);
    }
  });

  it('visits distinct users within a batch and nearly all within an epoch', () => {
    const sampler = createBatchSampler(log, split, options);
    const seen = new Set<number>();
    for (let step = 0; step < Math.floor(sampler.users / 7); step++) {
      const batch = sampler.sampleBatch(step);
      expect(new Set(batch.map(({ user }) => user)).size).toBe(7);
      for (const { user } of batch) {
        expect(seen.has(user)).toBe(false);
        seen.add(user);
      }
    }
    expect(seen.size).toBe(21);
  });

  it('never shows a validation or test event', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('random', 'whole'),
        (step, batchSize, maxHistory, crop) => {
          for (const example of createBatchSampler(log, split, { seed: 1, batchSize, maxHistory, crop }).sampleBatch(step)) {
            const items = usersOf(log)[example.user]!.events.map(({ item }) => item);
            const training = items.slice(0, items.length - 2);
            expect(example.history.length).toBeGreaterThanOrEqual(1);
            expect(example.history.length).toBeLessThanOrEqual(maxHistory);
            // Items of a user are distinct here, so a position in the history follows from the item.
            const at = training.indexOf(example.target);
            expect(at).toBeGreaterThanOrEqual(1);
            expect(example.history).toEqual(training.slice(Math.max(0, at - maxHistory), at));
          }
        },
      ),
    );
  });

  it('crops at every end', () => {
    const sampler = createBatchSampler(logOf([[0, 1, 2, 3, 4, 5]], 6), leaveLastOut(logOf([[0, 1, 2, 3, 4, 5]], 6)), options);
    const targets = new Set(Array.from({ length: 60 }, (_, step) => sampler.sampleBatch(step)[0]!.target));
    expect([...targets].sort()).toEqual([1, 2, 3]);
  });

  it('uses whole histories if they fit, and crops longer ones so that no position is lost', () => {
    const one = logOf([[0, 1, 2, 3, 4, 5]], 6);
    const drawn = (maxHistory: number): string[] => {
      const sampler = createBatchSampler(one, leaveLastOut(one), { ...options, maxHistory, crop: 'whole' });
      const examples = Array.from({ length: 60 }, (_, step) => sampler.sampleBatch(step)[0]!);
      return [...new Set(examples.map(({ history, target }) => `${history.join()}→${target}`))].sort();
    };
    expect(drawn(3)).toEqual(['0,1,2→3']);
    expect(drawn(16)).toEqual(['0,1,2→3']);
    expect(drawn(2)).toEqual(['0,1→2', '1,2→3']);
  });

  it('throws when there is nothing to train on', () => {
    const short = logOf([[0, 1, 2]], 3);
    expect(() => createBatchSampler(short, leaveLastOut(short), options)).toThrow(RangeError);
  });
});

describe('exampleForTarget', () => {
  it('uses the latest events as history', () => {
    const one = logOf([[3, 1, 4, 0, 2]], 5);
    expect(exampleForTarget(one, { user: 0, position: 4 }, 2)).toEqual({
      user: 0,
      history: [4, 0],
      earlier: [3, 1],
      target: 2,
      query: '',
      exposed: [],
      textItem: 2,
    });
  });
});

describe('sampleUsers', () => {
  it('is fixed by the seed, without repeats, in the given order', () => {
    const sample = sampleUsers(split.test, 9, 4);
    expect(sample).toEqual(sampleUsers(split.test, 9, 4));
    expect(sample).not.toEqual(sampleUsers(split.test, 9, 5));
    expect(sample.map(({ user }) => user)).toEqual([...new Set(sample.map(({ user }) => user))].sort((a, b) => a - b));
    expect(sampleUsers(split.test, 10_000, 4)).toEqual(split.test);
    expect(sampleUsers(split.test, 0, 4)).toEqual([]);
  });
});
