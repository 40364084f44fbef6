/** Files as people have them: written by scripts and spreadsheets, or published without column names. */
import { describe, expect, it } from 'vitest';
import { hasTimes } from '../audit/check';
import { fileOf, usersOf } from '../../testing/smallLogs';
import { inspectFiles } from '../intake/intake';
import { readLog, type ReadLog } from '../readLog';
import { shortened } from '../shortened';

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
      usersOf(log).map(({ id, events: own }) => [id, own.map(({ item }) => log.items.at(item).id)]),
    );
    // Of o2 the second line of p2 is a second piece; o5 has no time, o99 is unknown.
    expect(bought['person 1']).toEqual(['p1', 'p0', 'p1', 'p0']);
    expect(bought['person 0']!.sort()).toEqual(['p0', 'p0', 'p0', 'p1', 'p2', 'p2']);
    expect(dropped.map(({ reason, rows, first }) => [reason, rows, first[0]?.line])).toEqual([
      ['no time', 1, 9],
      ['order that is in no other file', 1, 14],
      ['same user, item and time as an earlier row', 1, 5],
    ]);
    expect(log.events.time(0, 0)).toBe(Date.UTC(2017, 9, 10, 10, 56, 33) / 1000);
    expect(log.items.at(0)).toMatchObject({ category: 'artes', price: '58.90' });
    const messages = findings.map(({ message }) => message).join('\n');
    expect(messages).toContain('1 row: order that is listed before with something else');
    expect(messages).toContain('1 row: order whose time cannot be read');
    expect(messages).not.toContain('No column of times');
    expect(hasTimes({ recipe })).toBe(true);
    const good = await readLog(all, { filters: { userCore: 1, leastRating: 3, events: ['delivered'] } });
    expect(good.log.events.length).toBe(log.events.length - 2);
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

  it('is said of a file without times beside one with times', async () => {
    const plain = fileOf('plays.csv', `user,item\n${rows.map((n) => `u${n % 2},i${n % 3}\n`).join('')}`);
    expect(await found([plain, events])).toContain('warning No column of times is used in plays.csv, and other files have times');
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
