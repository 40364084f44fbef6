import { gzipSync, strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { inspectFiles } from '../intake/intake';
import { readLog, type ReadLog } from '../readLog';
import { fileOf, logUsers } from '../../testing/smallLogs';
import { EVENTS, HISTORIES, SAMPLE_ITEMS, lines, TITLES, WITH_TITLES, type Event } from '../../testing/logSamples';

function historiesOf({ log }: ReadLog): Record<string, string[]> {
  return Object.fromEntries(logUsers(log).map(({ id, events }) => [id, events.map(({ item }) => log.items.at(item).id)]));
}

describe('known formats', () => {
  it.each(WITH_TITLES)('%s', async (name, files) => {
    const read = await readLog(files);
    const expected = name.startsWith('Histories') ? { 1: HISTORIES[1], 2: HISTORIES[2].slice(0, 4) } : HISTORIES;
    expect(historiesOf(read)).toEqual(expected);
    for (const { id, title } of read.log.items) expect(title).toBe(TITLES[id]);
    expect(read.log.items).toHaveLength(4);
    expect(read.dropped).toEqual([]);
    const events = read.recipe.sources.find(({ part }) => part === 'events')!;
    expect(events.format).toBe(/^(?:Table|JSON|Parquet)/.test(name) ? 'Table' : name);
  });

  it.each(WITH_TITLES)('%s in a ZIP with a README', async (_, files) => {
    const entries: Record<string, Uint8Array> = { 'set/README.txt': strToU8('SUMMARY\n=======\nThis describes ratings.\n') };
    for (const file of files) entries[`set/${file.name}`] = new Uint8Array(await file.arrayBuffer());
    const zipped = await readLog([fileOf('set.zip', Uint8Array.from(zipSync(entries)))]);
    expect(historiesOf(zipped)).toEqual(historiesOf(await readLog(files)));
    expect(zipped.log.name).toBe('set');
  });

  it.each(WITH_TITLES)('%s, each file as gzip', async (_, files) => {
    const packed = files.map(async (file) =>
      fileOf(`${file.name}.gz`, Uint8Array.from(gzipSync(new Uint8Array(await file.arrayBuffer())))),
    );
    const read = await readLog(await Promise.all(packed));
    expect({ ...read.log, name: '' }).toEqual({ ...(await readLog(files)).log, name: '' });
  });

  it('MovieLens 100K as in its archive: the parts of splits beside u.data are ignored', async () => {
    const [, files] = WITH_TITLES[0]!;
    const data = await files[0]!.text();
    const [base, test] = [data.split('\n').slice(0, 8).join('\n'), data.split('\n').slice(8).join('\n')];
    const parts = ['u1.base', 'ua.base'].map((name) => fileOf(name, base));
    const read = await readLog([...files, ...parts, fileOf('u1.test', test), fileOf('ua.test', test)]);
    expect(historiesOf(read)).toEqual(HISTORIES);
    expect([read.dropped, read.recipe.split.kind]).toEqual([[], 'leave-last-out']);
    // Without u.data, a part is what its name says.
    const alone = await readLog([parts[0]!, fileOf('u1.test', test), files[1]!]);
    expect([historiesOf(alone), alone.recipe.split]).toEqual([HISTORIES, { kind: 'given' }]);
  });

  it('Amazon 2018: texts in lists, markup in titles, prices with a sign', async () => {
    const reviews = lines(EVENTS, ({ user, item, time }) =>
      JSON.stringify({
        overall: 5,
        verified: true,
        reviewerID: user,
        asin: item,
        unixReviewTime: time,
        style: { 'Size:': ' L' },
      }),
    );
    const meta = lines(SAMPLE_ITEMS, ([id, title]) =>
      JSON.stringify({
        category: ['Movies', 'Drama'],
        description: ['One.', 'Two.'],
        title: `<b>${title}</b>`,
        also_buy: [],
        price: '$9.99',
        imageURL: ['http://x/1.jpg'],
        asin: id,
      }),
    );
    const gz = (name: string, text: string): File => fileOf(name, Uint8Array.from(gzipSync(strToU8(text))));
    const read = await readLog([gz('Movies_5.json.gz', reviews), gz('meta_Movies.json.gz', meta)]);
    expect(historiesOf(read)).toEqual(HISTORIES);
    expect(read.recipe.sources.map(({ format }) => format)).toEqual(['Amazon Reviews 2014 or 2018', 'Amazon metadata']);
    expect([...read.log.items].find(({ id }) => id === '10')).toEqual({
      id: '10',
      title: '<b>Toy Story (1995)</b>',
      category: 'Movies > Drama',
      description: 'One. Two.',
      price: '$9.99',
      image: 'http://x/1.jpg',
    });
  });

  it('Taobao: ids stand in for texts, kinds of events are there to choose from', async () => {
    const text = lines(EVENTS, ({ user, item, time, place }) => `${user},${item},7,${place === 1 ? 'buy' : 'pv'},${time}`);
    const read = await readLog([fileOf('UserBehavior.csv', text)]);
    expect(historiesOf(read)).toEqual(HISTORIES);
    expect(read.log.items.at(0)).toMatchObject({ id: '10', title: 'item 10', category: '7' });
    const { recipe } = read;
    expect(recipe.filters.withoutText).toBe('id');
    const viewed = await readLog([fileOf('UserBehavior.csv', text)], {
      recipe: { ...recipe, filters: { ...recipe.filters, events: ['pv'] } },
    });
    expect(historiesOf(viewed)).toEqual({ 1: ['10', '12', '13', '10'], 2: ['12', '11', '10', '12'] });
    expect(viewed.dropped).toMatchObject([{ reason: 'event type that is filtered out', rows: 2 }]);
  });

  it('Amazon ratings without names: user and item by their looks, in either order', async () => {
    const rows = EVENTS.map(({ user, item, time }) => [`A${user}ABCDEFGHIJ`, `B0000000${item}`, '5.0', String(time)]);
    for (const swap of [false, true]) {
      const text = lines(rows, ([user, item, rating, time]) =>
        (swap ? [item, user, rating, time] : [user, item, rating, time]).join(','),
      );
      const { guesses } = await inspectFiles([fileOf('ratings_Movies.csv', text)]);
      expect(guesses[0]?.mapping).toMatchObject({
        format: 'Amazon ratings',
        roles: { user: swap ? 1 : 0, item: swap ? 0 : 1, rating: 2, time: 3 },
      });
    }
  });

  it('a search log keeps queries and shown items', async () => {
    const text = `AnonID,Query,QueryTime,ClickURL,title,impressions\n${lines(EVENTS, ({ user, item, time, place }) => `${user},q${place},${time},${item},${TITLES[item]!.replaceAll('"', '')},"10, 11 ,13"`)}`;
    const read = await readLog([fileOf('search.csv', text)]);
    expect(read.recipe.sources[0]?.format).toBe('Search log');
    const [first] = logUsers(read.log)[0]!.events;
    expect(first?.query).toBe('q0');
    expect(first?.exposed.map((item) => read.log.items.at(item).id)).toEqual(['11', '13']);
  });
});

describe('splits that come with the files', () => {
  it('RecBole benchmark files: histories unfold into events, and each row’s item is in its part', async () => {
    const header = 'user_id:token\titem_id_list:token_seq\titem_id:token\n';
    const row = (user: keyof typeof HISTORIES, place: number): string =>
      `${user}\t${HISTORIES[user].slice(0, place).join(' ')}\t${HISTORIES[user][place]!}\n`;
    const read = await readLog([
      fileOf('ml.test.inter', header + row(1, 4) + row(2, 4)),
      fileOf('ml.train.inter', header + row(1, 1) + row(1, 2) + row(2, 1) + row(2, 2)),
      fileOf('ml.valid.inter', header + row(1, 3) + row(2, 3)),
      fileOf('ml.item', `item_id:token\ttitle:token_seq\n${lines(SAMPLE_ITEMS, ([id, title]) => `${id}\t${title}`)}`),
    ]);
    expect(historiesOf(read)).toEqual(HISTORIES);
    expect(read.recipe.split).toEqual({ kind: 'given' });
    expect(read.split.train).toEqual([
      { user: 0, end: 3 },
      { user: 1, end: 3 },
    ]);
    expect(read.split.validation.map(({ position }) => position)).toEqual([3, 3]);
    expect(read.split.test.map(({ position }) => position)).toEqual([4, 4]);
    expect(read.dropped).toEqual([]);
  });

  it('Amazon 2023 files with histories: the history repeats rows of the user and adds nothing', async () => {
    const header = 'user_id,parent_asin,rating,timestamp,history\n';
    const row = ({ user, item, time, place }: Event): string =>
      `${user},${item},5.0,${1000 * time},${HISTORIES[user as '1' | '2'].slice(0, place).join(' ')}\n`;
    const of = (...places: number[]): string =>
      EVENTS.filter(({ place }) => places.includes(place))
        .map(row)
        .join('');
    const read = await readLog([
      fileOf('Movies.train.csv', header + of(0, 1, 2)),
      fileOf('Movies.valid.csv', header + of(3)),
      fileOf('Movies.test.csv', header + of(4)),
      fileOf(
        'meta.jsonl',
        lines(SAMPLE_ITEMS, ([id, title]) => JSON.stringify({ parent_asin: id, title, main_category: 'Movies' })),
      ),
    ]);
    expect(historiesOf(read)).toEqual(HISTORIES);
    expect(read.recipe.sources[0]?.format).toBe('Amazon Reviews 2023, with histories');
    expect(read.split.test.map(({ position }) => position)).toEqual([4, 4]);
  });
});
