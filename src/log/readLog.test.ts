import { describe, expect, it } from 'vitest';
import { readLog, type ReadLog } from './readLog';
import { fileOf, logUsers } from '../testing/smallLogs';
import { LogError } from './types';

const GOOD = `user_id,item_id,timestamp,title,query,exposed
ann,a,3,Apple,,b c
ann,b,1,Bean,red bean,
ann,c,2,Corn,,
ann,a,4,Apple,,
bob,b,1,Bean,,a
bob,c,2,Corn,,
bob,a,3,Apple,,
`;

function read(...contents: (string | Uint8Array<ArrayBuffer>)[]): Promise<ReadLog> {
  return readLog(contents.map((content, i) => fileOf(`log${i + 1}.csv`, content)));
}

async function failure(...contents: (string | Uint8Array<ArrayBuffer>)[]): Promise<LogError> {
  try {
    await read(...contents);
  } catch (error) {
    if (error instanceof LogError) return error;
    throw error;
  }
  throw new Error('the log was read');
}

function rows({ log, dropped }: ReadLog): number {
  const events = logUsers(log).reduce((sum, user) => sum + user.events.length, 0);
  return events + dropped.reduce((sum, { rows: left }) => sum + left, 0);
}

describe('readLog, one file', () => {
  it('reads items, histories in time order, queries and exposures', async () => {
    const { log, dropped, findings } = await read(GOOD);
    expect(log.name).toBe('log1');
    expect(log.items.map(({ id, title }) => [id, title])).toEqual([
      ['a', 'Apple'],
      ['b', 'Bean'],
      ['c', 'Corn'],
    ]);
    expect(logUsers(log).map(({ id, events }) => [id, events.map(({ item }) => item)])).toEqual([
      ['ann', [1, 2, 0, 0]],
      ['bob', [1, 2, 0]],
    ]);
    expect(logUsers(log)[0]!.events[0]).toEqual({ item: 1, time: 1, query: 'red bean', exposed: [] });
    expect(logUsers(log)[0]!.events[2]!.exposed).toEqual([1, 2]);
    expect(dropped).toEqual([]);
    expect(findings.map(({ message }) => message)).toEqual([
      '1 row earlier than the user’s previous row',
      '1 event with an item that the user had before',
    ]);
  });

  it.each([
    ['tabs', GOOD.replaceAll(',', '\t')],
    ['semicolons', GOOD.replaceAll(',', ';')],
    ['bars', GOOD.replaceAll(',', '|')],
    ['CRLF', GOOD.replaceAll('\n', '\r\n')],
    ['old Mac line ends', GOOD.replaceAll('\n', '\r')],
    ['a byte-order mark', `\ufeff${GOOD}`],
    ['no newline at the end', GOOD.trimEnd()],
    ['blank lines', `\n\n${GOOD.replaceAll('\n', '\n\n')}\n  \n`],
    ['quotes', GOOD.replaceAll(/[^,\n]+/g, '"$&"')],
    ['spaces', GOOD.replaceAll(',', ' , ')],
    ['other header names', GOOD.replace('user_id,item_id,timestamp,title', 'User ID,asin,TS,Name')],
    ['milliseconds', GOOD.replaceAll(/,(\d),/g, ',170000000$1000,')],
    ['dates', GOOD.replaceAll(/,(\d),/g, ',2024-01-0$1,')],
    ['empty fields at the end of rows', GOOD.replaceAll(/(?<=[a-c],\d.*)\n/g, ',,\n')],
  ])('is not affected by %s', async (_, text) => {
    const expected = (await read(GOOD)).log;
    const { log } = await read(text);
    const untimed = (of: typeof log): unknown =>
      logUsers(of).map(({ id, events }) => [id, events.map(({ item, query, exposed }) => [item, query, exposed])]);
    expect(log.items).toEqual(expected.items);
    expect(untimed(log)).toEqual(untimed(expected));
  });

  it('gives the same hash for the same content, and different hashes otherwise', async () => {
    const { log } = await read(GOOD);
    expect(log.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await readLog([fileOf('other.csv', GOOD)])).log.hash).toBe(log.hash);
    expect((await read(GOOD.replace('red bean', 'bean'))).log.hash).not.toBe(log.hash);
  });

  it('uses named filters, and the proposed ones otherwise', async () => {
    const proposed = (await read(GOOD)).recipe;
    const { log, recipe } = await readLog([fileOf('log1.csv', GOOD)], { filters: { userCore: 4 } });
    expect(recipe).toEqual({ ...proposed, filters: { ...proposed.filters, userCore: 4 } });
    expect(logUsers(log).map(({ id }) => id)).toEqual(['ann']);
  });

  it('reads the same files with their recipe into the same log', async () => {
    const first = await read(GOOD);
    const again = await readLog([fileOf('log1.csv', GOOD)], { recipe: first.recipe });
    expect(again).toEqual(first);
  });

  it('counts every row that is not in the log under its reason, with its line and what it says', async () => {
    const bad = [
      ['ann,b,soon,Bean,,', 'time that cannot be read', '“soon” is not a time in the unit seconds'],
      ['ann,b,9.6e+08,Bean,,', 'time that cannot be read', '“9.6e+08” is not a time in the unit seconds'],
      ['ann,b,,Bean,,', 'no time', 'the time is empty'],
      [',b,9,Bean,,', 'no user', 'the user is empty'],
      ['ann,,9,Bean,,', 'no item', 'the item is empty'],
      ['ann,b,9', 'wrong number of fields', 'This row has 3 fields, not 6.'],
      ['ann,b,9,Bean,,b,c', 'wrong number of fields', 'This row has 7 fields, not 6.'],
      ['ann,b,9,"Bean, red,,', 'quotes that do not close', 'never closed'],
      ['ann,b,1,Bean,again,', 'same user, item and time as an earlier row', ''],
      ['ann,q,9,,,', 'item without text', ''],
    ] as const;
    for (const [row, reason, example] of bad) {
      const one = await read(`${GOOD}${row}\n`);
      expect(one.dropped).toMatchObject([{ reason, rows: 1, first: [{ file: 'log1.csv', line: 9 }] }]);
      expect(one.dropped[0]!.example).toContain(example);
      expect(logUsers(one.log)).toEqual(logUsers((await read(GOOD)).log));
      expect(rows(one)).toBe(8);
    }
    const all = await read(`${GOOD}${bad.map(([row]) => `${row}\n`).join('')}`);
    expect(rows(all)).toBe(7 + bad.length);
  });

  it('leaves out users with too few events, but keeps their items in the catalogue', async () => {
    const { log, dropped } = await read(`${GOOD}carl,d,1,Date,,\ncarl,b,2,Bean,,\n`);
    expect(logUsers(log).map(({ id }) => id)).toEqual(['ann', 'bob']);
    expect(dropped).toMatchObject([{ reason: 'user with too few events', rows: 2, first: [{ line: 9 }, { line: 10 }] }]);
    expect(log.items).toHaveLength(4);
  });

  it('accepts a title in any row, and says when there are two', async () => {
    const late = await read(GOOD.replace('ann,a,3,Apple', 'ann,a,3,'));
    expect(late.log.items.at(0).title).toBe('Apple');
    const two = await read(GOOD.replace('ann,a,4,Apple', 'ann,a,4,Apples'));
    expect(two.log.items.at(0).title).toBe('Apple');
    expect(two.findings).toContainEqual(
      expect.objectContaining({
        message: '1 row: another title for an item than in an items file or an earlier row',
        done: 'the first title is used',
        first: [{ file: 'log1.csv', line: 5 }],
        example: '“Apples” here, “Apple” before, item “a”',
      }),
    );
  });

  it('removes the clicked item from its own exposures, and reads lists in several notations', async () => {
    const { log, findings } = await read(GOOD.replace('b c', 'a | b|b'));
    expect(logUsers(log)[0]!.events[2]!.exposed).toEqual([1]);
    expect(findings.map(({ message }) => message)).toContain('1 row: list of shown items that names the clicked item itself');
    expect((await read(GOOD.replace('b c', `"['b', 'c']"`))).log).toEqual((await read(GOOD)).log);
  });

  it('uses the order of the file if there are no times, and warns', async () => {
    const { log, findings } = await read('user,item,title\nann,a,A\nann,b,B\nann,c,C\nann,a,A\n');
    expect(logUsers(log)[0]!.events.map(({ item }) => item)).toEqual([0, 1, 2, 0]);
    expect(findings[0]).toMatchObject({ level: 'warning', message: 'No column of times is used' });
  });

  it('finds out whether day or month comes first, however late the file shows it', async () => {
    const early = Array.from(
      { length: 300 },
      (_, i) => `u${i % 30},i${i % 7},0${1 + (i % 3)}/0${1 + Math.floor(i / 40)}/2024,T${i % 7}\n`,
    ).join('');
    const header = 'user,item,date,title\n';
    const unitOf = async (text: string): Promise<string> => (await read(header + text)).recipe.sources[0]!.timeUnit;
    expect(await unitOf(`${early}u1,i1,31/12/2024,T1\n`)).toBe('day-first');
    expect(await unitOf(`${early}u1,i1,12/31/2024,T1\n`)).toBe('month-first');
  });

  it('shows markup and formulas as text', async () => {
    const title = '<img src=x onerror=alert(1)> =1+1';
    expect((await read(GOOD.replaceAll('Apple', title))).log.items.at(0).title).toBe(title);
  });

  it('reads IDs that a table with gaps wrote as decimals', async () => {
    const text = 'user,item,time,title\n1.0,7,1,A\n1.0,8,2,B\n1,7.0,3,A\n1.0,8,4,B\n';
    expect(logUsers((await read(text)).log).map(({ id, events }) => [id, events.length])).toEqual([['1', 4]]);
  });
});

describe('readLog, several files', () => {
  const items = 'item_id,title,category,description\nc,Corn,food > grain,"a cereal, yellow"\na,Apple,,\nb,Bean,,\nz,Zucchini,,\n';
  const events = GOOD.replace(',title', '').replaceAll(/,(?:Apple|Bean|Corn)/g, '');

  it('takes catalogue and order from the items file, whatever the order of files', async () => {
    const { log } = await read(events, items);
    expect(log.items.map(({ id }) => id)).toEqual(['c', 'a', 'b', 'z']);
    expect(log.items.at(0)).toEqual({ id: 'c', title: 'Corn', category: 'food > grain', description: 'a cereal, yellow' });
    expect(log.name).toBe('log1');
    const swapped = await read(items, events);
    expect({ ...swapped.log, name: 'log1' }).toEqual(log);
    expect(swapped.log.name).toBe('log2');
  });

  it('counts items that no items file has, and contradicting and repeated items', async () => {
    const read1 = await read(`${events}bob,q,9,,\n`, `${items}a,Pear,,\nz,Zucchini,,\ny,,,\n`);
    expect(read1.dropped).toMatchObject([{ reason: 'item without text', rows: 1, first: [{ file: 'log1.csv', line: 9 }] }]);
    expect(read1.findings.map(({ message, done }) => [message, done])).toEqual(
      expect.arrayContaining([
        ['1 item of the events is in no items file', 'kept where a row has a title for them'],
        ['1 row: item that is listed before with other texts', 'the first row is used'],
        ['1 row: item that is listed before, word for word', 'the first row is used'],
        ['1 item without a title, in 1 event', 'their events are left out'],
        ['2 items without any event', 'kept in the catalogue and ranked; an item core of 1 leaves them out'],
      ]),
    );
    expect(read1.log.items.map(({ title }) => title)).toEqual(['Corn', 'Apple', 'Bean', 'Zucchini']);
  });

  it('merges several files of events', async () => {
    const header = GOOD.split('\n', 1)[0]!;
    const [one, two] = [GOOD.split('\n').slice(0, 5).join('\n'), [header, ...GOOD.split('\n').slice(5)].join('\n')];
    expect(logUsers((await read(one, two)).log)).toEqual(logUsers((await read(GOOD)).log));
  });

  it('refuses items alone, and no files', async () => {
    expect((await failure(items)).message).toContain('looks like an items file');
    expect((await failure()).message).toContain('No file was given');
  });
});

describe('errors of a rejected log', () => {
  it.each([
    ['blank lines', '\n \r\n\n', 'only blank lines'],
    ['header alone', 'user_id,item_id,timestamp,title\n', 'no events'],
    ['no user', 'name,colour\nteacup,red\n', 'no columns recognised as users and items. Found: “name”, “colour”'],
    ['no time that can be read', 'user_id,item_id,timestamp,title\na,b,soon,T\na,c,late,T\n', '2 with time that cannot be read'],
    ['short histories', GOOD.replaceAll(/.*,4,.*\n/g, ''), 'No user has two events at different times to train on'],
    ['one item', 'user,item,time,title\n1,a,1,A\n1,a,2,A\n1,a,3,A\n1,a,4,A\n', 'Only one item'],
    ['a line of 10 MB', `user,item,time,title\n${'x'.repeat(1e7)}\n`, 'line 2: This line is longer than any record'],
    ['a first line of 10 MB', 'x'.repeat(1e7), 'No record was found'],
    ['a cut JSON array', '[{"user":', 'No record was found'],
    ['one time for all', GOOD.replaceAll(/,\d,/g, ',5,'), 'No user has two events at different times'],
  ])('%s', async (_, content, message) => {
    const error = await failure(content);
    expect(error.message).toContain(message);
    expect(error.issues[0]?.file).toMatch(/^log1/);
  });
});
