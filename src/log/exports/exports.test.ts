import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leaveLastOut } from '../split';
import { logFromRows, logOf, logUsers } from '../../testing/smallLogs';
import { readLog } from '../readLog';
import type { InteractionLog } from '../types';
import { writeMiniOneRec } from './miniOneRec';
import { writeRecBole } from './recbole';

function histories(log: InteractionLog): Record<string, string[]> {
  return Object.fromEntries(logUsers(log).map(({ id, events }) => [id, events.map(({ item }) => log.items.at(item).id)]));
}

const repeating = fc.array(fc.nat(6), { minLength: 4, maxLength: 9 });
/** One user repeats nothing: histories that all end with their own target would be read as such. */
const users = fc
  .tuple(fc.uniqueArray(fc.nat(6), { minLength: 7, maxLength: 7 }), fc.array(repeating, { maxLength: 3 }))
  .map(([first, others]) => [first, ...others]);

/** A log with semantic IDs and titles that are hard to quote. */
function shop(events: readonly (readonly number[])[]): InteractionLog {
  const log = logOf(events, 7);
  const items = log.items.map((item, n) => ({ ...item, title: `It's "n", ${n}`, category: 'a > b', semantic: `<a_${n}><b_1>` }));
  return logFromRows({ name: 'shop', hash: '', items, users: logUsers(log) });
}

it.each([
  ['RecBole', writeRecBole],
  ['MiniOneRec', writeMiniOneRec],
])('%s files read back as the same histories, targets and texts', async (format, write) => {
  await fc.assert(
    fc.asyncProperty(users, async (events) => {
      const log = shop(events);
      const split = leaveLastOut(log);
      const again = await readLog(write({ log, split }, 'shop'));
      expect(again.recipe.sources.map(({ format: own }) => own.startsWith(format))).not.toContain(false);
      expect(histories(again.log)).toEqual(histories(log));
      expect(again.split.test).toEqual(split.test);
      expect(again.split.validation).toEqual(split.validation);
      for (const { id, title, semantic } of again.log.items) {
        const own = log.items.at(Number(id.slice(1)));
        expect(title).toBe(own.title);
        if (format === 'MiniOneRec') expect(semantic).toBe(own.semantic);
      }
    }),
    { numRuns: 30 },
  );
});

it('MiniOneRec files without semantic IDs still have titles by item', async () => {
  const log = shop([[0, 1, 2, 3]]);
  const bare = logFromRows({
    ...{ name: 'shop', hash: '', users: logUsers(log) },
    items: log.items.map((item) => ({ ...item, semantic: '' })),
  });
  const again = await readLog(writeMiniOneRec({ log: bare, split: leaveLastOut(bare) }, 'shop'));
  expect(again.recipe.sources.map(({ format, part }) => [format, part])).toContainEqual(['MiniOneRec', 'items']);
  expect([...again.log.items].map(({ title }) => title)).toContain('It\'s "n", 6');
});

it('refuses IDs that cannot be in a list', () => {
  const log = shop([[0, 1, 2, 3]]);
  const items = [...log.items].map((item) => ({ ...item, id: `${item.id} x` }));
  const spaced = logFromRows({ name: 'shop', hash: '', items, users: logUsers(log) });
  for (const write of [writeRecBole, writeMiniOneRec]) {
    expect(() => write({ log: spaced, split: leaveLastOut(spaced) }, 'x')).toThrow('cannot be written');
  }
});
