/** Files as people have them: written by scripts and spreadsheets, or published without column names. */
import { describe, expect, it } from 'vitest';
import { fileOf, usersOf } from '../../testing/smallLogs';
import { inspectFiles } from '../intake/intake';
import { readLog, type ReadLog } from '../readLog';

function titles({ log }: ReadLog): string[] {
  return log.items.map(({ title }) => title);
}

async function formatsOf(files: readonly File[]): Promise<string[]> {
  return (await inspectFiles(files)).guesses.map(({ mapping }) => `${mapping.format} ${mapping.part}`);
}

const events = fileOf(
  'log.csv',
  `user_id,item_id,timestamp\n${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `u${n % 2},i${(3 * n) % 4},${1_500_000_000 + n}\n`).join('')}`,
);

describe('one JSON object of IDs and titles', () => {
  const map = { i0: 'The "first"', i1: '영화 🎬', i2: null, i3: 'Third, {last}' };

  it.each([
    ['on one line', JSON.stringify(map)],
    ['on several', `\ufeff${JSON.stringify(map, null, 2)}\n`],
  ])('is the items file, %s', async (_, text) => {
    const files = [events, fileOf('titles.json', text)];
    expect(await formatsOf(files)).toEqual(['Table events', 'JSON maps items']);
    const read = await readLog(files, { filters: { withoutText: 'id' } });
    expect(titles(read)).toEqual(['The "first"', '영화 🎬', 'item i2', 'Third, {last}']);
  });

  it('may have IDs without digits if there are many', async () => {
    const named = Object.fromEntries(Array.from({ length: 96 }, (_, n) => [`mug-${'x'.repeat(n)}`.slice(0, 99), `Mug ${n}`]));
    expect(await formatsOf([events, fileOf('titles.json', JSON.stringify(named))])).toEqual(['Table events', 'JSON maps items']);
  });

  it.each([
    ['a record of settings', { batch: '1', optimiser: 'adam' }],
    ['the numbers of items', { i0: '17', i1: '18', i2: '19' }],
    ['histories as texts', { u0: '1 2 3', u1: '2 4' }],
  ])('is not %s', async (_, value) => {
    expect((await formatsOf([events, fileOf('other.json', JSON.stringify(value))]))[1]).toMatch(/ignored$/);
  });

  it('is not lines of records with texts', async () => {
    const lines = ['{"k1":"u1","k2":"i1"}', '{"k1":"u2","k2":"i2"}', '{"k1":"u3","k2":"i3"}'].join('\n');
    const { guesses } = await inspectFiles([events, fileOf('other.json', lines)]);
    expect(guesses[1]!.mapping.syntax.kind).toBe('json-lines');
  });
});

describe('Yoochoose', () => {
  const at = (n: number): string => `2014-04-07T10:5${n}:09.277Z`;
  const clicks = [0, 1, 2, 3, 4, 5, 6, 7]
    .map((n) => `${1 + (n % 2)},${at(n)},21453650${n % 3},${['0', 'S', '7'][n % 3]!}\n`)
    .join('');
  const buys = `1,${at(8)},214536500,12462,1\n2,${at(9)},214536501,0,0\n`;

  it('has sessions as users, and clicks and purchases as kinds of events', async () => {
    const files = [fileOf('yoochoose-clicks.dat', clicks), fileOf('yoochoose-buys.dat', buys)];
    expect(await formatsOf(files)).toEqual(['Yoochoose events', 'Yoochoose events']);
    const { log, dropped } = await readLog(files);
    expect(dropped).toEqual([]);
    expect(usersOf(log).map(({ events: { length } }) => length)).toEqual([5, 5]);
    expect(log.events.time(0, 0)).toBe(Date.UTC(2014, 3, 7, 10, 50, 9, 277) / 1000);
    expect(log.items.map(({ category }) => category)).toEqual(['0', 'S', '7']);
    const clicked = await readLog(files, { filters: { events: ['click'] } });
    expect(clicked.log.events.length).toBe(8);
    expect(clicked.dropped).toMatchObject([{ rows: 2 }]);
  });
});
