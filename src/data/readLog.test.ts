import { describe, expect, it } from 'vitest';
import { DUPLICATE, SHORT_HISTORY } from './assemble';
import { readLog, type ReadLog } from './readLog';
import { fileOf } from './testing';
import { LogError } from './types';

const GOOD = `user_id,item_id,timestamp,title,query,exposed
ann,a,3,Apple,,b c
ann,b,1,Bean,red bean,
ann,c,2,Corn,,
ann,a,4,Apple,,
bob,b,1,Bean,,a
bob,c,1,Corn,,
bob,a,1,Apple,,
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

describe('readLog, one file', () => {
  it('reads items, histories in time order, queries and exposures', async () => {
    const { log, dropped, issues } = await read(GOOD);
    expect(log.name).toBe('log1');
    expect(log.items.map(({ id, title }) => [id, title])).toEqual([
      ['a', 'Apple'],
      ['b', 'Bean'],
      ['c', 'Corn'],
    ]);
    expect(log.users.map(({ id, events }) => [id, events.map(({ item }) => item)])).toEqual([
      ['ann', [1, 2, 0, 0]],
      // All of bob's events have the same time: file order.
      ['bob', [1, 2, 0]],
    ]);
    expect(log.users[0]!.events[0]).toEqual({ item: 1, time: 1, query: 'red bean', exposed: [] });
    expect(log.users[0]!.events[2]!.exposed).toEqual([1, 2]);
    expect(dropped).toEqual([]);
    expect(issues).toEqual([]);
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
    [
      'RecBole types',
      GOOD.replace('user_id,item_id,timestamp,title', 'user_id:token,item_id:token,timestamp:float,title:token_seq'),
    ],
  ])('is not shaken by %s', async (_, text) => {
    const { log } = await read(GOOD);
    expect((await read(text)).log).toEqual(log);
  });

  it('gives the same hash for the same content, another for another', async () => {
    const { log } = await read(GOOD);
    expect(log.hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await readLog([fileOf('other.csv', GOOD)])).log.hash).toBe(log.hash);
    expect((await read(GOOD.replace('red bean', 'bean'))).log.hash).not.toBe(log.hash);
  });

  it('counts exact repeats and short histories', async () => {
    const { log, dropped } = await read(`${GOOD}ann,c,2,Corn,again,\ncarl,a,1,Apple,,\ncarl,b,1,Bean,,\ncarl,b,1,Bean,,\n`);
    expect(log.users.map(({ id }) => id)).toEqual(['ann', 'bob']);
    expect(dropped).toEqual([
      { reason: DUPLICATE, rows: 2 },
      { reason: SHORT_HISTORY, rows: 2 },
    ]);
  });

  it('accepts a title in any row, warns about two', async () => {
    const late = await read(GOOD.replace('ann,a,3,Apple', 'ann,a,3,'));
    expect(late.log.items[0]!.title).toBe('Apple');
    const two = await read(GOOD.replace('ann,a,4,Apple', 'ann,a,4,Apples'));
    expect(two.log.items[0]!.title).toBe('Apple');
    expect(two.issues).toEqual([
      {
        file: 'log1.csv',
        line: 5,
        column: 'title',
        message: 'Item "a" has the title "Apples" here but "Apple" on line 2; the first one is used.',
      },
    ]);
  });

  it('takes the clicked item out of its own exposures, with a warning, and accepts bars between ids', async () => {
    const { log, issues } = await read(GOOD.replace('b c', 'a | b|b'));
    expect(log.users[0]!.events[2]!.exposed).toEqual([1]);
    expect(issues[0]?.message).toContain('1 lists of shown items name the clicked item itself');
  });

  it('says which columns it does not use', async () => {
    const { issues } = await read(GOOD.replace('query', 'price'));
    expect(issues[0]?.message).toBe('Columns not used: "price".');
  });
});

describe('readLog, two files', () => {
  const items = 'item_id,title,category,description\nc,Corn,food > grain,"a cereal, yellow"\na,Apple,,\nb,Bean,,\nz,Zucchini,,\n';
  const events = GOOD.replace(',title', '').replaceAll(/,(?:Apple|Bean|Corn)/g, '');

  it('takes catalogue and order from the items file, in any order of files', async () => {
    const { log } = await read(events, items);
    expect(log.items.map(({ id }) => id)).toEqual(['c', 'a', 'b', 'z']);
    expect(log.items[0]).toEqual({ id: 'c', title: 'Corn', category: 'food > grain', description: 'a cereal, yellow' });
    expect(log.name).toBe('log1');
    const swapped = await read(items, events);
    expect({ ...swapped.log, name: 'log1' }).toEqual(log);
    expect(swapped.log.name).toBe('log2');
  });

  it('says that titles beside the events are not used', async () => {
    expect((await read(GOOD, items)).issues[0]?.message).toBe('Columns not used: "title".');
  });

  it('names items without texts, empty titles and contradictions', async () => {
    const unknown = await failure(`${events}bob,q,9,,\n`, items);
    expect(unknown.issues).toEqual([
      {
        file: 'log1.csv',
        line: 9,
        column: 'item_id',
        message: 'Item "q" is not in the items file. Add it there or delete the row.',
      },
    ]);
    expect((await failure(events, `${items}y,,,\n`)).issues[0]).toMatchObject({ file: 'log2.csv', line: 6, column: 'title' });
    expect((await failure(events, `${items}a,Pear,,\n`)).issues[0]).toMatchObject({
      file: 'log2.csv',
      line: 6,
      column: 'item_id',
    });
    expect((await read(events, `${items}z,Zucchini,,\n`)).issues[0]?.message).toContain('1 rows repeat');
  });

  it('refuses two interaction files, an items file alone, three files, none', async () => {
    expect((await failure(GOOD, GOOD)).message).toContain('Both files have a column for the user');
    expect((await failure(items)).message).toContain('looks like an items file');
    expect((await failure(GOOD, items, items)).message).toContain('3 files were given');
    expect((await failure()).message).toContain('No file was given');
  });
});

describe('what a rejected log says', () => {
  it('names a missing column and what was found', async () => {
    const error = await failure(GOOD.replace('timestamp', 'when'));
    expect(error.issues).toEqual([
      {
        file: 'log1.csv',
        line: 1,
        column: 'timestamp',
        message:
          'The header has no column for the time of the event. Found: "user_id", "item_id", "when", "title", "query", "exposed". ' +
          'Add a column `timestamp`, or rename the one that holds it.',
      },
    ]);
    expect(error.message).toContain('log1.csv, line 1, column timestamp');
  });

  it('points to an items file when titles are missing', async () => {
    expect((await failure(GOOD.replace('title', 'label'))).issues[0]?.message).toContain('opened along with this one');
  });

  it('refuses two columns for one thing', async () => {
    expect((await failure(GOOD.replace('query', 'userId'))).issues[0]?.message).toContain('"user_id" and "userId"');
  });

  it.each([
    ['unparsable time', 'ann,a,soon,Apple,,', 'timestamp', '"soon" is not a time.'],
    ['day-first date', 'ann,a,31/05/2024,Apple,,', 'timestamp', 'whether day or month comes first'],
    ['scientific notation', 'ann,a,9.6e+08,Apple,,', 'timestamp', 'lost digits'],
    ['microseconds', 'ann,a,1717180200000000,Apple,,', 'timestamp', 'too large'],
    ['another kind of time', 'ann,a,2024-05-31,Apple,,', 'timestamp', 'reads as date, but line 2 as seconds'],
    ['empty time', 'ann,a,,Apple,,', 'timestamp', 'The time is empty'],
    ['empty user', ',a,9,Apple,,', 'user_id', 'The user is empty'],
    ['empty item', 'ann,,9,Apple,,', 'item_id', 'The item is empty'],
    ['item without title', 'ann,q,9,,,', 'title', 'Item "q" has no title in any row'],
    ['unknown item shown', 'ann,a,9,Apple,,b q', 'exposed', 'Item "q" was shown but has no texts'],
    ['too few fields', 'ann,a,9', undefined, 'This row has 3 fields, the header has 6'],
    ['too many fields', 'ann,a,9,Apple,,b,c', undefined, 'This row has 7 fields'],
    ['unclosed quote', 'ann,a,9,"Apple,,', undefined, 'never closed'],
    ['text after a quote', 'ann,a,9,"Apple" pie,,', undefined, 'followed by other text'],
  ])('%s', async (_, row, column, message) => {
    const { issues } = await failure(`${GOOD}${row}\n`);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ file: 'log1.csv', line: 9, ...(column === undefined ? {} : { column }) });
    expect(issues[0]?.message).toContain(message);
  });

  it('counts lines as an editor does, through quoted fields of several lines', async () => {
    const text = `user_id,item_id,timestamp,title\r\nu,a,1,"first\r\n\r\nthird ""x"""\r\n\r\nu,b,2,plain\r\nu,c,oops,"x\ry"\r\nu,d,oops,z\r\n`;
    const { issues } = await failure(text);
    expect(issues.map(({ line }) => line)).toEqual([7, 9]);
  });

  it('lists 20 problems and counts the rest', async () => {
    const error = await failure(GOOD + 'ann,a,soon,Apple,,\n'.repeat(1234));
    expect(error.issues).toHaveLength(20);
    expect(error.message).toContain('1,234 problems. The first 20 are listed.');
  });

  it.each([
    ['empty file', new Uint8Array(), 'The file is empty'],
    ['blank lines', '\n \r\n\n', 'only blank lines'],
    ['header alone', 'user_id,item_id,timestamp,title\n', 'no events'],
    ['web page', '<!DOCTYPE html><html><body>404</body></html>', 'web page'],
    ['JSON', '[{"user_id": 1}]', 'JSON'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x75, 0]), 'UTF-16'],
    ['UTF-16 without a mark', Uint8Array.from('u\0s\0e\0r\0,\0i\0t\0e\0m\0', (char) => char.charCodeAt(0)), 'UTF-16'],
    ['workbook', new Uint8Array([0x50, 0x4b, 3, 4, 9]), 'Excel'],
    ['gzip', new Uint8Array([0x1f, 0x8b, 8]), 'gzip'],
    ['Parquet', new Uint8Array([0x50, 0x41, 0x52, 0x31]), 'Parquet'],
    ['binary', new Uint8Array([1, 2, 3, 0, 200, 3, 4, 5, 6]), 'binary'],
    ['short histories', GOOD.replaceAll(/.*,4,.*\n/g, ''), 'No user of log1.csv has 4 or more events'],
    ['one item', 'u,i,t,title\n'.replace('u,i,t', 'user,item,time') + '1,a,1,A\n1,a,2,A\n1,a,3,A\n1,a,4,A\n', 'a single item'],
  ])('%s', async (_, content, message) => {
    const error = await failure(content);
    expect(error.message).toContain(message);
    expect(error.issues[0]).toMatchObject({ file: 'log1.csv' });
  });

  it('names the line of a byte that is no UTF-8', async () => {
    const bytes = Uint8Array.from(`${GOOD}ann,a,9,Caf?,,\n`, (char) => (char === '?' ? 0xe9 : char.charCodeAt(0)));
    expect((await failure(bytes)).issues[0]).toMatchObject({ line: 9 });
  });
});
