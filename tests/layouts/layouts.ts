/** Published layouts, re-created by their descriptions over a small seeded world: no real data. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import { dated, hex, layout, lines, quoted, titlesOf, type Layout, type Visit, type World } from './world';

const DAY = 86_400;
const GENRES = '|0'.repeat(19);
const HALF_YEAR = { gap: 90_001 };
const asin = (n: number): string =>
  `B00${String(1_000_003 * (n + 1))
    .padStart(7, '0')
    .slice(0, 5)}X${String.fromCharCode(65 + (n % 26))}`;
const reviewer = (n: number): string => `A${hex(n, 12).toUpperCase()}`;
const rows = (of: World, row: (visit: Visit) => readonly (string | number)[], delimiter = ',', header?: string): string =>
  (header === undefined ? '' : `${header}\n`) + lines(of.visits.map(row), delimiter);
const grouped = (of: World): Visit[] => of.histories.flat();
const byItem = (of: World): Visit[][] =>
  of.products.map(({ id }) => of.visits.filter(({ item }) => item === id)).filter(({ length }) => length > 0);
const json = (values: readonly unknown[]): string => lines(values.map((value) => JSON.stringify(value)));
/** Training, validation and test in the field's way: the last visit of each is the test target. */
const parts = (of: World): [Visit[], Visit[], Visit[]] => [
  of.histories.flatMap((own) => own.slice(0, -2)),
  of.histories.map((own) => own.at(-2)!),
  of.histories.map((own) => own.at(-1)!),
];
const counts = (of: World): [number, number, number] => [
  of.visits.length - 2 * of.users.length,
  of.users.length,
  of.users.length,
];
const python = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => `u'${text.replaceAll("'", "\\'")}'`)
    .replaceAll(/\b(true|false|null)\b(?=[,}\]])/g, (word) => ({ true: 'True', false: 'False', null: 'None' })[word]!);
/** `11/9/2019 9:05:58 AM`. */
const half = (time: number): string => {
  const [date, hour, rest] = dated(time, 'M/D/Y|h|:m:s').split('|') as [string, string, string];
  return `${date} ${Number(hour) % 12 === 0 ? 12 : Number(hour) % 12}${rest} ${Number(hour) < 12 ? 'A' : 'P'}M`;
};
const parquet = (columns: Readonly<Record<string, readonly unknown[]>>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(parquetWriteBuffer({ columnData: Object.entries(columns).map(([name, data]) => ({ name, data: [...data] })) }));
const coordinates = (n: number): [string, string] => [
  (30 + ((n * 7) % 20) + 0.2359 + n / 1e4).toFixed(6),
  (-97 + ((n * 3) % 9) - 0.7951 - n / 1e4).toFixed(6),
];
const trust = (of: World, delimiter: string, last: readonly (string | number)[] = [1]): string =>
  lines(
    of.users.flatMap((user, at) => [1, 3, 4].map((step) => [user, of.users[(at + step) % of.users.length]!, ...last])),
    delimiter,
  );

export const LAYOUTS: readonly Layout[] = [
  // Films.
  layout('MovieLens 100K', {}, (of) => ({
    files: {
      'u.data': rows(of, ({ user, item, rating, time }) => [user, item, rating, time], '\t'),
      'u.item': lines(of.products.map(({ id, title }) => `${id}|${title}|01-Jan-1995||http://x/${id}${GENRES}`)),
      'u.user': lines(of.users.map((user) => `${user}|24|M|technician|85711`)),
      'u.genre': 'unknown|0\nAction|1\n',
      'u.info': '12 users\n40 items\n',
      'u.occupation': 'artist\ndoctor\n',
      'u1.base': lines(
        of.visits.slice(0, 40).map(({ user, item, rating, time }) => [user, item, rating, time]),
        '\t',
      ),
      'u1.test': lines(
        of.visits.slice(40).map(({ user, item, rating, time }) => [user, item, rating, time]),
        '\t',
      ),
    },
    titles: titlesOf(of),
  })),
  layout('MovieLens 1M', {}, (of) => ({
    files: {
      'movies.dat': lines(
        of.products.map(({ id, title, category }) => [id, title, category]),
        '::',
      ),
      'ratings.dat': rows(of, ({ user, item, rating, time }) => [user, item, rating, time], '::'),
      'users.dat': lines(
        of.users.map((user) => [user, 'F', 1, 10, '48067']),
        '::',
      ),
      README: 'SUMMARY\n=======\n\nThese files contain ratings of movies.\n',
    },
    titles: titlesOf(of),
  })),
  layout('MovieLens 10M', {}, (of) => ({
    files: {
      'movies.dat': lines(
        of.products.map(({ id, title }) => [id, title, 'Drama|War']),
        '::',
      ),
      'ratings.dat': rows(of, ({ user, item, rating, time }) => [user, item, rating - 0.5, time], '::'),
      'tags.dat': rows(of, ({ user, item, time }) => [user, item, 'boring', time + 9], '::'),
    },
    titles: titlesOf(of),
    aside: ['tags.dat'],
  })),
  layout('MovieLens 20M, 25M, 32M, latest', {}, (of) => ({
    files: {
      'ratings.csv': rows(
        of,
        ({ user, item, rating, time }) => [user, item, `${rating}.0`, time],
        ',',
        'userId,movieId,rating,timestamp',
      ),
      'movies.csv': `movieId,title,genres\n${lines(of.products.map(({ id, title }) => [id, quoted(title), 'Drama|War']))}`,
      'tags.csv': rows(of, ({ user, item, time }) => [user, item, 'funny', time + 5], ',', 'userId,movieId,tag,timestamp'),
      'links.csv': `movieId,imdbId,tmdbId\n${lines(of.products.map(({ id }, at) => [id, `011470${at}`, 862 + at]))}`,
      'genome-scores.csv': 'movieId,tagId,relevance\n1,1,0.025\n1,2,0.03\n',
      'genome-tags.csv': 'tagId,tag\n1,007\n2,18th century\n',
    },
    titles: titlesOf(of),
    aside: ['tags.csv', 'links.csv', 'genome-scores.csv', 'genome-tags.csv'],
  })),
  layout('HetRec 2011 MovieLens', {}, (of) => {
    const split = (time: number): readonly string[] =>
      dated(time, 'D M Y h m s')
        .split(' ')
        .map((part) => String(Number(part)));
    return {
      files: {
        'user_ratedmovies.dat': rows(
          of,
          ({ user, item, rating, time }) => [user, item, rating, ...split(time)],
          '\t',
          'userID\tmovieID\trating\tdate_day\tdate_month\tdate_year\tdate_hour\tdate_minute\tdate_second',
        ),
        'movies.dat': `id\ttitle\timdbID\tspanishTitle\tyear\n${lines(
          of.products.map(({ id, title }) => [id, title, `0114${id}`, `El ${title}`, 1995]),
          '\t',
        )}`,
        'movie_genres.dat': `movieID\tgenre\n${lines(
          of.products.map(({ id, category }) => [id, category]),
          '\t',
        )}`,
        'user_taggedmovies.dat': rows(
          of,
          ({ user, item, time }) => [user, item, 7, ...split(time)],
          '\t',
          'userID\tmovieID\ttagID\tdate_day\tdate_month\tdate_year\tdate_hour\tdate_minute\tdate_second',
        ),
        'tags.dat': 'id\tvalue\n1\tearth\n2\tpolice\n7\tboxing\n',
      },
      titles: titlesOf(of),
      aside: ['user_taggedmovies.dat', 'tags.dat'],
    };
  }),
  layout('Netflix Prize, combined_data', { user: (n) => String(1_488_844 + 7 * n), ...HALF_YEAR }, (of) => ({
    files: {
      'combined_data_1.txt': byItem(of)
        .map((own) => `${own[0]!.item}:\n${lines(own.map(({ user, rating, time }) => [user, rating, dated(time, 'Y-M-D')]))}`)
        .join(''),
      'movie_titles.csv': lines(of.products.map(({ id, title }) => [id, 2003, title])),
    },
    times: DAY,
    titles: titlesOf(of),
  })),
  layout('Netflix Prize, mv_*.txt', { user: (n) => String(1_488_844 + 7 * n), ...HALF_YEAR }, (of) => ({
    files: {
      ...Object.fromEntries(
        byItem(of).map((own) => [
          `training_set/mv_${own[0]!.item.padStart(7, '0')}.txt`,
          `${own[0]!.item}:\n${lines(own.map(({ user, rating, time }) => [user, rating, dated(time, 'Y-M-D')]))}`,
        ]),
      ),
      'movie_titles.txt': lines(of.products.map(({ id, title }) => [id, 2003, title])),
    },
    times: DAY,
    titles: titlesOf(of),
  })),
  layout('EachMovie', {}, (of) => ({
    files: {
      'Vote.txt': rows(
        of,
        ({ user, item, rating, time }) => [user, item, (rating / 5).toFixed(1), 1, dated(time, 'M/D/y h:m:s')],
        '\t',
      ),
      'Movie.txt': lines(
        of.products.map(({ id, title }) => [id, title, 'http://www.x.com/', 'F', 1, 0, 0, 0]),
        '\t',
      ),
      'Person.txt': lines(
        of.users.map((user) => [user, 30, 'M', '98102']),
        '\t',
      ),
    },
    titles: titlesOf(of),
    aside: ['Person.txt'],
  })),
  layout('FilmTrust', {}, (of) => ({
    files: {
      'ratings.txt': lines(
        grouped(of).map(({ user, item, rating }) => [user, item, rating]),
        ' ',
      ),
      'trust.txt': trust(of, ' '),
      'readme.txt': 'FilmTrust is a small dataset crawled from the site.\nPlease cite the paper.\n',
    },
    times: null,
    aside: ['trust.txt'],
  })),
  layout('CiaoDVD', HALF_YEAR, (of) => ({
    files: {
      'movie-ratings.txt': rows(of, ({ user, item, rating, time }) => [
        user,
        item,
        1,
        Number(user) * 100 + Number(item),
        rating,
        dated(time, 'Y-M-D'),
      ]),
      'trusts.txt': trust(of, ','),
      'review-ratings.txt': lines(
        of.visits.map(({ user, item }, at) => [of.users[at % 12]!, Number(user) * 100 + Number(item), 4]),
      ),
    },
    times: DAY,
    aside: ['trusts.txt', 'review-ratings.txt'],
  })),
  layout('Douban, social', { gap: 90_001 }, (of) => ({
    files: {
      'douban_movie.tsv': rows(
        of,
        ({ user, item, rating, time }) => [user, item, rating, time],
        '\t',
        'UserId\tItemId\tRating\tTimestamp',
      ),
      'socialnet.tsv': `Follower\tFollowee\tWeight\n${trust(of, '\t')}`,
    },
    aside: ['socialnet.tsv'],
  })),
  layout('Douban Moviedata-10M', { user: (n) => hex(n) }, (of) => ({
    files: {
      'ratings.csv': lines([
        'RATING_ID,USER_MD5,MOVIE_ID,RATING,RATING_TIME',
        ...of.visits.map(
          ({ user, item, rating, time }, at) => `${1_359_352_573 + at},${user},${item},${rating},${dated(time, 'Y-M-D h:m:s')}`,
        ),
      ]),
      'movies.csv': `MOVIE_ID,NAME,ALIAS,ACTORS,COVER,GENRES\n${lines(of.products.map(({ id, title, category }) => [id, quoted(title), '', 'Somebody', 'https://x/1.jpg', category]))}`,
      'users.csv': `USER_MD5,USER_NICKNAME\n${lines(of.users.map((user) => [user, 'nick']))}`,
    },
    titles: titlesOf(of),
    aside: ['users.csv'],
  })),
  layout('MyAnimeList (Kaggle 2016)', {}, (of) => ({
    files: {
      'rating.csv': lines([
        'user_id,anime_id,rating',
        ...grouped(of).map(({ user, item, rating }) => `${user},${item},${2 * rating}`),
      ]),
      'anime.csv': `anime_id,name,genre,type,episodes,rating,members\n${lines(of.products.map(({ id, title }) => [id, quoted(title), '"Drama, School"', 'Movie', 1, 9.37, 200_630]))}`,
    },
    times: null,
    titles: titlesOf(of),
  })),
  layout('Jester', {}, () => ({
    files: {
      'jester-data-1.csv': lines(
        Array.from({ length: 40 }, (_, row) => [
          74,
          ...Array.from({ length: 100 }, (__, joke) => (((row * 37 + joke * 91) % 2000) / 100 - 10).toFixed(2)),
        ]),
      ),
    },
    visits: null,
    refused: /./,
  })),

  // Shops.
  layout('Amazon Reviews 2014', { user: reviewer, item: asin, gap: 90_000, start: 1_425_254_400 }, (of) => ({
    files: {
      'reviews_Beauty_5.json': json(
        of.visits.map(({ user, item, rating, time }) => ({
          reviewerID: user,
          asin: item,
          reviewerName: 'Bo',
          helpful: [0, 1],
          reviewText: 'A text',
          overall: rating,
          summary: 'Good',
          unixReviewTime: time,
          reviewTime: '03 2, 2015',
        })),
      ),
      'meta_Beauty.json': lines(
        of.products.map(({ id, title, category }) =>
          python({
            asin: id,
            title,
            price: 9.5,
            imUrl: 'http://x',
            related: { also_bought: [asin(1), asin(2)] },
            categories: [['Beauty', category]],
          }),
        ),
      ),
    },
    titles: titlesOf(of),
  })),
  layout('Amazon Reviews 2018', { user: reviewer, item: asin }, (of) => ({
    files: {
      'All_Beauty.json': json(
        of.visits.map(({ user, item, rating, time }) => ({
          overall: rating,
          verified: true,
          reviewTime: '03 2, 2015',
          reviewerID: user,
          asin: item,
          reviewText: 'A',
          summary: 'B',
          unixReviewTime: time,
        })),
      ),
      'meta_All_Beauty.json': json(
        of.products.map(({ id, title }) => ({
          category: [],
          description: ['One'],
          title,
          also_buy: [asin(3)],
          brand: 'x',
          feature: [],
          rank: '1',
          asin: id,
        })),
      ),
    },
    titles: titlesOf(of),
  })),
  layout('Amazon Reviews 2023', { user: (n) => `AE${hex(n, 26).toUpperCase()}`, item: asin }, (of) => ({
    files: {
      'All_Beauty.jsonl': json(
        of.visits.map(({ user, item, rating, time }) => ({
          rating,
          title: 'Nice',
          text: 'A review',
          images: [],
          asin: `${item}1`,
          parent_asin: item,
          user_id: user,
          timestamp: 1000 * time,
          helpful_vote: 0,
          verified_purchase: true,
        })),
      ),
      'meta_All_Beauty.jsonl': json(
        of.products.map(({ id, title }) => ({
          main_category: 'All Beauty',
          title,
          average_rating: 4.8,
          features: [],
          description: [],
          price: null,
          images: [],
          store: 'x',
          categories: [],
          details: {},
          parent_asin: id,
        })),
      ),
    },
    titles: titlesOf(of),
  })),
  layout('Amazon ratings only', { user: reviewer, item: asin, gap: 86_400 }, (of) => ({
    files: { 'ratings_Beauty.csv': rows(of, ({ user, item, rating, time }) => [user, item, `${rating}.0`, time]) },
  })),
  layout('Amazon ratings, Kaggle', { user: reviewer, item: asin, gap: 86_400 }, (of) => ({
    files: {
      'ratings_Beauty.csv': rows(
        of,
        ({ user, item, rating, time }) => [user, item, rating, time],
        ',',
        'UserId,ProductId,Rating,Timestamp',
      ),
    },
  })),
  layout('Amazon-M2', { item: asin, user: (n) => String(n + 1) }, (of) => ({
    files: {
      'sessions_train.csv': `prev_items,next_item,locale\n${lines(
        of.histories.map((own) => [
          quoted(
            `[${own
              .slice(0, -1)
              .map(({ item }) => `'${item}'`)
              .join(' ')}]`,
          ),
          own.at(-1)!.item,
          'DE',
        ]),
      )}`,
      'products_train.csv': `id,locale,title,price,brand,color,size,model,material,author,desc\n${lines(of.products.map(({ id, title }) => [id, 'DE', quoted(title), 9.5, 'x', '', '', '', '', '', 'A text']))}`,
    },
    times: null,
    titles: titlesOf(of),
  })),
  layout('SNAP Amazon reviews', { user: reviewer, item: asin, gap: 86_400 }, (of) => ({
    files: {
      'finefoods.txt': of.visits
        .map(
          ({ user, item, rating, time }) =>
            `product/productId: ${item}\nreview/userId: ${user}\nreview/profileName: somebody, "else"\nreview/helpfulness: 1/1\nreview/score: ${rating}.0\nreview/time: ${time}\nreview/summary: Good: very\nreview/text: I bought this, twice.\n\n`,
        )
        .join(''),
    },
  })),
  layout('SNAP BeerAdvocate', { user: (n) => `drinker${n}` }, (of) => ({
    files: {
      'beeradvocate.txt': of.visits
        .map(
          ({ user, item, rating, time }) =>
            `beer/name: ${of.titleOf(item)}\nbeer/beerId: ${item}\nbeer/brewerId: 10325\nbeer/ABV: 5.00\nbeer/style: Hefeweizen\nreview/appearance: 2.5\nreview/overall: ${rating}\nreview/time: ${time}\nreview/profileName: ${user}\nreview/text: A lot of foam.\n\n`,
        )
        .join(''),
    },
    titles: titlesOf(of),
  })),
  layout('Taobao UserBehavior', { user: (n) => String(100 + 17 * n), item: (n) => String(2_333_346 + 71 * n) }, (of) => ({
    files: {
      'UserBehavior.csv': lines(
        of.visits.map(({ user, item, time }, at) => [
          user,
          item,
          2_520_771 + (Number(item) % 3),
          at % 9 === 2 ? 'cart' : 'pv',
          time,
        ]),
      ),
    },
  })),
  layout('Taobao ad display', { user: (n) => String(581_738 + 13 * n) }, (of) => ({
    files: {
      'raw_sample.csv': `user,time_stamp,adgroup_id,pid,nonclk,clk\n${lines(of.visits.flatMap(({ user, item, time }, at) => [[user, time, item, '430548_1007', 0, 1], ...(at % 2 === 0 ? [[user, time + 1, of.products[at % 40]!.id, '430539_1007', 1, 0]] : [])]))}`,
      'ad_feature.csv': `adgroup_id,cate_id,campaign_id,customer,brand,price\n${lines(of.products.map(({ id }) => [id, 6406, 83_237, 1, 95_471, 170]))}`,
      'user_profile.csv': `userid,cms_segid,cms_group_id,final_gender_code,age_level\n${lines(of.users.map((user) => [user, 0, 5, 2, 5]))}`,
    },
    aside: ['user_profile.csv'],
  })),
  layout('Tmall IJCAI-15', { user: (n) => String(328_862 + n), item: (n) => String(323_294 + 71 * n), gap: 2 * DAY }, (of) => ({
    files: {
      'user_log_format1.csv': rows(
        of,
        ({ user, item, time }) => [user, item, 833, 2882, 2661, dated(time, 'MD'), 0],
        ',',
        'user_id,item_id,cat_id,seller_id,brand_id,time_stamp,action_type',
      ),
      'user_info_format1.csv': `user_id,age_range,gender\n${lines(of.users.map((user) => [user, 6, 0]))}`,
    },
    times: null,
    aside: ['user_info_format1.csv'],
  })),
  layout(
    'Tianchi mobile',
    { user: (n) => String(98_047_837 + n), item: (n) => String(232_431_562 + n), gap: 10_800, start: 1_417_824_000 },
    (of) => ({
      files: {
        'tianchi_mobile_recommend_train_user.csv': rows(
          of,
          ({ user, item, time }) => [user, item, 1, '96nn52n', 4245, dated(time, 'Y-M-D h')],
          ',',
          'user_id,item_id,behavior_type,user_geohash,item_category,time',
        ),
        'tianchi_mobile_recommend_train_item.csv': `item_id,item_geohash,item_category\n${lines(of.products.map(({ id }) => [id, '', 3368]))}`,
      },
      times: 3600,
    }),
  ),
  layout('JData', { user: (n) => `${266_079 + n}`, item: (n) => String(138_778 + n) }, (of) => {
    const header = 'user_id,sku_id,time,model_id,type,cate,brand';
    const row = ({ user, item, time }: Visit): string[] => [`${user}.0`, item, dated(time, 'Y-M-D h:m:s'), '', '1', '8', '403'];
    return {
      files: {
        'JData_Action_201602.csv': `${header}\n${lines(of.visits.slice(0, 50).map(row))}`,
        'JData_Action_201603.csv': `${header}\n${lines(of.visits.slice(50).map(row))}`,
        'JData_Product.csv': `sku_id,a1,a2,a3,cate,brand\n${lines(of.products.map(({ id }) => [id, 3, 1, 1, 8, 489]))}`,
        'JData_User.csv': `user_id,age,sex,user_lv_cd,user_reg_tm\n${lines(of.users.map((user) => [user, '26-35', 2, 5, '2016-01-26']))}`,
        'JData_Comment.csv': `dt,sku_id,comment_num,has_bad_comment,bad_comment_rate\n${lines(of.products.map(({ id }) => ['2016-02-01', id, 3, 1, 0.0417]))}`,
      },
      aside: ['JData_User.csv', 'JData_Comment.csv'],
    };
  }),
  layout('Yoochoose', { user: (n) => String(n + 1), item: (n) => String(214_536_500 + n) }, (of) => ({
    files: { 'yoochoose-clicks.dat': rows(of, ({ user, item, time }) => [user, dated(time, 'Y-M-DTh:m:s.009Z'), item, 0]) },
    times: 1,
  })),
  layout('RetailRocket', { user: (n) => String(257_597 + n), item: (n) => String(355_908 + n) }, (of) => ({
    files: {
      'events.csv': rows(
        of,
        ({ user, item, time }) => [1000 * time, user, 'view', item, ''],
        ',',
        'timestamp,visitorid,event,itemid,transactionid',
      ),
      'item_properties_part1.csv': `timestamp,itemid,property,value\n${lines(of.products.map(({ id }) => [1_435_460_400_000, id, 'categoryid', 1338]))}`,
      'category_tree.csv': 'categoryid,parentid\n1016,213\n809,169\n',
    },
    aside: ['item_properties_part1.csv', 'category_tree.csv'],
  })),
  layout('Diginetica', { gap: 90_001 }, (of) => ({
    files: {
      'train-item-views.csv': rows(
        of,
        ({ user, item, time }) => [user, 'NA', item, 81_766, dated(time, 'Y-M-D')],
        ';',
        'sessionId;userId;itemId;timeframe;eventdate',
      ),
      'train-purchases.csv': `sessionId;userId;timeframe;eventdate;ordernumber;itemId\n${lines(
        of.histories.map((own) => [own[0]!.user, 'NA', 100, '2015-03-02', 16_421, own[0]!.item]),
        ';',
      )}`,
      'train-clicks.csv': `queryId;timeframe;itemId\n${lines(
        of.products.map(({ id }) => [1, 16_000, id]),
        ';',
      )}`,
      'products.csv': `itemId;pricelog2;product.name.tokens\n${lines(
        of.products.map(({ id }) => [id, 10, '4875,776,56689']),
        ';',
      )}`,
      'product-categories.csv': `itemId;categoryId\n${lines(
        of.products.map(({ id }) => [id, 1096]),
        ';',
      )}`,
    },
    times: DAY,
    aside: ['train-purchases.csv', 'train-clicks.csv'],
  })),
  layout('OTTO', { user: (n) => String(12_899_779 + n), item: (n) => String(59_625 + 71 * n) }, (of) => ({
    files: {
      'train.jsonl': json(
        of.histories.map((own) => ({
          session: Number(own[0]!.user),
          events: own.map(({ item, time }) => ({ aid: Number(item), ts: 1000 * time + 278, type: 'clicks' })),
        })),
      ),
    },
  })),
  layout('Mercado Libre 2020', { item: (n) => String(1_786_148 + n) }, (of) => ({
    files: {
      'train_dataset.jl': json(
        of.histories.map((own) => ({
          user_history: [
            ...own.slice(0, -1).map(({ item, time }) => ({
              event_info: Number(item),
              event_timestamp: dated(time, 'Y-M-DTh:m:s.000-0400'),
              event_type: 'view',
            })),
            {
              event_info: 'RELOJ SMARTWATCH',
              event_timestamp: dated(own[0]!.time, 'Y-M-DTh:m:s.000-0400'),
              event_type: 'search',
            },
          ],
          item_bought: 99,
        })),
      ),
      'item_data.jl': json(
        of.products.map(({ id, title }) => ({
          item_id: Number(id),
          title,
          domain_id: 'MLM-WATCHES',
          product_id: null,
          price: '699.00',
          category_id: 'MLM12',
          condition: 'new',
        })),
      ),
    },
    visits: of.histories.flatMap((own) => own.slice(0, -1).map((visit) => ({ ...visit, time: visit.time + 4 * 3600 }))),
    titles: titlesOf(of),
  })),
  layout(
    'UCI Online Retail',
    { user: (n) => String(17_850 + n), item: (n) => `85123${String.fromCharCode(65 + (n % 26))}${n > 25 ? 'X' : ''}` },
    (of) => ({
      files: {
        'online_retail.csv': `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${lines(of.visits.map(({ user, item, time }, at) => [536_365 + at, item, quoted(of.titleOf(item)), 6, dated(time, 'Y-M-D h:m:s'), 2.55, user, 'United Kingdom']))}${lines(of.visits.slice(0, 9).map(({ user, item, time }, at) => [`C53${at}`, item, quoted(of.titleOf(item)), -6, dated(time + 60, 'Y-M-D h:m:s'), 2.55, user, 'United Kingdom']))}`,
      },
      titles: titlesOf(of),
    }),
  ),
  layout('Instacart', {}, (of) => {
    const order = ({ user, place }: Visit): number => 2_000_000 + ((Number(user) * 7919 + place * 104_729) % 900_001);
    return {
      files: {
        'orders.csv': `order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order\n${lines(grouped(of).map((visit) => [order(visit), visit.user, 'prior', visit.place + 1, 2, '08', '']))}`,
        'order_products__prior.csv': `order_id,product_id,add_to_cart_order,reordered\n${lines([...of.visits].sort((a, b) => order(a) - order(b)).map((visit) => [order(visit), visit.item, 1, 0]))}`,
        'products.csv': `product_id,product_name,aisle_id,department_id\n${lines(of.products.map(({ id, title }) => [id, quoted(title), 61, 19]))}`,
        'aisles.csv': 'aisle_id,aisle\n1,prepared soups salads\n61,cookies cakes\n',
        'departments.csv': 'department_id,department\n1,frozen\n19,snacks\n',
      },
      times: null,
      titles: titlesOf(of),
      aside: ['aisles.csv', 'departments.csv'],
    };
  }),
  layout(
    'Dunnhumby, The Complete Journey',
    { user: (n) => String(2375 + n), item: (n) => String(1_004_906 + n), gap: 90_001 },
    (of) => ({
      files: {
        'transaction_data.csv': rows(
          of,
          ({ user, item, time }) => [
            user,
            26_984_851_472 + Math.floor(time / 3600),
            1 + Math.floor((time - 1_425_254_400) / DAY),
            item,
            1,
            1.39,
            364,
            -0.6,
            dated(time, 'hm'),
            1 + Math.floor((time - 1_425_254_400) / (7 * DAY)),
            0,
            0,
          ],
          ',',
          'household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE,STORE_ID,RETAIL_DISC,TRANS_TIME,WEEK_NO,COUPON_DISC,COUPON_MATCH_DISC',
        ),
        'product.csv': `PRODUCT_ID,MANUFACTURER,DEPARTMENT,BRAND,COMMODITY_DESC,SUB_COMMODITY_DESC,CURR_SIZE_OF_PRODUCT\n${lines(of.products.map(({ id, title }) => [id, 2, 'GROCERY', 'National', 'FRZN ICE', quoted(title), '22 LB']))}`,
        'hh_demographic.csv': `AGE_DESC,MARITAL_STATUS_CODE,INCOME_DESC,household_key\n${lines(of.users.map((user) => ['65+', 'A', '35-49K', user]))}`,
      },
      times: null,
      aside: ['hh_demographic.csv'],
    }),
  ),
  layout('Ta-Feng', { user: (n) => `0${1_104_905 + n}`, item: (n) => `47100850${20_000 + n}`, gap: 90_001 }, (of) => ({
    files: {
      'ta_feng_all_months_merged.csv': rows(
        of,
        ({ user, item, time }) => [`"${dated(time, 'M/D/Y')}"`, user, '45-49', '115', 110_411, item, 1, 24, 30],
        ',',
        '"TRANSACTION_DT","CUSTOMER_ID","AGE_GROUP","PIN_CODE","PRODUCT_SUBCLASS","PRODUCT_ID","AMOUNT","ASSET","SALES_PRICE"',
      ),
    },
    times: DAY,
  })),
  layout('H&M', { user: (n) => hex(n, 64), item: (n) => `0${663_713_001 + n}`, gap: 90_001 }, (of) => ({
    files: {
      'transactions_train.csv': rows(
        of,
        ({ user, item, time }) => [dated(time, 'Y-M-D'), user, item, 0.0508, 2],
        ',',
        't_dat,customer_id,article_id,price,sales_channel_id',
      ),
      'articles.csv': `article_id,product_code,prod_name,product_type_no,product_type_name,product_group_name,detail_desc\n${lines(of.products.map(({ id, title }) => [id, 108_775, quoted(title), 253, 'Vest top', 'Garment Upper body', 'Jersey top']))}`,
      'customers.csv': `customer_id,FN,Active,club_member_status,fashion_news_frequency,age,postal_code\n${lines(of.users.map((user) => [user, '', '', 'ACTIVE', 'NONE', 49, '52043']))}`,
    },
    times: DAY,
    titles: titlesOf(of),
    aside: ['customers.csv'],
  })),
  layout(
    'eCommerce behaviour (cosmetics shop)',
    { user: (n) => String(463_240_011 + n), item: (n) => String(5_773_203 + n) },
    (of) => ({
      files: {
        '2019-Oct.csv': `event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n${lines(of.visits.flatMap(({ user, item, time }, at) => [[dated(time, 'Y-M-D h:m:s UTC'), at % 5 === 0 ? 'purchase' : 'view', item, '1487580005134238553', '', 'runail', 2.62, user, `26dd6e6e-4dac-${at}`], ...(at % 9 === 0 ? [[dated(time + 50, 'Y-M-D h:m:s UTC'), 'remove_from_cart', item, '1487580005134238553', '', 'runail', 2.62, user, '26dd6e6e']] : [])]))}`,
      },
    }),
  ),
  layout('Alibaba iFashion', { user: (n) => hex(n), item: (n) => hex(n + 90) }, (of) => ({
    files: {
      'user_data.txt': lines(
        of.histories.map((own) => [own[0]!.user, own.map(({ item }) => item).join(';'), hex(own.length + 500)]),
      ),
    },
    visits: of.visits,
    times: null,
  })),
  layout('Rent the Runway', { user: (n) => String(420_272 + n), item: (n) => String(2_260_466 + n), gap: 90_001 }, (of) => ({
    files: {
      'renttherunway_final_data.json': json(
        of.visits.map(({ user, item, rating, time }) => ({
          fit: 'fit',
          user_id: user,
          'bust size': '34d',
          item_id: item,
          weight: '137lbs',
          rating: String(2 * rating),
          'rented for': 'vacation',
          review_text: 'An adorable romper!',
          'body type': 'hourglass',
          review_summary: 'So many compliments!',
          category: 'romper',
          height: '5\' 8"',
          size: 14,
          age: '28',
          review_date: new Date(1000 * time).toLocaleDateString('en-US', {
            month: 'long',
            day: 'numeric',
            year: 'numeric',
            timeZone: 'UTC',
          }),
        })),
      ),
    },
    times: DAY,
  })),
  layout('Criteo display ads', {}, () => ({
    files: {
      'train.txt': lines(
        Array.from({ length: 40 }, (_, row) => [
          row % 4 === 0 ? 1 : 0,
          ...Array.from({ length: 13 }, (__, at) => (row * 7 + at * 13) % 97),
          ...Array.from({ length: 26 }, (__, at) => hex(row * 3 + at, 8)),
        ]),
        '\t',
      ),
    },
    visits: null,
    refused: /user/,
  })),
  layout('Avazu', {}, () => ({
    files: {
      'train.csv': `id,click,hour,C1,banner_pos,site_id,site_domain,app_id,device_id,device_ip\n${lines(Array.from({ length: 40 }, (_, row) => [`10000${row}69361128`, row % 4 === 0 ? 1 : 0, 14_102_100 + (row % 24), 1005, 0, hex(row % 7, 8), hex(row % 5, 8), hex(row % 3, 8), 'a99f214a', hex(row, 8)]))}`,
    },
    visits: null,
    refused: /user/,
  })),

  // Books, papers, recipes.
  layout('Book-Crossing', { user: (n) => String(276_725 + n), item: (n) => `0${345_451_041 + 7 * n}` }, (of) => ({
    files: {
      'BX-Book-Ratings.csv': `"User-ID";"ISBN";"Book-Rating"\n${lines(
        grouped(of).map(({ user, item, rating }) => [`"${user}"`, `"${item}"`, `"${2 * rating}"`]),
        ';',
      )}`,
      'BX-Books.csv': `"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"Image-URL-S"\n${lines(
        of.products.map(({ id, title }) => [`"${id}"`, `"${title}"`, '"Mark"', '"2002"', '"Oxford"', '"http://x"']),
        ';',
      )}`,
      'BX-Users.csv': `"User-ID";"Location";"Age"\n${lines(
        of.users.map((user) => [`"${user}"`, '"nyc, new york, usa"', 'NULL']),
        ';',
      )}`,
    },
    times: null,
    titles: titlesOf(of),
    aside: ['BX-Users.csv'],
  })),
  layout('goodbooks-10k', {}, (of) => ({
    files: {
      'ratings.csv': lines([
        'user_id,book_id,rating',
        ...grouped(of).map(({ user, item, rating }) => `${user},${item},${rating}`),
      ]),
      'to_read.csv': lines([
        'user_id,book_id',
        ...of.users.flatMap((user, at) => [1, 2, 3].map((step) => `${user},${of.products[(at * 3 + step) % 40]!.id}`)),
      ]),
      'books.csv': `book_id,goodreads_book_id,best_book_id,work_id,isbn,authors,original_title,title,language_code\n${lines(of.products.map(({ id, title }) => [id, 2_767_052, 2_767_052, 2_792_775, '439023483', 'Suzanne', quoted(title), quoted(title), 'eng']))}`,
      'book_tags.csv': 'goodreads_book_id,tag_id,count\n2767052,30574,167697\n2767052,11305,37174\n',
      'tags.csv': 'tag_id,tag_name\n0,-\n1,--1-\n',
    },
    times: null,
    titles: titlesOf(of),
    aside: ['to_read.csv', 'book_tags.csv', 'tags.csv'],
  })),
  layout('Goodreads (UCSD)', { user: (n) => hex(n), item: (n) => String(24_375_664 + n) }, (of) => ({
    files: {
      'goodreads_interactions_poetry.json': json(
        of.visits.map(({ user, item, rating, time }) => ({
          user_id: user,
          book_id: item,
          review_id: hex(Number(item)),
          is_read: true,
          rating,
          review_text_incomplete: '',
          date_added: dated(time, 'X').replace(
            'X',
            new Date(1000 * time).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1 $3 $2 $5 +0000 $4'),
          ),
          date_updated: 'Wed Mar 22 11:37:04 -0700 2017',
          read_at: '',
          started_at: '',
        })),
      ),
      'goodreads_books_poetry.json': json(
        of.products.map(({ id, title }) => ({
          isbn: '',
          series: [],
          country_code: 'US',
          language_code: '',
          average_rating: '4.0',
          description: 'A book',
          book_id: id,
          title,
          title_without_series: title,
          work_id: '16037549',
        })),
      ),
    },
    titles: titlesOf(of),
  })),
  layout('CiteULike-a', { item: (n) => String(n) }, (of) => ({
    files: {
      'users.dat': lines(
        of.histories.map((own) => [own.length, ...own.map(({ item }) => item)]),
        ' ',
      ),
      'citations.dat': lines(
        of.products.map((_, at) => [1, (at + 3) % 40]),
        ' ',
      ),
    },
    times: null,
    aside: ['citations.dat'],
  })),
  layout('Food.com', { user: (n) => String(38_094 + n), item: (n) => String(40_893 + n), gap: 90_001 }, (of) => ({
    files: {
      'RAW_interactions.csv': `user_id,recipe_id,date,rating,review\n${lines(of.visits.map(({ user, item, rating, time }) => [user, item, dated(time, 'Y-M-D'), rating, '"Great, with a salad"']))}`,
      'RAW_recipes.csv': `name,id,minutes,contributor_id,submitted,tags,nutrition,n_steps,steps,description,ingredients,n_ingredients\n${lines(of.products.map(({ id, title }) => [quoted(title), id, 55, 47_892, '2005-09-16', "\"['60-minutes', 'time']\"", '"[51.5, 0.0]"', 11, '"[\'make a choice\']"', 'autumn', '"[\'butter\']"', 7]))}`,
    },
    times: DAY,
    titles: titlesOf(of),
  })),

  // Music, games, video.
  layout(
    'Last.fm 1K',
    { user: (n) => `user_${String(n + 1).padStart(6, '0')}`, item: (n) => `${hex(n, 8)}-1b59-4d6e-8b2f-${hex(n, 12)}` },
    (of) => ({
      files: {
        'userid-timestamp-artid-artname-traid-traname.tsv': rows(
          of,
          ({ user, item, time }) => [
            user,
            dated(time, 'Y-M-DTh:m:sZ'),
            `${hex(3, 8)}-d34a-4a1b-9c2d-${hex(5, 12)}`,
            'Deep Dish',
            item,
            of.titleOf(item),
          ],
          '\t',
        ),
      },
      titles: titlesOf(of),
    }),
  ),
  layout('Last.fm 360K', { user: (n) => hex(n, 40), item: (n) => `${hex(n, 8)}-1b59-4d6e-8b2f-${hex(n, 12)}` }, (of) => ({
    files: {
      'usersha1-artmbid-artname-plays.tsv': lines(
        grouped(of).map(({ user, item, rating }) => [user, item, of.titleOf(item), 100 * rating + 37]),
        '\t',
      ),
      'usersha1-profile.tsv': lines(
        of.users.map((user) => [user, 'f', 22, 'Germany', 'Feb 1, 2007']),
        '\t',
      ),
    },
    times: null,
    titles: titlesOf(of),
    aside: ['usersha1-profile.tsv'],
  })),
  layout('Last.fm HetRec 2011', {}, (of) => ({
    files: {
      'user_artists.dat': lines([
        'userID\tartistID\tweight',
        ...grouped(of).map(({ user, item, rating }) => `${user}\t${item}\t${1000 * rating + 13}`),
      ]),
      'artists.dat': `id\tname\turl\tpictureURL\n${lines(
        of.products.map(({ id, title }) => [id, title, 'http://x', 'http://x/1.jpg']),
        '\t',
      )}`,
      'user_friends.dat': `userID\tfriendID\n${trust(of, '\t', [])}`,
      'user_taggedartists.dat': rows(
        of,
        ({ user, item }) => [user, item, 13, 1, 4, 2009],
        '\t',
        'userID\tartistID\ttagID\tday\tmonth\tyear',
      ),
      'user_taggedartists-timestamps.dat': rows(
        of,
        ({ user, item, time }) => [user, item, 13, 1000 * time],
        '\t',
        'userID\tartistID\ttagID\ttimestamp',
      ),
      'tags.dat': 'tagID\ttagValue\n1\tmetal\n2\talternative metal\n',
    },
    times: null,
    titles: titlesOf(of),
    aside: ['user_friends.dat', 'user_taggedartists.dat', 'user_taggedartists-timestamps.dat', 'tags.dat'],
  })),
  layout('LFM-1b', { user: (n) => String(31_435_741 + n), item: (n) => String(2_112_000 + 3 * n) }, (of) => ({
    files: {
      'LFM-1b_LEs.txt': rows(
        of,
        ({ user, item, time }) => [user, 2 + (Number(item) % 4), 4 + (Number(item) % 8), item, time],
        '\t',
      ),
    },
    choice: { says: 'the track is the fourth column', maps: ['LFM-1b_LEs.txt:item=4'] },
  })),
  layout('LFM-2b', { user: (n) => String(n + 2), item: (n) => String(9_553_999 + n) }, (of) => ({
    files: {
      'listening-events.tsv': rows(
        of,
        ({ user, item, time }) => [user, item, 1_000_000 + Number(item), dated(time, 'Y-M-D h:m:s')],
        '\t',
        'user_id\ttrack_id\talbum_id\ttimestamp',
      ),
      'tracks.tsv': `track_id\tartist_id\ttrack_name\n${lines(
        of.products.map(({ id, title }) => [id, 7, title]),
        '\t',
      )}`,
    },
    titles: titlesOf(of),
  })),
  layout('Million Song taste profiles', { user: (n) => hex(n, 40), item: (n) => `SO${hex(n, 16).toUpperCase()}` }, (of) => ({
    files: {
      'train_triplets.txt': lines(
        grouped(of).map(({ user, item, rating }) => [user, item, rating]),
        '\t',
      ),
    },
    times: null,
  })),
  layout('KDD Cup 2011 (Yahoo! Music)', { item: (n) => String(507_696 + n), user: (n) => String(n), gap: 61 }, (of) => ({
    files: {
      'trainIdx1.txt': of.histories
        .map(
          (own) =>
            `${own[0]!.user}|${own.length}\n${lines(
              own.map(({ item, rating, time }) => [
                item,
                20 * rating,
                3800 + Math.floor((time - 1_425_254_400) / DAY),
                dated(time, 'h:m:s'),
              ]),
              '\t',
            )}`,
        )
        .join(''),
    },
    times: null,
  })),
  layout('Yahoo! R3', {}, (of) => ({
    files: {
      'ydata-ymusic-rating-study-v1_0-train.txt': lines(
        of.histories.flatMap((own) => own.slice(0, -1)).map(({ user, item, rating }) => [user, item, rating]),
        '\t',
      ),
      'ydata-ymusic-rating-study-v1_0-test.txt': lines(
        of.histories.map((own) => own.at(-1)!).map(({ user, item, rating }) => [user, item, rating]),
        '\t',
      ),
    },
    times: null,
    split: [of.visits.length - of.users.length, 0, of.users.length],
  })),
  layout('Yambda', { user: (n) => String(100 + n), item: (n) => String(732_449 + n) }, (of) => ({
    files: {
      'listens.parquet': parquet({
        uid: of.visits.map(({ user }) => Number(user)),
        timestamp: of.visits.map(({ time }) => Math.floor((time - 1_425_254_400) / 5) * 5),
        item_id: of.visits.map(({ item }) => Number(item)),
        is_organic: of.visits.map(() => 1),
        played_ratio_pct: of.visits.map(({ rating }) => 20 * rating),
        track_length_seconds: of.visits.map(() => 185),
      }),
    },
    times: null,
  })),
  layout('Yambda, lists per user', { user: (n) => String(100 + n), item: (n) => String(732_449 + n) }, (of) => ({
    files: {
      'likes.parquet': parquet({
        uid: of.histories.map((own) => Number(own[0]!.user)),
        timestamp: of.histories.map((own) => own.map(({ time }) => time)),
        item_id: of.histories.map((own) => own.map(({ item }) => Number(item))),
      }),
    },
  })),
  layout('Spotify Million Playlist', { user: (n) => String(n), item: (n) => `spotify:track:${hex(n, 22)}` }, (of) => ({
    files: {
      'mpd.slice.0-999.json': JSON.stringify(
        {
          info: { generated_on: '2017-12-03 08:41:42.057563', slice: '0-999', version: 'v1' },
          playlists: of.histories.map((own) => ({
            name: 'Throwbacks',
            collaborative: 'false',
            pid: Number(own[0]!.user),
            modified_at: 1_493_424_000,
            num_tracks: own.length,
            num_albums: 3,
            num_followers: 1,
            tracks: own.map(({ item, place }) => ({
              pos: place,
              artist_name: 'Missy Elliott',
              track_uri: item,
              artist_uri: 'spotify:artist:2wIVse2owClT7go1WT98tk',
              track_name: of.titleOf(item),
              album_uri: 'spotify:album:6vV5UrXcfyQD1wu4Qo2I9K',
              duration_ms: 226_863,
              album_name: 'The Cookbook',
            })),
            num_edits: 6,
            duration_ms: 11_532_414,
            num_artists: 37,
          })),
        },
        null,
        4,
      ),
    },
    times: null,
    titles: titlesOf(of),
  })),
  layout('Steam reviews', { user: (n) => `Chaos${n}`, item: (n) => String(328_771 + n), gap: 90_001 }, (of) => ({
    files: {
      'steam_reviews.json': lines(
        of.visits.map(({ user, item, time }) =>
          python({
            username: user,
            hours: 0.3,
            products: 41,
            product_id: item,
            page_order: 0,
            date: dated(time, 'Y-M-D'),
            text: 'Good',
            early_access: false,
            page: 1,
          }),
        ),
      ),
      'steam_games.json': lines(
        of.products.map(({ id, title }) =>
          python({
            publisher: 'K',
            genres: ['Action'],
            app_name: title,
            title,
            url: 'http://x',
            release_date: '2018-01-04',
            price: 4.99,
            id,
          }),
        ),
      ),
    },
    times: DAY,
    titles: titlesOf(of),
  })),
  layout('Steam, Australian users', { user: (n) => `7656119797000${n}`, item: (n) => String(10 + 10 * n) }, (of) => ({
    files: {
      'australian_users_items.json': lines(
        of.histories.map((own) =>
          python({
            user_id: own[0]!.user,
            items_count: own.length,
            steam_id: own[0]!.user,
            user_url: 'http://x',
            items: own.map(({ item, rating }) => ({
              item_id: item,
              item_name: of.titleOf(item),
              playtime_forever: 100 * rating,
              playtime_2weeks: 0,
            })),
          }),
        ),
      ),
      'bundle_data.json': lines([
        python({
          bundle_final_price: '$29.66',
          bundle_url: 'http://x',
          bundle_price: '$32.96',
          bundle_name: 'Two Tribes',
          bundle_id: '1482',
          items: of.products.slice(0, 3).map(({ id, title }) => ({
            genre: 'Casual',
            item_id: id,
            discounted_price: '$8.99',
            item_url: 'http://x',
            item_name: title,
          })),
          bundle_discount: '10%',
        }),
        python({
          bundle_final_price: '$9.66',
          bundle_url: 'http://x',
          bundle_price: '$12.96',
          bundle_name: 'Three',
          bundle_id: '1483',
          items: of.products.slice(3, 5).map(({ id, title }) => ({
            genre: 'Indie',
            item_id: id,
            discounted_price: '$8.99',
            item_url: 'http://x',
            item_name: title,
          })),
          bundle_discount: '10%',
        }),
      ]),
    },
    times: null,
    titles: titlesOf(of),
  })),
  layout(
    'Steam-200k (Kaggle)',
    { user: (n) => String(151_603_712 + n), item: (n) => (n === 0 ? 'A Time to Kill (1996)' : `The game, part ${n}`) },
    (of) => ({
      files: {
        'steam-200k.csv': lines(
          grouped(of).flatMap(({ user, item, rating }) => [
            [user, quoted(item), 'purchase', '1.0', 0],
            [user, quoted(item), 'play', `${7 * rating}.5`, 0],
          ]),
        ),
      },
      times: null,
      visits: of.visits,
      choice: {
        says: 'the item is the second column, and purchases are the events',
        maps: ['steam-200k.csv:user=1', 'steam-200k.csv:item=2', 'steam-200k.csv:where=3=purchase', 'steam-200k.csv:part=events'],
      },
    }),
  ),
  layout('Twitch 100k', { user: (n) => String(n + 1), item: (n) => `streamer_${n}`, start: 0, gap: 61 }, (of) => ({
    files: {
      '100k_a.csv': lines(
        grouped(of).map(({ user, item, time }) => [
          user,
          33_842_865_000 + (time % 9973),
          item,
          10 + Math.floor(time / 61),
          12 + Math.floor(time / 61),
        ]),
      ),
    },
    times: null,
  })),
  layout('KuaiRec', { user: (n) => String(n + 14), item: (n) => String(148 + n) }, (of) => ({
    files: {
      'small_matrix.csv': rows(
        of,
        ({ user, item, time }) => [
          user,
          item,
          4381,
          6067,
          dated(time, 'Y-M-D h:m:s.438'),
          dated(time, 'YMD'),
          `${time}.438`,
          0.722,
        ],
        ',',
        'user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio',
      ),
      'item_categories.csv': `video_id,feat\n${lines(of.products.map(({ id }) => [id, '"[27, 9]"']))}`,
      'social_network.csv': `user_id,friend_list\n${lines(of.users.map((user, at) => [user, `"[${of.users[(at + 1) % 12]!}]"`]))}`,
    },
    aside: ['social_network.csv'],
  })),
  layout('KuaiRand', { user: (n) => String(n), item: (n) => String(4_234_661 + n), gap: 7201 }, (of) => ({
    files: {
      'log_standard_4_08_to_4_21_pure.csv': `user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,long_view,play_time_ms,duration_ms,tab\n${lines(of.visits.flatMap(({ user, item, time }, at) => [[user, item, dated(time, 'YMD'), Number(dated(time, 'hm')), 1000 * time + 210, 1, 0, 0, 1, 1000, 9000, 1], ...(at % 3 === 0 ? [[user, of.products[(at * 7) % 40]!.id, dated(time, 'YMD'), Number(dated(time, 'hm')), 1000 * time + 910, 0, 0, 0, 0, 0, 9000, 1]] : [])]))}`,
      'video_features_basic_pure.csv': `video_id,author_id,video_type,upload_dt,upload_type,visible_status\n${lines(of.products.map(({ id }) => [id, 3, 'NORMAL', '2022-03-11', 'ShortImport', 1]))}`,
      'user_features_pure.csv': `user_id,user_active_degree,is_lowactive_period,follow_user_num\n${lines(of.users.map((user) => [user, 'full_active', 0, 5]))}`,
    },
    aside: ['user_features_pure.csv'],
  })),
  layout('Tenrec', { user: (n) => String(1_000_001 + n), item: (n) => String(60_001 + n) }, (of) => ({
    files: {
      'QB-video.csv': `user_id,item_id,click,follow,like,share,video_category,watching_times,gender,age\n${lines(grouped(of).flatMap(({ user, item }, at) => [[user, item, 1, 0, 0, 0, 1, 1, 1, 2], ...(at % 3 === 0 ? [[user, of.products[(at * 7) % 40]!.id, 0, 0, 0, 0, 1, 0, 1, 2]] : [])]))}`,
    },
    times: null,
  })),
  layout('MicroLens', { user: (n) => String(n + 1), item: (n) => String(n + 1) }, (of) => ({
    files: {
      'MicroLens-100k_pairs.csv': rows(of, ({ user, item, time }) => [user, item, 1000 * time], ',', 'user,item,timestamp'),
      'MicroLens-100k_pairs.tsv': lines(of.histories.map((own) => `${own[0]!.user}\t${own.map(({ item }) => item).join(' ')}`)),
      'MicroLens-100k_title_en.csv': `item,title\n${lines(of.products.map(({ id, title }) => [id, quoted(title)]))}`,
      'MicroLens-100k_likes_and_views.txt': lines(
        of.products.map(({ id }, at) => [id, 182 + at, 12_000 + at]),
        '\t',
      ),
    },
    titles: titlesOf(of),
    aside: ['MicroLens-100k_pairs.tsv', 'MicroLens-100k_likes_and_views.txt'],
  })),
  layout('MicroLens pairs alone', {}, (of) => ({
    files: {
      'MicroLens-50k_pairs.tsv': lines(of.histories.map((own) => `${own[0]!.user}\t${own.map(({ item }) => item).join(' ')}`)),
      'MicroLens-50k_titles.csv': lines(of.products.map(({ id, title }) => [id, quoted(title)])),
    },
    times: null,
    titles: titlesOf(of),
  })),
  layout('PixelRec', { user: (n) => `user${n}`, item: (n) => `v${hex(n, 8)}` }, (of) => ({
    files: {
      'Pixel200K.csv': rows(of, ({ user, item, time }) => [item, user, time], ',', 'item_id,user_id,timestamp'),
      'Pixel200K_item.csv': `item_id,view_number,comment_number,thumbup_number,share_number,coin_number,favorite_number,barrage_number,title,tag,description\n${lines(of.products.map(({ id, title }) => [id, 1, 2, 3, 4, 5, 6, 7, quoted(title), 'x', 'y']))}`,
    },
    titles: titlesOf(of),
  })),

  // Places.
  ...['Gowalla', 'Brightkite'].map((name) =>
    layout(name, { item: (n) => (name === 'Gowalla' ? String(22_847 + 97 * n) : hex(n, 32)) }, (of) => ({
      files: {
        [`loc-${name.toLowerCase()}_totalCheckins.txt`]: rows(
          of,
          ({ user, item, time }) => [
            user,
            dated(time, 'Y-M-DTh:m:sZ'),
            ...coordinates(of.products.findIndex(({ id }) => id === item)),
            item,
          ],
          '\t',
        ),
        [`loc-${name.toLowerCase()}_edges.txt`]: trust(of, '\t', []),
      },
      aside: [`loc-${name.toLowerCase()}_edges.txt`],
    })),
  ),
  layout('Foursquare NYC and Tokyo', { user: (n) => String(470 + n), item: (n) => `49bbd6c0f964a520f453${hex(n, 4)}` }, (of) => ({
    files: {
      'dataset_TSMC2014_NYC.txt': rows(
        of,
        ({ user, item, time }) => [
          user,
          item,
          '4bf58dd8d48988d127951735',
          'Arts & Crafts Store',
          ...coordinates(of.products.findIndex(({ id }) => id === item)),
          -240,
          new Date(1000 * time).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+) GMT$/, '$1 $3 $2 $5 +0000 $4'),
        ],
        '\t',
      ),
    },
  })),
  layout('Yelp', { user: (n) => `mh_-eMZ6K5RLWhZyISB${hex(n, 3)}`, item: (n) => `XQfwVwDr-v0ZS3_CbbE5${hex(n, 2)}` }, (of) => ({
    files: {
      'yelp_academic_dataset_business.json': json(
        of.products.map(({ id, title, category }) => ({
          business_id: id,
          name: title,
          address: '1 St',
          city: 'Tampa',
          state: 'FL',
          latitude: 27.9,
          longitude: -82.4,
          stars: 4.5,
          review_count: 9,
          is_open: 1,
          attributes: null,
          categories: `${category}, Restaurants`,
          hours: null,
        })),
      ),
      'yelp_academic_dataset_checkin.json': json(
        of.products.map(({ id }) => ({ business_id: id, date: '2011-09-18 14:19:55, 2011-10-15 17:27:14' })),
      ),
      'yelp_academic_dataset_review.json': json(
        of.visits.map(({ user, item, rating, time }, at) => ({
          review_id: hex(at, 22),
          user_id: user,
          business_id: item,
          stars: rating,
          useful: 0,
          funny: 0,
          cool: 0,
          text: 'Loved it',
          date: dated(time, 'Y-M-D h:m:s'),
        })),
      ),
      'yelp_academic_dataset_tip.json': json(
        of.visits.slice(0, 30).map(({ user, item, time }) => ({
          user_id: user,
          business_id: item,
          text: 'Try the pie',
          date: dated(time + 90, 'Y-M-D h:m:s'),
          compliment_count: 0,
        })),
      ),
      'yelp_academic_dataset_user.json': json(
        of.users.map((user) => ({
          user_id: user,
          name: 'Walker',
          review_count: 585,
          yelping_since: '2007-01-25 16:47:26',
          friends: 'a, b',
          average_stars: 3.91,
        })),
      ),
    },
    titles: titlesOf(of),
    aside: ['yelp_academic_dataset_checkin.json', 'yelp_academic_dataset_tip.json', 'yelp_academic_dataset_user.json'],
  })),
  layout(
    'Google Local',
    { user: (n) => `10146340189911${1_000_000 + n}`, item: (n) => `0x80c2c98c0e3c16fd:0x29ec8a728764${hex(n, 4)}` },
    (of) => ({
      files: {
        'review-Alaska_10.json': json(
          of.visits.map(({ user, item, rating, time }) => ({
            user_id: user,
            name: 'Song Ro',
            time: 1000 * time + 96,
            rating,
            text: 'Love',
            pics: null,
            resp: null,
            gmap_id: item,
          })),
        ),
        'meta-Alaska.json': json(
          of.products.map(({ id, title, category }) => ({
            name: title,
            address: 'AK',
            gmap_id: id,
            description: null,
            latitude: 60.5,
            longitude: -151.1,
            category: [category],
            avg_rating: 4.2,
            num_of_reviews: 7,
            price: null,
            hours: [['Mon', '8AM']],
            relative_results: [id],
          })),
        ),
      },
      titles: titlesOf(of),
    }),
  ),

  // News, jobs, social.
  layout('MIND', { user: (n) => `U${13_740 + n}`, item: (n) => `N${55_189 + n}` }, (of) => ({
    files: {
      'behaviors.tsv': lines(
        of.visits.map(({ user, item, time }, at) => [
          at + 1,
          user,
          half(time),
          '',
          `${item}-1 ${of.products[(at * 3) % 40]!.id === item ? 'N1' : of.products[(at * 3) % 40]!.id}-0`,
        ]),
        '\t',
      ),
      'news.tsv': lines(
        of.products.map(({ id, title }) => [
          id,
          'lifestyle',
          'lifestyleroyals',
          title,
          'Shop the notebooks',
          'https://x',
          '[]',
          '[]',
        ]),
        '\t',
      ),
      'entity_embedding.vec': lines(
        Array.from({ length: 12 }, (_, row) => [
          `Q${41 + row}`,
          ...Array.from({ length: 20 }, (__, at) => ((row * 7 + at) / 1000 - 0.06).toFixed(6)),
        ]),
        '\t',
      ),
    },
    titles: titlesOf(of),
    aside: ['entity_embedding.vec'],
  })),
  layout('EB-NeRD', { user: (n) => String(151_570 + n), item: (n) => String(9_778_745 + n) }, (of) => ({
    files: {
      'behaviors.parquet': parquet({
        impression_id: of.visits.map((_, at) => 153_068 + at),
        article_id: of.visits.map(() => null as unknown as number),
        impression_time: of.visits.map(({ time }) => new Date(1000 * time)),
        article_ids_inview: of.visits.map(({ item }, at) => [Number(item), Number(of.products[(at * 3) % 40]!.id)]),
        article_ids_clicked: of.visits.map(({ item }) => [Number(item)]),
        user_id: of.visits.map(({ user }) => Number(user)),
        session_id: of.visits.map((_, at) => 1976 + at),
      }),
      'articles.parquet': parquet({
        article_id: of.products.map(({ id }) => Number(id)),
        title: of.products.map(({ title }) => title),
        subtitle: of.products.map(() => 'More'),
        category_str: of.products.map(({ category }) => category),
      }),
    },
    titles: titlesOf(of),
  })),
  layout('Adressa', { user: (n) => `cx:${hex(n, 26)}`, item: (n) => hex(n, 40) }, (of) => ({
    files: {
      '20170101': json(
        of.visits.map(({ user, item, time }, at) => ({
          eventId: 1_061_252_212 + at,
          userId: user,
          city: 'bergen',
          title: of.titleOf(item),
          url: `http://adressa.no/${item}`,
          time,
          id: item,
          activeTime: 20,
          canonicalUrl: `http://adressa.no/${item}`,
          os: 'Android',
        })),
      ),
    },
    titles: titlesOf(of),
  })),
  layout('Globo.com', { item: (n) => String(157_541 + n) }, (of) => ({
    files: {
      'clicks_hour_000.csv': rows(
        of,
        ({ user, item, time }) => [
          user,
          1_506_825_423_271_737 + Number(user),
          1_506_825_423_000,
          2,
          item,
          1000 * time + 541,
          4,
          3,
          20,
          1,
          20,
          2,
        ],
        ',',
        'user_id,session_id,session_start,session_size,click_article_id,click_timestamp,click_environment,click_deviceGroup,click_os,click_country,click_region,click_referrer_type',
      ),
      'articles_metadata.csv': `article_id,category_id,created_at_ts,publisher_id,words_count\n${lines(of.products.map(({ id }) => [id, 281, 1_487_332_827_000, 0, 168]))}`,
    },
  })),
  layout('XING16', {}, (of) => ({
    files: {
      'impressions.csv': `user_id\tyear\tweek\titems\n${lines(
        of.users.flatMap((user, at) =>
          [38, 39, 40].map((week) => [
            user,
            2015,
            week,
            [1, 2, 3, 4, 5, 6, 7, 8].map((n) => of.products[(at * 5 + week + n) % 40]!.id).join(','),
          ]),
        ),
        '\t',
      )}`,
      'interactions.csv': rows(
        of,
        ({ user, item, time }) => [user, item, 1, time],
        '\t',
        'user_id\titem_id\tinteraction_type\tcreated_at',
      ),
      'items.csv': `id\ttitle\tcareer_level\tdiscipline_id\tindustry_id\tcountry\tcreated_at\n${lines(
        of.products.map(({ id }) => [id, '1,2,3', 3, 5, 7, 'de', 1_444_374_000]),
        '\t',
      )}`,
      'users.csv': `id\tjobroles\tcareer_level\tdiscipline_id\n${lines(
        of.users.map((user) => [user, '4,5', 3, 5]),
        '\t',
      )}`,
      'target_users.csv': `user_id\n${lines(of.users)}`,
    },
    aside: ['impressions.csv', 'users.csv', 'target_users.csv'],
  })),
  layout('Epinions', {}, (of) => ({
    files: {
      'ratings_data.txt': lines(
        grouped(of).map(({ user, item, rating }) => [user, item, rating]),
        ' ',
      ),
      'trust_data.txt': trust(of, ' ').replaceAll(/^/gm, ' ').trimEnd(),
    },
    times: null,
    aside: ['trust_data.txt'],
  })),
  layout('Behance', { user: (n) => String(276_633 + n), item: (n) => String(1_238_354 + n) }, (of) => ({
    files: { Behance_appreciate_1M: rows(of, ({ user, item, time }) => [user, item, time], ' ') },
  })),
  layout('JODIE (Wikipedia, Reddit)', { user: (n) => String(n), item: (n) => String(n), start: 0, gap: 61 }, (of) => ({
    files: {
      'wikipedia.csv': `user_id,item_id,timestamp,state_label,comma_separated_list_of_features\n${lines(of.visits.map(({ user, item, time }, at) => [user, item, `${time}.0`, 0, ...Array.from({ length: 6 }, (_, n) => ((at * 3 + n) % 11) / 10)]))}`,
    },
  })),
  layout('Outbrain', { user: (n) => hex(n, 14), item: (n) => String(149_541 + n) }, (of) => ({
    files: {
      'page_views_sample.csv': rows(
        of,
        ({ user, item, time }) => [user, item, 1000 * time - 1_465_876_799_998 + 1_465_876_799_998, 2, 'US', 1],
        ',',
        'uuid,document_id,timestamp,platform,geo_location,traffic_source',
      ),
    },
  })),
  layout('Trivago 2019', { user: (n) => hex(n, 12).toUpperCase(), item: (n) => String(3_400_638 + n) }, (of) => ({
    files: {
      'train.csv': `user_id,session_id,timestamp,step,action_type,reference,platform,city,device,current_filters,impressions,prices\n${lines(of.visits.map(({ user, item, time, place }) => [user, `aff3928535f${user}`, time, place + 1, 'clickout item', item, 'AU', '"Sydney, Australia"', 'mobile', '', '', '']))}`,
    },
    choice: { says: 'the item is “reference”', maps: ['train.csv:item=reference'] },
    refused: /reference|item/,
  })),

  // Files of other programs.
  layout('RecBole', {}, (of) => ({
    files: {
      'ml.inter': rows(
        of,
        ({ user, item, rating, time }) => [user, item, rating, `${time}.0`],
        '\t',
        'user_id:token\titem_id:token\trating:float\ttimestamp:float',
      ),
      'ml.item': `item_id:token\tmovie_title:token_seq\tclass:token_seq\n${lines(
        of.products.map(({ id, title }) => [id, title, 'Drama']),
        '\t',
      )}`,
      'ml.user': `user_id:token\tage:token\n${lines(
        of.users.map((user) => [user, 24]),
        '\t',
      )}`,
      'ml.kg': 'head_id:token\trelation_id:token\ttail_id:token\nm.1\tfilm.actor\tm.2\n',
      'ml.link': 'item_id:token\tentity_id:token\n1\tm.1\n2\tm.2\n',
    },
    titles: titlesOf(of),
    aside: ['ml.user', 'ml.kg', 'ml.link'],
  })),
  layout('RecBole benchmark', {}, (of) => {
    const file = (own: readonly (readonly Visit[])[]): string =>
      lines([
        'user_id:token\titem_id_list:token_seq\titem_id:token',
        ...own.map(
          (visits) =>
            `${visits[0]!.user}\t${visits
              .slice(0, -1)
              .map(({ item }) => item)
              .join(' ')}\t${visits.at(-1)!.item}`,
        ),
      ]);
    return {
      files: {
        'b.train.inter': file(of.histories.flatMap((own) => own.slice(1, -2).map((_, at) => own.slice(0, at + 2)))),
        'b.valid.inter': file(of.histories.map((own) => own.slice(0, -1))),
        'b.test.inter': file(of.histories),
      },
      times: null,
      split: counts(of),
    };
  }),
  layout('LightGCN, NGCF', { user: (n) => String(n), item: (n) => String(n) }, (of) => ({
    files: {
      'train.txt': lines(
        of.histories.map((own) => [own[0]!.user, ...own.slice(0, -1).map(({ item }) => item)]),
        ' ',
      ),
      'test.txt': lines(
        of.histories.map((own) => [own[0]!.user, own.at(-1)!.item]),
        ' ',
      ),
      'item_list.txt': `org_id remap_id\n${lines(
        of.products.map(({ id }, at) => [asin(at), id]),
        ' ',
      )}`,
      'user_list.txt': `org_id remap_id\n${lines(
        of.users.map((user, at) => [reviewer(at), user]),
        ' ',
      )}`,
    },
    visits: of.visits,
    times: null,
    split: [of.visits.length - of.users.length, 0, of.users.length],
    aside: ['user_list.txt'],
  })),
  layout('KGAT', { user: (n) => String(n), item: (n) => String(n) }, (of) => ({
    files: {
      'train.txt': lines(
        of.histories.map((own) => [own[0]!.user, ...own.slice(0, -2).map(({ item }) => item)]),
        ' ',
      ),
      'test.txt': lines(
        of.histories.map((own) => [own[0]!.user, ...own.slice(-2).map(({ item }) => item)]),
        ' ',
      ),
      'kg_final.txt': lines(
        Array.from({ length: 120 }, (_, at) => [at % 40, at % 9, 40 + ((at * 7) % 100)]),
        ' ',
      ),
      'entity_list.txt': `org_id remap_id\n${lines(
        Array.from({ length: 100 }, (_, at) => [`m.0${hex(at, 6)}`, 40 + at]),
        ' ',
      )}`,
      'relation_list.txt':
        'org_id remap_id\nhttp://rdf.freebase.com/ns/type.object.type 0\nhttp://rdf.freebase.com/ns/type.type.instance 1\n',
    },
    times: null,
    split: [of.visits.length - 2 * of.users.length, 0, 2 * of.users.length],
    aside: ['kg_final.txt', 'entity_list.txt', 'relation_list.txt'],
  })),
  layout('S3-Rec', {}, (of) => ({
    files: {
      'Beauty.txt': lines(
        of.histories.map((own) => [own[0]!.user, ...own.map(({ item }) => item)]),
        ' ',
      ),
      'Beauty_item2attributes.json': JSON.stringify(
        Object.fromEntries(of.products.map(({ id }, at) => [id, [1 + (at % 7), 8 + (at % 5), 100 + at]])),
      ),
      'Beauty_sample.txt': lines(
        of.users.map((user, at) => [user, ...Array.from({ length: 15 }, (_, n) => of.products[(at * 5 + 2 * n) % 40]!.id)]),
        ' ',
      ),
    },
    times: null,
    aside: ['Beauty_item2attributes.json'],
  })),
  layout('SASRec', {}, (of) => ({
    files: {
      'ml-1m.txt': lines(
        grouped(of).map(({ user, item }) => [user, item]),
        ' ',
      ),
    },
    times: null,
  })),
  layout('Leave-one-out files', {}, (of) => {
    const [train, valid, test] = parts(of);
    const pairs = (visits: readonly Visit[]): string =>
      lines(
        visits.map(({ user, item }) => [user, item]),
        '\t',
      );
    return {
      files: { 'train.txt': pairs(train), 'valid.txt': pairs(valid), 'test.txt': pairs(test) },
      times: null,
      split: counts(of),
    };
  }),
  layout('Leave-one-out files with names', { user: reviewer, item: asin }, (of) => {
    const [train, valid, test] = parts(of);
    const file = (visits: readonly Visit[]): string =>
      `user_id,item_id,timestamp\n${lines(visits.map(({ user, item, time }) => [user, item, time]))}`;
    return {
      files: {
        'train.csv': file(train),
        'val.csv': file(valid),
        'test.csv': file(test),
        'titles.tsv': lines(
          of.products.map(({ id, title }) => [id, title]),
          '\t',
        ),
      },
      titles: titlesOf(of),
      split: counts(of),
    };
  }),
  layout('Histories for training, targets in files of their own', {}, (of) => {
    const [, valid, test] = parts(of);
    const pairs = (visits: readonly Visit[]): string =>
      lines(
        visits.map(({ user, item }) => [user, item]),
        ' ',
      );
    return {
      files: {
        'train.txt': lines(
          of.histories.map((own) => [own[0]!.user, ...own.slice(0, -2).map(({ item }) => item)]),
          ' ',
        ),
        'valid.txt': pairs(valid),
        'test.txt': pairs(test),
        'items.txt': lines(
          of.products.map(({ id, title, category }) => [id, title, category]),
          '\t',
        ),
      },
      times: null,
      titles: titlesOf(of),
      split: counts(of),
    };
  }),
  layout('A column says the part of the split', {}, (of) => ({
    files: {
      'log.csv': `user_id,item_id,timestamp,split\n${lines(of.histories.flatMap((own) => own.map(({ user, item, time }, at) => [user, item, time, at < own.length - 2 ? 'train' : at === own.length - 2 ? 'val' : 'test'])))}`,
    },
    split: counts(of),
  })),
  layout('NCF', { user: (n) => String(n), item: (n) => String(n) }, (of) => ({
    files: {
      'ml.train.rating': lines(
        of.histories.flatMap((own) => own.slice(0, -1)).map(({ user, item, rating, time }) => [user, item, rating, time]),
        '\t',
      ),
      'ml.test.rating': lines(
        of.histories.map((own) => own.at(-1)!).map(({ user, item, rating, time }) => [user, item, rating, time]),
        '\t',
      ),
      'ml.test.negative': lines(
        of.histories.map((own) => [`(${own[0]!.user},${own.at(-1)!.item})`, ...of.products.slice(0, 20).map(({ id }) => id)]),
        '\t',
      ),
    },
    split: [of.visits.length - of.users.length, 0, of.users.length],
  })),
  layout('P5', {}, (of) => ({
    files: {
      'sequential_data.txt': lines(
        of.histories.map((own) => [own[0]!.user, ...own.map(({ item }) => item)]),
        ' ',
      ),
      'negative_samples.txt': lines(
        of.users.map((user, at) => [user, ...Array.from({ length: 15 }, (_, n) => of.products[(at * 5 + 2 * n) % 40]!.id)]),
        ' ',
      ),
    },
    times: null,
  })),
  layout('LC-Rec', { user: (n) => String(n), item: (n) => String(n) }, (of) => ({
    files: {
      'Games.inter.json': JSON.stringify(
        Object.fromEntries(of.histories.map((own) => [own[0]!.user, own.map(({ item }) => Number(item))])),
      ),
      'Games.item.json': JSON.stringify(
        Object.fromEntries(of.products.map(({ id, title }) => [id, { title, description: 'x', brand: 'b', categories: 'c' }])),
      ),
      'Games.index.json': JSON.stringify(Object.fromEntries(of.products.map(({ id }, at) => [id, [`<a_${at}>`, '<b_1>']]))),
    },
    times: null,
    titles: titlesOf(of),
  })),
  layout('MiniOneRec', { user: reviewer, item: (n) => String(n) }, (of) => {
    const header = 'user_id,history_item_title,item_title,history_item_id,item_id\n';
    const list = (items: readonly string[]): string => `"[${items.join(', ')}]"`;
    const row = (own: readonly Visit[], at: number): readonly string[] => {
      const before = own.slice(0, at).map(({ item }) => item);
      return [
        own[0]!.user,
        quoted(list(before.map((item) => `'${of.titleOf(item).replaceAll("'", '')}'`))),
        quoted(of.titleOf(own[at]!.item)),
        list(before),
        own[at]!.item,
      ];
    };
    return {
      files: {
        'Toys_train.csv': header + lines(of.histories.flatMap((own) => own.slice(1, -2).map((_, at) => row(own, at + 1)))),
        'Toys_valid.csv': header + lines(of.histories.map((own) => row(own, own.length - 2))),
        'Toys_test.csv': header + lines(of.histories.map((own) => row(own, own.length - 1))),
        'Toys.txt': lines(
          of.products.map(({ id, title }, at) => [`<a_${at}><b_1>`, title, id]),
          '\t',
        ),
      },
      times: null,
      titles: titlesOf(of),
      split: counts(of),
    };
  }),
  layout('Beside word vectors', {}, (of) => ({
    files: {
      'ratings.csv': rows(of, ({ user, item, time }) => [user, item, time], ',', 'user_id,item_id,timestamp'),
      'movies.csv': `item_id,title\n${lines(of.products.map(({ id, title }) => [id, quoted(title)]))}`,
      'word2vec.txt': `40 20\n${lines(
        Array.from({ length: 40 }, (_, row) => [
          row + 1,
          ...Array.from({ length: 20 }, (__, at) => ((row * 7 + at) / 1000 - 0.06).toFixed(6)),
        ]),
        ' ',
      )}`,
    },
    titles: titlesOf(of),
    aside: ['word2vec.txt'],
  })),
  layout('Beside recommendations and negatives', {}, (of) => ({
    files: {
      'interactions.csv': rows(of, ({ user, item, time }) => [user, item, time], ',', 'user_id,item_id,timestamp'),
      'negatives.csv': lines([
        'user_id,item_id',
        ...of.users.flatMap((user, at) => [1, 2].map((n) => `${user},${of.products[(at + n) % 40]!.id}`)),
      ]),
      'recommendations.csv': lines([
        'user_id,item_id,score',
        ...of.users.flatMap((user, at) => [5, 6].map((n) => `${user},${of.products[(at + n) % 40]!.id},0.${n}`)),
      ]),
    },
    aside: ['negatives.csv', 'recommendations.csv'],
  })),
  layout('Items without names, tabs', { user: reviewer, item: asin }, (of) => ({
    files: {
      'log.tsv': rows(of, ({ user, item, time }) => [user, item, time], '\t'),
      'items.tsv': lines(
        of.products.map(({ id, title }) => [id, title]),
        '\t',
      ),
    },
    titles: titlesOf(of),
  })),
];
