import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatchSampler, exampleForTarget, sampleUsers, type TrainingExample } from './sampling';
import { lastBasket, leaveLastOut } from './split';
import { logFromRows, logOf, logRows, logUsers } from '../testing/smallLogs';

const ITEMS = 40;
const log = logOf(
  Array.from({ length: 23 }, (_, u) => Array.from({ length: 4 + (u % 6) }, (__, i) => (7 * u + i) % ITEMS)),
  ITEMS,
);
const split = leaveLastOut(log);
/** The same, with other items shown with each. */
const shownLog = logFromRows({
  ...logRows(log),
  users: logUsers(log).map((user) => ({
    ...user,
    events: user.events.map((event) => ({ ...event, exposed: [(event.item + 1) % ITEMS] })),
  })),
});
const options = { seed: 5, batchSize: 7, maxHistory: 3, crop: 'random', baskets: false } as const;

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
          const items = logUsers(log)[user]!.events.map(({ item }) => item);
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
          const sampler = createBatchSampler(log, split, { seed: 1, batchSize, maxHistory, crop, baskets: false });
          for (const example of sampler.sampleBatch(step)) {
            const items = logUsers(log)[example.user]!.events.map(({ item }) => item);
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

describe('a sampler of baskets', () => {
  const whole = fc.constantFrom('random' as const, 'whole' as const);
  const drawn = { seed: fc.nat(9), step: fc.nat(200), batchSize: fc.integer({ min: 1, max: 8 }), crop: whole };

  it('gives the batches of single events where no two of a user share a time', () => {
    fc.assert(
      fc.property(fc.record({ ...drawn, maxHistory: fc.integer({ min: 1, max: 7 }) }), ({ step, ...given }) => {
        const more = { ...given, texts: 2.4, shown: true };
        const [events, baskets] = [false, true].map((on) => createBatchSampler(shownLog, split, { ...more, baskets: on }));
        expect(baskets!.sampleBatch(step)).toEqual(events!.sampleBatch(step));
      }),
    );
  });

  it('predicts items of the whole next basket, and unknown ones where there are', () => {
    // Sizes of baskets; few items, so that many come again.
    const users = fc.array(fc.array(fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 7 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(users, fc.record({ ...drawn, maxHistory: fc.integer({ min: 1, max: 12 }) }), (baskets, given) => {
        const times = baskets.map((own) => own.flatMap((basket, at) => basket.map(() => at)));
        const one = logOf(
          baskets.map((own) => own.flat()),
          12,
          times,
        );
        const sampler = createBatchSampler(one, lastBasket(one), { ...given, baskets: true });
        for (const { user, earlier, history, target, predicted, textItem } of sampler.sampleBatch(given.step)) {
          const own = baskets[user]!.slice(0, -2);
          const all = [...earlier, ...history];
          expect(history).toHaveLength(Math.min(all.length, given.maxHistory));
          // It ends with a basket, of which there is a next one to train on.
          const ends = own.map((_, at) => own.slice(0, at + 1).flat().length);
          const last = ends.indexOf(all.length);
          expect(all).toEqual(own.slice(0, last + 1).flat());
          expect(last).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThan(own.length - 1);
          if (given.crop === 'whole' && ends.at(-2)! <= given.maxHistory) expect(last).toBe(own.length - 2);
          expect(textItem).toBe(target);
          const wanted = predicted ?? [...history.slice(1), target];
          expect(wanted).toHaveLength(history.length);
          expect(wanted.at(-1)).toBe(target);
          wanted.forEach((item, k) => {
            const seen = all.slice(0, earlier.length + k + 1);
            const at = ends.indexOf(seen.length);
            if (at < 0) {
              expect(item).toBeNull();
              return;
            }
            const fresh = own[at + 1]!.filter((other) => !seen.includes(other));
            expect(fresh.length > 0 ? fresh : own[at + 1]).toContain(item);
          });
        }
      }),
    );
  });

  it('adds further texts of items drawn from baskets of the history, one of each, and changes nothing else', () => {
    const baskets = [[0, 1], [2, 3, 4], [5], [1, 2, 6], [7, 8], [9]];
    const times = baskets.flatMap((basket, at) => basket.map(() => at));
    const one = logOf([baskets.flat()], 10, [times]);
    const given = { ...options, maxHistory: 9, crop: 'whole', baskets: true } as const;
    const sampler = createBatchSampler(one, lastBasket(one), { ...given, texts: 9 });
    const plain = createBatchSampler(one, lastBasket(one), given);
    const found = new Set<string>();
    for (let step = 0; step < 300; step++) {
      const [{ further = [], ...example }] = sampler.sampleBatch(step) as [TrainingExample];
      expect([example]).toEqual(plain.sampleBatch(step));
      expect(example.history).toEqual([0, 1, 2, 3, 4, 5]);
      expect(further.map(({ history }) => history.length).sort()).toEqual([2, 5]);
      for (const { history, target, textItem } of further) {
        expect(textItem).toBe(target);
        found.add(`${history.join()}→${target}`);
      }
    }
    expect([...found].sort()).toEqual(['0,1,2,3,4→5', '0,1→2', '0,1→3', '0,1→4']);
  });

  it('has the items shown with what each row predicts, none where it predicts nothing', () => {
    const one = logOf([[0, 1, 2, 3, 4, 5, 6]], 17, [[0, 1, 1, 1, 2, 2, 3]]);
    // Item 10 + i was shown with item i.
    const users = logUsers(one).map((user) => ({
      ...user,
      events: user.events.map((event) => ({ ...event, exposed: [10 + event.item] })),
    }));
    const shown = logFromRows({ ...logRows(one), users });
    const given = { ...options, maxHistory: 9, crop: 'whole', baskets: true, shown: true } as const;
    const sampler = createBatchSampler(shown, lastBasket(shown), given);
    for (let step = 0; step < 50; step++) {
      const { history, target, exposed, predicted, historyExposed } = sampler.sampleBatch(step)[0]!;
      const [ends, first] = history.length === 1 ? [true, target] : [false, predicted![0]!];
      expect(exposed).toEqual([10 + target]);
      if (ends) continue;
      expect(historyExposed!.slice(1)).toEqual([[10 + first], [], []]);
    }
  });

  it('draws each item of the next basket equally often, and what it draws by seed, step and user', () => {
    const one = logOf([[0, 1, 2, 3, 4, 5, 1, 6, 7]], 8, [[0, 1, 1, 1, 2, 2, 2, 3, 4]]);
    const sampler = createBatchSampler(one, lastBasket(one), { ...options, maxHistory: 9, crop: 'whole', baskets: true });
    const counts = new Map<string, number>();
    const add = (key: string): unknown => counts.set(key, (counts.get(key) ?? 0) + 1);
    for (let step = 0; step < 3000; step++) {
      const [example] = sampler.sampleBatch(step);
      expect(example!.history).toEqual([0, 1, 2, 3]);
      const [first, ...others] = example!.predicted!;
      expect(others).toEqual([null, null, example!.target]);
      add(`0→${first}`);
      add(`3→${example!.target}`);
    }
    // 1 is in the history already.
    expect([...counts.keys()].sort()).toEqual(['0→1', '0→2', '0→3', '3→4', '3→5']);
    for (const [key, count] of counts) expect(count / 3000).toBeCloseTo(key.startsWith('0') ? 1 / 3 : 1 / 2, 1);
    expect(sampler.sampleBatch(7)).toEqual(sampler.sampleBatch(7));
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
