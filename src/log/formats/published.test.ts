/** Files generated from the published descriptions of formats whose files are not available here. */
import { describe, expect, it } from 'vitest';
import { inspectFiles } from '../intake/intake';
import { readLog, type ReadLog } from '../readLog';
import { fileOf, logUsers } from '../../testing/smallLogs';
import { givenCandidates } from '../types';

function histories({ log }: ReadLog): Record<string, string[]> {
  return Object.fromEntries(logUsers(log).map(({ id, events }) => [id, events.map(({ item }) => log.items.at(item).id)]));
}

async function formatsOf(files: readonly File[]): Promise<string[]> {
  return (await inspectFiles(files)).guesses.map(({ mapping }) => `${mapping.format} ${mapping.part}`);
}

describe('MIND', () => {
  const rows = [
    '1\tU1\t11/9/2019 9:05:58 AM\tN1 N2\tN3-0 N4-1',
    '2\tU1\t11/13/2019 1:05:58 PM\tN1 N2\tN5-1 N3-0 N6-0',
    '3\tU1\t11/14/2019 1:05:58 PM\tN1 N2\tN3-1 N6-1 N5-0',
    '4\tU2\t11/11/2019 8:00:00 AM\t\tN1-0 N2-0',
    '5\tU2\t11/12/2019 8:00:00 AM\t\tN4-1',
    '6\tU2\t11/13/2019 8:00:00 AM\t\tN1-1',
    '7\tU2\t11/14/2019 8:00:00 AM\t\tN2-1',
    '8\tU2\t11/15/2019 8:00:00 AM\t\tN6-1 N1-0',
  ];
  const news = [1, 2, 3, 4, 5, 6].map(
    (n) => `N${n}\tnews\tnewsworld\tThe "${n}" story\tWhat happened ${n}\thttps://assets.msn.com/${n}.html\t[]\t[]`,
  );

  it.each([
    ['without names', '', ''],
    [
      'with names',
      'ImpressionID\tUserID\tTime\tHistory\tImpressions\n',
      'NewsID\tCategory\tSubCategory\tTitle\tAbstract\tURL\tTitleEntities\tAbstractEntities\n',
    ],
  ])('reads requests with their clicks and exposures, and histories before them, %s', async (_, header, newsHeader) => {
    const files = [
      fileOf('behaviors.tsv', `${header}${rows.join('\n')}\n`),
      fileOf('news.tsv', `${newsHeader}${news.join('\n')}\n`),
    ];
    expect(await formatsOf(files)).toEqual(['MIND events', 'MIND items']);
    const read = await readLog(files, { filters: { userCore: 1 } });
    const { log } = read;
    // Clicks of one request are a basket, in an arbitrary order.
    expect(histories(read).U1!.slice(0, 4)).toEqual(['N1', 'N2', 'N4', 'N5']);
    expect(histories(read).U1!.slice(4).sort()).toEqual(['N3', 'N6']);
    expect(histories(read).U2).toEqual(['N4', 'N1', 'N2', 'N6']);
    const [user] = logUsers(log);
    expect(user!.events[3]!.exposed.map((item) => log.items.at(item).id)).toEqual(['N3', 'N6']);
    expect(user!.events[2]!.time).toBe(Date.UTC(2019, 10, 9, 9, 5, 58) / 1000);
    expect(read.dropped).toMatchObject([{ reason: 'request without a click', rows: 1 }]);
    expect(log.items.at(0)).toMatchObject({ title: 'The "1" story', category: 'news', description: 'What happened 1' });
  });
});

describe('MiniOneRec', () => {
  const HEADER = 'user_id,history_item_title,item_title,history_item_id,item_id,history_item_sid,item_sid\n';
  const row = (user: string, history: readonly number[], item: number): string => {
    const list = (of: (n: number) => string): string => `"[${history.map(of).join(', ')}]"`;
    return `${user},${list((n) => `'Item ${n}'`)},Item ${item},${list(String)},${item},${list((n) => `'<a_${n}><b_1>'`)},<a_${item}><b_1>\n`;
  };
  const files = [
    fileOf('Office_5_train.csv', HEADER + row('A1', [1], 2) + row('A1', [1, 2], 3) + row('A2', [2, 3], 4)),
    fileOf('Office_5_valid.csv', HEADER + row('A1', [1, 2, 3], 4) + row('A2', [2, 3, 4], 1)),
    fileOf('Office_5_test.csv', HEADER + row('A1', [1, 2, 3, 4], 5) + row('A2', [2, 3, 4, 1], 5)),
    fileOf('Office_5.txt', [1, 2, 3, 4, 5].map((n) => `<a_${n}><b_1>\tItem ${n}\t${n}\n`).join('')),
  ];

  it('gives each user one history and the files’ split, and keeps semantic IDs', async () => {
    expect(await formatsOf(files)).toEqual([...Array<string>(3).fill('MiniOneRec events'), 'MiniOneRec items']);
    const read = await readLog(files);
    expect(histories(read)).toEqual({ A1: ['1', '2', '3', '4', '5'], A2: ['2', '3', '4', '1', '5'] });
    expect(read.split.validation).toEqual([
      { user: 0, position: 3 },
      { user: 1, position: 3 },
    ]);
    expect(read.split.test).toHaveLength(2);
    expect(read.log.items.map(({ id, semantic, title }) => [id, semantic, title])).toEqual(
      [1, 2, 3, 4, 5].map((n) => [String(n), `<a_${n}><b_1>`, `Item ${n}`]),
    );
  });
});

describe('JSON maps of LC-Rec', () => {
  it('reads users with their items, texts and semantic IDs', async () => {
    const users = { 0: [1, 2, 3, 0], 1: [3, 2, 1, 0, 3] };
    const items = Object.fromEntries(
      [0, 1, 2, 3].map((n) => [n, { title: `Item ${n}`, description: 'x', brand: 'b', categories: 'c' }]),
    );
    const index = Object.fromEntries([0, 1, 2, 3].map((n) => [n, [`<a_${n}>`, '<b_1>']]));
    for (const indent of [0, 2]) {
      const files = Object.entries({ inter: users, item: items, index }).map(([name, value]) =>
        fileOf(`Games.${name}.json`, JSON.stringify(value, null, indent)),
      );
      expect(await formatsOf(files)).toEqual(['JSON maps events', 'JSON maps items', 'JSON maps items']);
      const read = await readLog(files);
      expect(histories(read)).toEqual({ 0: ['1', '2', '3', '0'], 1: ['3', '2', '1', '0', '3'] });
      expect(read.log.items.at(1)).toMatchObject({ title: 'Item 1', description: 'x', category: 'c', semantic: '<a_1><b_1>' });
    }
  });
});

it('reads H&M by its names', async () => {
  const article = (n: number): string => `066371300${n}`;
  const rows = [1, 2, 3, 4].map((n) => `2018-09-2${n},000058a12d,${article(n)},0.0508${n},2\n`).join('');
  const files = [
    fileOf('transactions_train.csv', `t_dat,customer_id,article_id,price,sales_channel_id\n${rows}`),
    fileOf(
      'articles.csv',
      `article_id,product_code,prod_name,product_type_no,product_type_name,product_group_name,detail_desc\n${[1, 2, 3, 4].map((n) => `${article(n)},108775,Strap top ${n},253,Vest top,Garment Upper body,Jersey top\n`).join('')}`,
    ),
  ];
  const read = await readLog(files);
  expect(histories(read)).toEqual({ '000058a12d': [1, 2, 3, 4].map(article) });
  expect(read.log.items.at(0)).toMatchObject({ title: 'Strap top 1', description: 'Jersey top' });
  expect(logUsers(read.log)[0]!.events[0]!.time).toBe(Date.UTC(2018, 8, 21) / 1000);
});

it('reads Steam’s reviews and games, and no review as a title', async () => {
  const reviews = [1, 2, 3, 4].map(
    (n) =>
      `{u'username': u'Chaos', u'hours': 0.${n}, u'products': 41, u'product_id': u'32877${n}', u'date': u'2017-12-1${n}', u'text': u'It\\'s good'}`,
  );
  const games = [1, 2, 3, 4].map(
    (n) =>
      `{u'publisher': u'K', u'genres': [u'Action', u'Indie'], u'app_name': u'Game ${n}', u'title': u'Game ${n}', u'price': 4.99, u'id': u'32877${n}'}`,
  );
  const files = [fileOf('steam_reviews.json', reviews.join('\n')), fileOf('steam_games.json', games.join('\n'))];
  expect(await formatsOf(files)).toEqual(['Steam events', 'Steam items']);
  const read = await readLog(files);
  expect(histories(read)).toEqual({ Chaos: ['328771', '328772', '328773', '328774'] });
  expect(read.log.items.at(0)).toMatchObject({ title: 'Game 1', category: 'Action > Indie' });
});

describe('lines before a table, and headers', () => {
  const rows = ['ana;b1;2024-01-01', 'ana;b2;2024-01-02', 'ana;b3;2024-01-03', 'ana;b4;2024-01-04'];
  it.each([
    ['sep=;', `sep=;\nuser;item;date\n${rows.join('\n')}`],
    ['comments', `# made on Monday\n# by nobody; at all\nuser;item;date\n${rows.join('\n')}`],
    ['names behind a #', `#user;item;date\n${rows.join('\n')}`],
    ['names behind spaces', `  user; item; date\n${rows.join('\n')}`],
  ])('%s', async (_, text) => {
    const read = await readLog([fileOf('log.csv', text)]);
    expect(histories(read)).toEqual({ ana: ['b1', 'b2', 'b3', 'b4'] });
    expect(read.dropped).toEqual([]);
  });

  it('are names in any language', async () => {
    const { guesses } = await inspectFiles([fileOf('log.csv', `utilisateur;produit;jour\n${rows.join('\n')}`)]);
    expect(guesses[0]!.mapping).toMatchObject({ columns: ['utilisateur', 'produit', 'jour'], syntax: { header: true } });
  });
});

/** IDs of the candidates of each test target, with the target's own. */
function pools({ log, split }: ReadLog): Record<string, readonly [string, readonly string[] | null]> {
  const idOf = (item: number): string => log.items.at(item).id;
  return Object.fromEntries(
    split.test.map((target) => {
      const given = givenCandidates(log, target);
      const own = idOf(log.events.item(target.user, target.position));
      return [log.users.at(target.user), [own, given && Array.from(given, idOf)]];
    }),
  );
}

describe('published candidate sets', () => {
  it('of LLMRank (.random) are pools of its users beside RecBole’s files; the others have none', async () => {
    const items = Array.from({ length: 40 }, (_, n) => n + 1);
    const inter = [5077, 5075, 5070].flatMap((user, u) => [1, 2, 3, 4].map((n) => `${user}\t${n + 4 * u}\t5\t${1000 + n}`));
    const list = (from: number): number[] => items.slice(from, from + 20).reverse();
    const files = [
      fileOf('ml-1m.inter', `user_id:token\titem_id:token\trating:float\ttimestamp:float\n${inter.join('\n')}\n`),
      fileOf('ml-1m.item', `item_id:token\tmovie_title:token_seq\n${items.map((n) => `${n}\tFilm ${n}`).join('\n')}\n`),
      fileOf('ml-1m.random', `5077\t${list(20).join(' ')}\n5075\t${list(3).join(' ')}\n9\t${list(0).join(' ')}\n`),
    ];
    expect(await formatsOf(files)).toEqual(['RecBole events', 'RecBole items', 'Candidate sets candidates']);
    const read = await readLog(files);
    expect(pools(read)).toEqual({
      5077: ['4', list(20).map(String)],
      5075: ['8', list(3).map(String)],
      5070: ['12', null],
    });
    const said = read.findings.map(({ message }) => message);
    expect(said).toContain('2 candidate sets for targets');
    expect(said).toContain('1 row: candidate set of a user without events');
    expect((await readLog(files.slice(0, 2))).log.hash).not.toBe(read.log.hash);
  });

  it('of NCF (.test.negative) belong to the test event that they name', async () => {
    const train = [0, 1, 2].flatMap((user) => [1, 2, 3].map((n) => `${user}\t${n + user}\t4\t${978300000 + n}`));
    const test = [0, 1, 2].map((user) => `${user}\t${25 + user}\t3\t978300009`);
    const negatives = (user: number): number[] => Array.from({ length: 99 }, (_, n) => 28 + 99 * user + n);
    const named = [0, 1, 2].map((user) => `(${user},${25 + (user === 2 ? 0 : user)})\t${negatives(user).join('\t')}`);
    const seen = `7\t1\t3\t978300001\n${Array.from({ length: 297 }, (_, n) => `7\t${28 + n}\t3\t${978300010 + n}`).join('\n')}`;
    const files = [
      fileOf('ml-1m.train.rating', `${train.join('\n')}\n${seen}\n`),
      fileOf('ml-1m.test.rating', `${test.join('\n')}\n`),
      fileOf('ml-1m.test.negative', `${named.join('\n')}\n`),
    ];
    expect((await formatsOf(files)).at(-1)).toBe('Candidate sets candidates');
    const read = await readLog(files);
    expect(read.recipe.split.kind).toBe('given');
    expect(pools(read)).toEqual({
      0: ['25', negatives(0).map(String)],
      1: ['26', negatives(1).map(String)],
      // The set of user 2 names another item than the test event’s.
      2: ['27', null],
    });
  });

  it('are counted if users, items or whole rows are missing, and alone they are not a log', async () => {
    const events = fileOf('log.csv', 'user_id,item_id,timestamp\nu,a,1\nu,b,2\nu,c,3\nu,d,4\nv,a,1\n');
    const sets = fileOf('sets.csv', 'user_id,candidates\nu,a b c x\nu,a b\nv,b c\n,a\nw,a\n');
    const read = await readLog([events, sets]);
    expect(pools(read)).toEqual({ u: ['d', ['a', 'b', 'c']] });
    const said = read.findings.map(({ message }) => message);
    for (const message of [
      '1 row: candidate that is in no other file',
      '1 row: second candidate set of a target',
      '1 row: no user',
      '1 row: candidate set of a user without events',
      '1 candidate set of users without any event left',
      '1 candidate set for targets',
    ]) {
      expect(said).toContain(message);
    }
    await expect(readLog([sets])).rejects.toThrow('Open the log that they belong to along with them.');
  });
});

describe('P5', () => {
  const asins = ['B0001', 'B0002', 'B0003', 'B0004', 'B0005'];
  const item2id = Object.fromEntries(asins.map((asin, n) => [asin, String(n + 1)]));
  const user2id = { AAA: '1', BBB: '2' };
  const turned = (map: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(map).map(([a, b]) => [b, a]));
  const maps = { user2id, item2id, id2user: turned(user2id), id2item: turned(item2id) };
  const events = fileOf('sequential_data.txt', '1 1 2 3 4\n2 5 4 3 2 1\n');
  const meta = fileOf('meta.json', asins.map((asin) => `{'asin': '${asin}', 'title': 'Jar ${asin}'}`).join('\n'));

  it.each([0, 2])('names its items by datamaps.json, so that metadata fit them (indented by %i)', async (indent) => {
    const files = [events, fileOf('datamaps.json', JSON.stringify(maps, null, indent)), meta];
    expect((await formatsOf(files)).slice(0, 2)).toEqual(['Histories, one a line events', 'ID map items']);
    const read = await readLog(files);
    expect(histories(read)).toEqual({
      1: ['B0001', 'B0002', 'B0003', 'B0004'],
      2: ['B0005', 'B0004', 'B0003', 'B0002', 'B0001'],
    });
    expect(read.log.items.at(1).title).toBe('Jar B0002');
    expect(read.findings.map(({ message }) => message).filter((message) => message.includes('no items file'))).toEqual([]);
  });

  it('reads histories that all have one length', async () => {
    const lines = Array.from({ length: 12 }, (_, at) => [at + 1, ...[0, 1, 2, 3].map((n) => 1 + ((3 * at + n) % 9))].join(' '));
    const { log, recipe } = await readLog([fileOf('sequential_data.txt', `${lines.join('\n')}\n`)]);
    expect([log.users.length, log.events.length, recipe.sources[0]!.part]).toEqual([12, 48, 'events']);
  });

  it('reads NAME.item2id in its place, and texts by number beside it', async () => {
    const numbered = Object.fromEntries(asins.map((asin, n) => [n, { title: `Jar ${asin}`, description: '' }]));
    const files = [
      fileOf('Beauty.inter.json', JSON.stringify({ 0: [0, 1, 2, 3], 1: [4, 3, 2, 1] })),
      fileOf('Beauty.item.json', JSON.stringify(numbered)),
      fileOf('Beauty.item2id', asins.map((asin, n) => `${asin}\t${n}\n`).join('')),
      fileOf('Beauty.user2id', 'AAA\t0\nBBB\t1\n'),
    ];
    expect(await formatsOf(files)).toEqual(['JSON maps events', 'JSON maps items', 'ID map items', 'ID map users']);
    const read = await readLog(files);
    expect(histories(read)[1]).toEqual(['B0005', 'B0004', 'B0003', 'B0002']);
    expect(read.log.items.at(0)).toMatchObject({ id: 'B0001', title: 'Jar B0001' });
  });

  it('warns if an ID is one item’s own and another one’s number', async () => {
    const files = [
      events,
      fileOf('films.item2id', '7\t1\n1\t2\n3\t3\n4\t4\n5\t5\n'),
      fileOf('films.csv', 'item_id,title\n1,One\n3,Three\n4,Four\n5,Five\n7,Seven\n'),
    ];
    const read = await readLog(files);
    expect(histories(read)[1]).toEqual(['7', '1', '3', '4']);
    expect(read.log.items.at(0)).toMatchObject({ id: '1', title: 'One' });
    expect(read.findings).toContainEqual(
      expect.objectContaining({ level: 'warning', message: '1 row: ID that is one item’s own and another item’s other one' }),
    );
  });

  it('reads negative_samples.txt as candidate sets', async () => {
    const lines = [1, 2].map((user) => `${user} ${Array.from({ length: 99 }, (_, n) => (n % 5) + 1).join(' ')}\n`);
    const files = [events, fileOf('negative_samples.txt', lines.join(''))];
    expect((await formatsOf(files))[1]).toBe('Candidate sets candidates');
    expect(pools(await readLog(files))).toEqual({ 1: ['4', ['1', '2', '3', '4', '5']], 2: ['1', ['1', '2', '3', '4', '5']] });
  });
});

describe('histories of a fixed length', () => {
  it.each([
    ['in front', ['7,0,0,0,11,12,13', '8,0,14,13,12,11,15', '9,0,0,11,13,12,14']],
    ['behind', ['7,11,12,13,0,0,0', '8,14,13,12,11,15,0', '9,11,13,12,14,0,0']],
  ])('are distinguished from a table, with their filler %s', async (_, lines) => {
    const file = fileOf('train.txt', `${lines.join('\n')}\n`);
    expect(await formatsOf([file])).toEqual(['Histories of a fixed length events']);
    const read = await readLog([file]);
    expect(histories(read)).toEqual({ 7: ['11', '12', '13'], 8: ['14', '13', '12', '11', '15'], 9: ['11', '13', '12', '14'] });
    expect(read.dropped).toEqual([]);
  });

  it('need no filler if the IDs of every column are those of others, too', async () => {
    const lines = Array.from({ length: 12 }, (_, user) => [
      user,
      ...Array.from({ length: 5 }, (_, at) => (user * 3 + 7 * at) % 31),
    ]);
    const read = await readLog([fileOf('train.txt', lines.map((line) => line.join(' ')).join('\n'))]);
    expect(histories(read)['4']).toEqual(['12', '19', '26', '2', '9']);
  });

  it('do not include a table of flags and counts', async () => {
    const file = fileOf('clicks.txt', ['1,501,0,0,0,0', '2,502,1,0,0,0', '3,503,1,1,0,0', '4,504,2,0,0,0'].join('\n'));
    expect((await inspectFiles([file])).guesses[0]!.mapping).toMatchObject({ format: 'Table', roles: { user: 0, item: 1 } });
  });

  it('in columns hist_1, hist_2, … come before the item of their row', async () => {
    const names = [1, 2, 3, 4].map((n) => `hist_${n}`).join(',');
    const file = fileOf('rows.csv', `user_id,${names},item_id,timestamp\na,0,0,x,y,z,100\na,0,x,y,z,w,200\nb,0,w,x,y,z,300\n`);
    const { guesses } = await inspectFiles([file]);
    expect(guesses[0]!.mapping).toMatchObject({ part: 'events', historyWidth: 4, padding: '0', roles: { history: 1, item: 5 } });
    expect(histories(await readLog([file]))).toEqual({ a: ['x', 'y', 'z', 'w'], b: ['w', 'x', 'y', 'z'] });
  });

  it('in one column lose their filler, and a list of another length has none', async () => {
    const padded = fileOf('rows.csv', 'user_id,item_seq\na,"0 0 x y z"\nb,"0 w x y z"\nc,"v w x y z"\n');
    const rows = fileOf('rows.csv', 'user_id,history\na,"[0, 0, 5, 6, 7]"\nb,"[0, 8, 5, 6, 7]"\n');
    expect(histories(await readLog([rows]))).toEqual({ a: ['5', '6', '7'], b: ['8', '5', '6', '7'] });
    expect((await inspectFiles([padded])).guesses[0]!.mapping.padding).toBe('0');
    const free = fileOf('rows.csv', 'user_id,history\na,"0 0 5 6 7"\nb,"0 8 5 6 7 9"\n');
    expect(histories(await readLog([free]))).toEqual({ a: ['0', '0', '5', '6', '7'], b: ['0', '8', '5', '6', '7', '9'] });
  });
});

describe('reviews in tables without a format of their own', () => {
  const review = (n: number, text = `I went there ${n} times`): string =>
    JSON.stringify({
      review_id: `r${n}`,
      user_id: 'u',
      business_id: `b${n % 4}`,
      stars: 4,
      text,
      date: `2020-01-0${n} 10:00:00`,
    });
  const businesses = [0, 1, 2, 3].map((n) =>
    JSON.stringify({ business_id: `b${n}`, name: `Shop ${n}`, categories: 'Pubs, Food' }),
  );

  it('gives no review as a title, with the items’ names or without', async () => {
    const reviews = fileOf('review.json', [1, 2, 3, 4, 5].map((n) => review(n)).join('\n'));
    const both = await readLog([reviews, fileOf('business.json', businesses.join('\n'))]);
    expect(both.log.items.map(({ title }) => title)).toEqual(['Shop 0', 'Shop 1', 'Shop 2', 'Shop 3']);
    expect(both.findings.map(({ message }) => message).join()).not.toContain('another title');
    const { guesses } = await inspectFiles([reviews]);
    expect(guesses[0]!.mapping.roles).not.toHaveProperty('title');
    expect(guesses[0]!.reasons).toContain('“text” is of the row, not of the item, and is not read');
    expect(JSON.stringify((await readLog([reviews])).log.items.map(({ title }) => title))).not.toContain('I went there');
  });

  it('takes a text that rows of one item repeat for the item’s', async () => {
    const repeated = [1, 2, 3, 4, 5].map((n) => review(n, `Shop ${n % 4}`)).join('\n');
    const { log } = await readLog([fileOf('log.json', repeated)]);
    expect(log.items.map(({ title }) => title).sort()).toEqual(['Shop 0', 'Shop 1', 'Shop 2', 'Shop 3']);
  });
});

it.each([
  ['C’s notation', (n: number) => `Sat Mar 0${n} 11:37:04 -0700 2017`, Date.UTC(2017, 2, 1, 18, 37, 4)],
  ['the day first', (n: number) => `${12 + n}.09.2020 10:00`, Date.UTC(2020, 8, 13, 10)],
])('recognises times by their values if no name says which they are: %s', async (_, time, first) => {
  // Goodreads: date_added, and a date of publication that is not the event's.
  const rows = [4, 3, 2, 1].map((n) =>
    JSON.stringify({ user_id: 'u', book_id: `b${n}`, publication: '2001', date_added: time(n) }),
  );
  const { log } = await readLog([fileOf('interactions.json', rows.join('\n'))]);
  const [user] = logUsers(log);
  expect(user!.events.map(({ item }) => log.items.at(item).id)).toEqual(['b1', 'b2', 'b3', 'b4']);
  expect(user!.events[0]!.time).toBe(first / 1000);
});

it('says why no event is left', async () => {
  const rows = [1, 2, 3].map((n) => `u${n},i${n},${n},Title ${n}\n`).join('');
  await expect(readLog([fileOf('log.csv', `user,item,time,title\n${rows}`)])).rejects.toThrow(
    'No event is left (3 rows: user with too few events).',
  );
});
