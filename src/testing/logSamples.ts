/** One small log in every published format, for tests. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { fileOf } from './smallLogs';

/** Two users with five events each over four items; what every format below must give. */
export const HISTORIES = { 1: ['10', '11', '12', '13', '10'], 2: ['12', '13', '11', '10', '12'] } as const;
export const TITLES: Readonly<Record<string, string>> = {
  10: 'Toy Story (1995)',
  11: 'Jumanji (1995)',
  12: 'Café "Noir"',
  13: 'Heat & Dust',
};
const START = 1_000_000_000;

export interface Event {
  readonly user: string;
  readonly item: string;
  readonly time: number;
  readonly place: number;
}

export const EVENTS: readonly Event[] = Object.entries(HISTORIES).flatMap(([user, items]) =>
  items.map((item, place) => ({ user, item, time: START + 60 * place, place })),
);

export function lines<T>(values: readonly T[], line: (value: T) => string): string {
  return values.map((value) => `${line(value)}\n`).join('');
}

export const SAMPLE_ITEMS = Object.entries(TITLES);
const latin = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (char) => char.charCodeAt(0));
const genres = '|0'.repeat(19);

/** Formats with their items' titles, by name. */
export const WITH_TITLES: readonly (readonly [string, readonly File[]])[] = [
  [
    'MovieLens 100K',
    [
      fileOf(
        'u.data',
        lines(EVENTS, ({ user, item, time }) => `${user}\t${item}\t3\t${time}`),
      ),
      fileOf('u.item', latin(lines(SAMPLE_ITEMS, ([id, title]) => `${id}|${title}|01-Jan-1995||http://x/${id}${genres}`))),
      fileOf('u.user', '1|24|M|technician|85711\n2|53|F|other|94043\n'),
      fileOf('u.genre', 'unknown|0\nAction|1\n'),
    ],
  ],
  [
    'MovieLens 1M or 10M',
    [
      fileOf('movies.dat', latin(lines(SAMPLE_ITEMS, ([id, title]) => `${id}::${title}::Drama|Comedy`))),
      fileOf(
        'ratings.dat',
        lines(EVENTS, ({ user, item, time }) => `${user}::${item}::5::${time}`),
      ),
      fileOf('users.dat', '1::F::1::10::48067\n2::M::56::16::70072\n'),
      fileOf('tags.dat', '1::10::funny::1000000000\n2::11::5::1000000000\n'),
    ],
  ],
  [
    'MovieLens CSV',
    [
      fileOf(
        'ratings.csv',
        `userId,movieId,rating,timestamp\n${lines(EVENTS, ({ user, item, time }) => `${user},${item},4.0,${time}`)}`,
      ),
      fileOf(
        'movies.csv',
        `movieId,title,genres\n${lines(SAMPLE_ITEMS, ([id, title]) => `${id},"${title.replaceAll('"', '""')}",Drama`)}`,
      ),
      fileOf('tags.csv', 'userId,movieId,tag,timestamp\n1,10,funny,1000000000\n'),
      fileOf('links.csv', 'movieId,imdbId,tmdbId\n10,0114709,862\n'),
    ],
  ],
  [
    'RecBole',
    [
      fileOf(
        'ml.inter',
        `user_id:token\titem_id:token\trating:float\ttimestamp:float\n${lines(EVENTS, ({ user, item, time }) => `${user}\t${item}\t4\t${time}.0`)}`,
      ),
      fileOf(
        'ml.item',
        `item_id:token\tmovie_title:token_seq\tclass:token_seq\n${lines(SAMPLE_ITEMS, ([id, title]) => `${id}\t${title}\tDrama`)}`,
      ),
      fileOf('ml.user', 'user_id:token\tage:token\n1\t24\n2\t53\n'),
    ],
  ],
  [
    'Amazon Reviews 2014 or 2018',
    [
      fileOf(
        'reviews.json',
        lines(EVENTS, ({ user, item, time }) =>
          JSON.stringify({
            reviewerID: user,
            asin: item,
            summary: 'Not a title',
            overall: 5,
            unixReviewTime: time,
            reviewTime: '09 9, 2001',
          }),
        ),
      ),
      fileOf(
        'meta.json',
        lines(
          SAMPLE_ITEMS,
          ([id, title]) => `{'asin': '${id}', 'title': '${title}', 'categories': [['Movies', 'Drama']], 'imUrl': 'http://x'}`,
        ),
      ),
    ],
  ],
  [
    'Amazon Reviews 2023',
    [
      fileOf(
        'Movies.jsonl',
        lines(EVENTS, ({ user, item, time }) =>
          JSON.stringify({
            rating: 5,
            title: 'Not a title',
            text: 'A review',
            asin: `x${item}`,
            parent_asin: item,
            user_id: user,
            timestamp: 1000 * time,
          }),
        ),
      ),
      fileOf(
        'meta_Movies.jsonl',
        lines(SAMPLE_ITEMS, ([id, title]) =>
          JSON.stringify({
            main_category: 'Movies',
            title,
            features: [],
            price: 9.5,
            images: [{ large: 'http://x' }],
            categories: [],
            parent_asin: id,
          }),
        ),
      ),
    ],
  ],
  [
    'Histories, one a line',
    [
      fileOf(
        'sequential_data.txt',
        lines(Object.entries(HISTORIES), ([user, items]) => [user, ...items.slice(0, 5 - Number(user) + 1)].join(' ')),
      ),
      fileOf(
        'item_titles.txt',
        lines(SAMPLE_ITEMS, ([id, title]) => `${id} ${title}`),
      ),
    ],
  ],
  [
    'Table, semicolons',
    [
      fileOf(
        'log.csv',
        `User;Item;Datetime;Name\n${lines(EVENTS, ({ user, item, time }) => `${user};${item};${new Date(1000 * time).toISOString()};${TITLES[item]!}`)}`,
      ),
    ],
  ],
  [
    'JSON array',
    [
      fileOf(
        'log.json',
        JSON.stringify(
          EVENTS.map(({ user, item, time }) => ({ user_id: Number(user), item_id: Number(item), ts: time, title: TITLES[item] })),
          null,
          2,
        ),
      ),
    ],
  ],
  [
    'Parquet',
    [
      fileOf(
        'log.parquet',
        new Uint8Array(
          parquetWriteBuffer({
            columnData: [
              { name: 'user_id', data: EVENTS.map(({ user }) => Number(user)), type: 'INT32' },
              { name: 'item_id', data: EVENTS.map(({ item }) => item), type: 'STRING' },
              { name: 'timestamp', data: EVENTS.map(({ time }) => new Date(1000 * time)), type: 'TIMESTAMP' },
              { name: 'title', data: EVENTS.map(({ item }) => TITLES[item]), type: 'STRING' },
            ],
          }),
        ),
      ),
    ],
  ],
];
