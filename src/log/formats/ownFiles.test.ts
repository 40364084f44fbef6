/** Files as people have them: written by scripts and spreadsheets, or published without column names. */
import { describe, expect, it } from 'vitest';
import { auditLog } from '../audit';
import { hasTimes } from '../audit/check';
import { fileOf, logUsers } from '../../testing/smallLogs';
import { inspectFiles } from '../intake/intake';
import { readLog, type ReadLog } from '../readLog';
import { shortened } from '../shortened';
import { historyItems, LogError } from '../types';
import { writeLog } from '../writeLog';

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
    expect(logUsers(log).map(({ events: { length } }) => length)).toEqual([5, 5]);
    expect(log.events.time(0, 0)).toBe(Date.UTC(2014, 3, 7, 10, 50, 9, 277) / 1000);
    expect(log.items.map(({ category }) => category)).toEqual(['0', 'S', '7']);
    const clicked = await readLog(files, { filters: { events: ['click'] } });
    expect(clicked.log.events.length).toBe(8);
    expect(clicked.dropped).toMatchObject([{ rows: 2 }]);
  });

  it('is not any other table of users, times, items and ratings', async () => {
    const rated = fileOf('ratings.csv', clicks.replaceAll('21453650', '471').replaceAll(/[S7]\n/g, '5\n'));
    const { guesses } = await inspectFiles([rated]);
    expect(guesses[0]!.mapping).toMatchObject({ format: 'Table', roles: { rating: 3 } });
  });
});

describe('a shop’s orders, their lines and their customers in a file each', () => {
  // Olist: a customer ID is that of one order, and the person behind it is in the file of customers.
  const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const day = (n: number): string => `2017-10-${10 + n} 10:56:33`;
  const orders = fileOf(
    'olist_orders_dataset.csv',
    `"order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at"\n${numbers
      .map((n) => `"o${n}","c${n}",${n === 7 ? 'canceled' : 'delivered'},${n === 5 ? '' : day(n)},2018-01-01 00:00:00\n`)
      .join('')}`,
  );
  const line = (order: string, n: number, item: number): string => `"${order}",${n},"p${item}","s",2019-09-19 09:45:35,58.90\n`;
  const lines = fileOf(
    'olist_order_items_dataset.csv',
    `"order_id","order_item_id","product_id","seller_id","shipping_limit_date","price"\n${numbers
      .map((n) => line(`o${n}`, 1, n % 3) + (n === 2 ? line('o2', 2, 2) + line('o2', 3, 0) : ''))
      .join('')}${line('o99', 1, 0)}`,
  );
  const customers = fileOf(
    'olist_customers_dataset.csv',
    `"customer_id","customer_unique_id","customer_city"\n${numbers.map((n) => `"c${n}","person ${n % 2}","franca"\n`).join('')}`,
  );
  const reviews = fileOf(
    'olist_order_reviews_dataset.csv',
    '"review_id","order_id","review_score","review_comment_message"\n"r1","o0",2,"ruim,\nmuito"\n"r2","o1",5,\n"r3","o1",4,""\n',
  );
  const products = fileOf(
    'olist_products_dataset.csv',
    `"product_id","product_category_name","product_name_lenght"\n${[0, 1, 2].map((n) => `"p${n}","artes",40\n`).join('')}`,
  );
  const words = fileOf(
    'product_category_name_translation.csv',
    '\ufeffproduct_category_name,product_category_name_english\nartes,art\nbebes,baby\npc_gamer,pc_gamer\nfraldas,diapers\n',
  );
  const all = [orders, lines, customers, reviews, products, words];

  it('are one log: the order says who and when, its review how good', async () => {
    const { guesses } = await inspectFiles(all);
    expect(guesses.map(({ mapping: { part } }) => part)).toEqual(['orders', 'events', 'accounts', 'orders', 'items', 'ignored']);
    expect(guesses.flatMap(({ doubts }) => doubts)).toEqual([]);
    expect(guesses[2]!.roleReasons.user).toBe('the name “customer_unique_id”');
    const { log, dropped, findings, recipe } = await readLog(all, { filters: { userCore: 1 } });
    const bought: Record<string, string[]> = Object.fromEntries(
      logUsers(log).map(({ id, events: own }) => [id, own.map(({ item }) => log.items.at(item).id)]),
    );
    // Of o2 the second line of p2 is a second piece; o5 has no time, o7 was cancelled, o99 is unknown.
    expect(bought['person 1']).toEqual(['p1', 'p0', 'p0']);
    expect(bought['person 0']!.sort()).toEqual(['p0', 'p0', 'p0', 'p1', 'p2', 'p2']);
    expect(dropped.map(({ reason, rows, first }) => [reason, rows, first[0]?.line])).toEqual([
      ['no time', 1, 9],
      ['order that is in no other file', 1, 14],
      ['same user, item and time as an earlier row', 1, 5],
      ['event type that is filtered out', 1, 11],
    ]);
    expect(log.events.time(0, 0)).toBe(Date.UTC(2017, 9, 10, 10, 56, 33) / 1000);
    expect(log.items.at(0)).toMatchObject({ category: 'artes', price: '58.90' });
    const messages = findings.map(({ message }) => message).join('\n');
    expect(messages).toContain('1 row: order that is listed before with something else');
    expect(messages).toContain('1 row: order whose time cannot be read');
    expect(messages).not.toContain('No column of times');
    expect(hasTimes({ recipe })).toBe(true);
    const good = await readLog(all, { filters: { userCore: 1, leastRating: 3, events: ['delivered'] } });
    expect(good.log.events.length).toBe(log.events.length - 1);
    // The recipe alone reads the files alike.
    expect((await readLog(all, { recipe })).log.hash).toBe(log.hash);
  });

  it('says that every order has its own customer if the file of customers is missing', async () => {
    const many = Array.from({ length: 30 }, (_, n) => `o${n},c${n},2020-01-02\n`).join('');
    const files = [
      fileOf('orders.csv', `order_id,customer_id,order_date\n${many}`),
      fileOf('lines.csv', 'order_id,product_id\no1,p1\n'),
    ];
    const { guesses } = await inspectFiles(files);
    expect(guesses[0]!.doubts.join()).toContain('Each of the first orders has another “customer_id”');
  });

  it('needs the orders', async () => {
    await expect(readLog([lines, products])).rejects.toThrow(
      'olist_order_items_dataset.csv: Its rows are lines of orders (“order_id”), and no file says whose these are.',
    );
  });

  it('leaves a table alone whose rows say themselves whose they are', async () => {
    const rows = [0, 1, 2, 3, 4, 5].map((n) => `o${n},u${n % 2},i${n % 3},${1_500_000_000 + n}\n`).join('');
    const { guesses } = await inspectFiles([fileOf('log.csv', `order_id,user_id,item_id,timestamp\n${rows}`), customers]);
    expect(guesses[0]!.mapping).toMatchObject({ part: 'events', roles: { user: 1, item: 2, time: 3 } });
    expect(guesses[0]!.mapping.roles).not.toHaveProperty('order');
  });
});

describe('a shop that numbers the orders of each user (Instacart)', () => {
  // User 1 has four orders, user 2 three; the lines are sorted by the ID of the order, which tells nothing,
  // and by item.
  const orders = fileOf(
    'orders.csv',
    'order_id,user_id,eval_set,order_number,order_dow\n9,1,prior,1,2\n4,1,prior,2,3\n7,1,prior,3,1\n2,2,prior,1,2\n8,2,prior,2,3\n1,2,prior,3,0\n3,1,prior,4,1\n',
  );
  const lines = fileOf(
    'order_products__prior.csv',
    'order_id,product_id,add_to_cart_order,reordered\n1,p1,2,0\n1,p2,3,0\n1,p3,1,0\n2,p1,1,0\n3,p2,1,1\n4,p1,2,0\n4,p2,1,0\n7,p1,3,1\n7,p2,2,1\n7,p3,1,0\n8,p3,1,0\n9,p2,1,0\n',
  );
  const products = fileOf('products.csv', 'product_id,product_name\np1,Tea\np2,Milk\np3,Salt\n');
  const all = [orders, lines, products];
  const bought = ({ log }: Pick<ReadLog, 'log'>): string[] =>
    logUsers(log).map(({ events: own }) => own.map(({ item }) => log.items.at(item).title).join(' '));

  it('is read in the order of these numbers, and of the places in an order', async () => {
    const read = await readLog(all, { filters: { userCore: 1 } });
    expect(bought(read).sort()).toEqual(['Milk Milk Tea Salt Milk Tea Milk', 'Tea Salt Salt Tea Milk']);
    const audit = auditLog(read);
    expect(audit.find(({ id }) => id === 'history-order')).toMatchObject({
      level: 'amber',
      message: 'There are no times: numbers that count a user’s own events order them (“order_number”, “add_to_cart_order”)',
    });
    // Numbers of two users do not compare.
    expect(audit.map(({ id }) => id)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/later-training|one-day|busy-users|id-order/)]),
    );
    expect(hasTimes(read)).toBe(false);
    // Written down, it is the same log, and no more of a log with times.
    const { files, recipe } = await writeLog(read);
    expect(hasTimes({ recipe })).toBe(false);
    expect(bought(await readLog(files, { recipe }))).toEqual(bought(read));
  });

  it('has events of one order at one time', async () => {
    const { split, log } = await readLog(all, { filters: { userCore: 1 } });
    for (const target of split.test) {
      const last = log.events.time(target.user, log.events.count(target.user) - 1);
      expect(log.events.time(target.user, historyItems(log, target).length - 1)).toBeLessThan(last);
    }
  });

  it('is read by its dates if it has any, and by no number of an order that is its ID', async () => {
    const rows = (number: (n: number) => string): string =>
      [0, 1, 2, 3, 4, 5].map((n) => `u${n % 2},i${n % 3},${number(n)},2020-01-0${9 - n}\n`).join('');
    const [dated] = (await inspectFiles([fileOf('log.csv', `user_id,item_id,order_number,bought\n${rows(String)}`)])).guesses;
    expect(dated!.mapping).toMatchObject({ roles: { time: 3 }, timeUnit: 'date' });
    const plain = rows((n) => `A-${n}`).replaceAll(/,2020.*/g, '');
    const [named] = (await inspectFiles([fileOf('log.csv', `user_id,item_id,order_number\n${plain}`)])).guesses;
    expect(named!.mapping.roles).not.toHaveProperty('time');
  });
});

describe('Last.fm', () => {
  const id = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
  const plays = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    .map(
      (n) =>
        `user_00000${n % 2}\t2009-05-04T23:0${n}:57Z\t${id(n % 2)}\tArtist ${n % 2}\t${n === 4 ? '' : id(100 + (n % 4))}\tTrack ${n % 4}\n`,
    )
    .join('');

  it.each([
    ['without a header', plays],
    ['with one', `userid\ttimestamp\tartid\tartname\ttraid\ttraname\n${plays}`],
  ])('1K has tracks as items, %s', async (_, text) => {
    const read = await readLog([fileOf('plays.tsv', text)], { filters: { userCore: 1 } });
    expect(titles(read).sort()).toEqual(['Track 0', 'Track 1', 'Track 2', 'Track 3']);
    expect(read.log.items.at(0).category).toMatch(/^Artist/);
    expect(read.dropped).toMatchObject([{ reason: 'no item', rows: 1 }]);
  });

  it('asks, of another table without names, which of two IDs the events are of', async () => {
    const other = plays.replaceAll(/user_0+|-0000-4000-8000-0+/g, '').replaceAll('\t\t', '\t00000100\t');
    const { guesses } = await inspectFiles([fileOf('plays.tsv', other)]);
    expect(guesses[0]!.doubts.join()).toContain('Each ID of “column 5” has one of “column 3”');
  });

  it('HetRec has plays or tags as events, and the audit says what is not read', async () => {
    const rows = Array.from({ length: 24 }, (_, n) => n);
    const artists = fileOf(
      'artists.dat',
      `id\tname\turl\tpictureURL\n${[0, 1, 2].map((n) => `${n}\tArtist ${n}\thttp://l/${n}\thttp://p/${n}\n`).join('')}`,
    );
    const played = fileOf('user_artists.dat', `userID\tartistID\tweight\n${rows.map((n) => `${n % 2}\t${n % 3}\t7\n`).join('')}`);
    const tagged = fileOf(
      'user_taggedartists-timestamps.dat',
      `userID\tartistID\ttagID\ttimestamp\n${rows.map((n) => `${n % 2}\t${n % 3}\t1\t${1_238_536_800_000 + 1e7 * n}\n`).join('')}`,
    );
    const days = fileOf(
      'user_taggedartists.dat',
      `userID\tartistID\ttagID\tday\tmonth\tyear\n${rows.map((n) => `${n % 2}\t${n % 3}\t1\t1\t4\t2009\n`).join('')}`,
    );
    const partsOf = async (files: readonly File[]): Promise<string[]> =>
      (await inspectFiles(files)).guesses.map(({ mapping: { part } }) => part);
    expect(await partsOf([artists, played, tagged, days])).toEqual(['items', 'events', 'ignored', 'ignored']);
    expect(await partsOf([artists, tagged, days])).toEqual(['items', 'events', 'ignored']);
    const audit = auditLog(await readLog([artists, played, tagged]));
    expect(audit.find(({ id: of }) => of === 'other-events')).toMatchObject({
      level: 'amber',
      count: 1,
      of: 2,
      first: [tagged.name],
    });
    expect(auditLog(await readLog([artists, played])).some(({ id: of }) => of === 'other-events')).toBe(false);
  });
});

describe('coarse and odd times', () => {
  const log = (value: (n: number) => string): File =>
    fileOf('log.csv', `user,item,time\n${Array.from({ length: 24 }, (_, n) => `u${n % 3},i${n % 5},${value(n)}\n`).join('')}`);

  it('are years and months, whose ties the audit counts', async () => {
    const years = await readLog([log((n) => String(1999 + (n % 4)))]);
    expect(years.log.events.time(0, 0)).toBe(Date.UTC(1999, 0, 1) / 1000);
    expect(auditLog(years).find(({ id }) => id === 'ties')).toMatchObject({ count: 24, of: 24 });
    expect(auditLog(years).find(({ id }) => id === 'one-day')).toMatchObject({ count: 0 });
    const months = await readLog([log((n) => `2004-${String(1 + (n % 12)).padStart(2, '0')}`)]);
    expect(months.log.events.time(0, 0)).toBe(Date.UTC(2004, 0, 1) / 1000);
  });

  it('are the date and the time of day together, in any order of day, month and year', async () => {
    const times = async (header: string, of: (n: number) => string): Promise<number> => {
      const rows = Array.from({ length: 24 }, (_, n) => `u${n % 3},i${n},T${n},${of(n)}\n`);
      const { log: read } = await readLog([fileOf('log.csv', `user_id,item_id,title,${header}\n${rows.join('')}`)]);
      return read.events.time([...read.users].indexOf('u1'), 0);
    };
    const meant = Date.UTC(2015, 2, 14, 9, 31) / 1000;
    const day = (n: number): number => 13 + (n % 12);
    expect(await times('order_date,order_time', (n) => `${day(n)}.03.2015,9:${30 + n}`)).toBe(meant);
    expect(await times('date,hourmin', (n) => `201503${day(n)},9${30 + n}`)).toBe(meant);
    expect(await times('date,time', (n) => `2015-03-${day(n)},09:${30 + n} AM`)).toBe(meant);
    expect(await times('date', (n) => `15/03/${day(n)} 09:${30 + n}`)).toBe(meant);
    expect(await times('date', (n) => `15/03/${day(n) + (n > 12 ? 7 : 0)}`)).toBe(Date.UTC(2015, 2, 14) / 1000);
  });

  it('say what they look like if they cannot be read', async () => {
    const causeOf = async (read: Promise<ReadLog>): Promise<string> => {
      const error = await read.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(LogError);
      return (error as LogError).issues.map(({ message }) => message).join('\n');
    };
    const years = log((n) => String(1999 + (n % 4)));
    const { recipe } = await readLog([years]);
    const sources = recipe.sources.map((mapping) => ({ ...mapping, timeUnit: 'milliseconds' as const }));
    expect(await causeOf(readLog([years], { recipe: { ...recipe, sources } }))).toContain('looks like a year or month');
  });
});

describe('items files with several IDs', () => {
  const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

  it('are read by the ID whose name the events use (Goodreads)', async () => {
    const books = [0, 1, 2].map((n) =>
      JSON.stringify({ isbn: '', asin: '', book_id: `${n}`, image_url: `https://i/${n}`, title: `Book ${n}` }),
    );
    const read = rows.map((n) => JSON.stringify({ user_id: `u${n % 2}`, book_id: `${n % 3}`, date_added: `2020-01-${10 + n}` }));
    const log = await readLog([fileOf('interactions.json', read.join('\n')), fileOf('books.json', books.join('\n'))]);
    expect(titles(log)).toEqual(['Book 0', 'Book 1', 'Book 2']);
  });

  it('are read by the ID that has the events’ values if no name tells (Last.fm)', async () => {
    const artists = `id\tname\turl\tpictureURL\n${[0, 1, 2].map((n) => `${n}\tArtist ${n}\thttp://l/${n}\thttp://p/${n}\n`).join('')}`;
    const plays = `userID\tartistID\tweight\n${rows.map((n) => `u${n % 2}\t${n % 3}\t7\n`).join('')}`;
    const log = await readLog([fileOf('user_artists.dat', plays), fileOf('artists.dat', artists)]);
    expect(titles(log)).toEqual(['Artist 0', 'Artist 1', 'Artist 2']);
  });
});

describe('what would go unnoticed', () => {
  const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const found = async (files: readonly File[]): Promise<string> =>
    (await readLog(files)).findings
      .map(({ level, message, done, example }) => [level, message, done, example].join(' '))
      .join('\n');

  it('is said of a file without times beside one with times, which is no event of the log unless the user says so', async () => {
    const plain = fileOf('plays.csv', `user,item\n${rows.map((n) => `u${n % 2},i${n % 3}\n`).join('')}`);
    const { guesses } = await inspectFiles([plain, events]);
    expect(guesses[0]!.mapping.part).toBe('ignored');
    expect(guesses[0]!.reasons.at(-1)).toBe('it has no times, and log.csv has');
    expect(await found([plain, events])).not.toContain('No column of times');
    expect(await found([events])).not.toContain('No column of times');
  });

  it('is said of IDs that a spreadsheet has rounded, and of texts that are cut', async () => {
    const log = `user,item,time,title\n${rows.map((n) => `u${n % 2},9.0072${n % 3}E+15,${n},"${n % 3 === 0 ? 'long '.repeat(500) : 'short'}"\n`).join('')}`;
    const said = await found([fileOf('log.csv', log)]);
    expect(said).toContain('warning 3 IDs that a spreadsheet has rounded');
    expect(said).toContain('note 1 text of 2,000 characters or more cut there item “9.00720E+15”');
    expect(await found([events])).not.toMatch(/rounded|cut there/);
  });

  it('is no half of an emoji at the end of a text that is cut', async () => {
    const title = `${'x'.repeat(1999)}🎬🎬`;
    const log = `user,item,time,title\n${rows.map((n) => `u${n % 2},i${n % 3},${n},${n % 3 === 0 ? title : 'short'}\n`).join('')}`;
    const files = [fileOf('log.csv', log)];
    expect(titles(await readLog(files))).toContain(`${'x'.repeat(1999)}🎬`);
    expect(await found(files)).toContain('1 text of 2,000 characters or more');
    expect(shortened(`a\n${'x'.repeat(7)}🎬 and more`, 11)).toBe('a xxxxxxx…');
  });

  it('counts rows that are earlier than the one before, not than the latest so far', async () => {
    const times = [9, 1, 2, 3, 4, 5];
    const log = `user,item,time\n${times.map((time, n) => `u,i${n % 3},${1_500_000_000 + time}\n`).join('')}`;
    expect(await found([fileOf('log.csv', log)])).toContain('note 1 row earlier than the user’s previous row');
  });
});

it('reads RetailRocket, and sets its hashed properties aside', async () => {
  const log = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (n) => `${1_433_221_332_117 + n},${n % 2},${n < 8 ? 'view' : 'addtocart'},${n % 3},\n`,
  );
  const files = [
    fileOf('events.csv', `timestamp,visitorid,event,itemid,transactionid\n${log.join('')}`),
    fileOf('item_properties_part1.csv', 'timestamp,itemid,property,value\n1435460400000,1,categoryid,1338\n'),
    fileOf('category_tree.csv', 'categoryid,parentid\n1016,213\n231,\n'),
  ];
  expect(await formatsOf(files)).toEqual(['RetailRocket events', 'RetailRocket ignored', 'RetailRocket ignored']);
  expect((await readLog(files, { filters: { events: ['view'] } })).log.events.length).toBe(8);
});
