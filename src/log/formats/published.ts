/**
 * Published logs that are tables or records: what a file must look like, and what its columns hold. Sources:
 * docs/formats.md.
 */
import { message, t, type Text } from '../../words/words';
import type { Role, Share, Syntax, TimeUnit } from '../../recipe/logRecipe';
import type { Peek } from '../records/peek';
import { RECORD_NUMBER } from '../records/readRecords';
import { idOf } from '../records/values';
import {
  baseName,
  byName,
  byPosition,
  columnFits,
  INTEGER,
  SAME_ROWS,
  shareFitting,
  shareOf,
  UNIX_SECONDS,
  type Format,
  type Recognition,
  type Yield,
} from './format';

interface Published {
  readonly name: string;
  /** Default: events. */
  readonly part?: Recognition['part'];
  readonly base?: RegExp;
  readonly delimiter?: string;
  /**
   * Names that its columns must have, separated by spaces or, for lack of these, bars; `only`: and no others.
   */
  readonly has?: string;
  readonly only?: true;
  readonly lacks?: string;
  /** Without names: what the values of each column look like; null for any. */
  readonly fits?: readonly (RegExp | null)[];
  /**
   * Roles in the order of the columns, `-` for one that is not read; or the first of several names by role.
   */
  readonly roles: string | Readonly<Partial<Record<Role, string>>>;
  readonly unit?: TimeUnit;
  readonly kind?: string;
  readonly leastRating?: number;
  readonly where?: readonly [column: string, ...values: string[]];
  readonly why?: Text;
  readonly yieldsTo?: readonly Yield[];
  readonly also?: (peek: Peek) => boolean;
}

const RATING = /^[0-5](?:\.\d)?$/;
const SEX = /^[MF]$/;
const ASIN = /^(?:B[0-9A-Z]{9}|\d{9}[\dX])$/;
const REVIEWER = /^A[0-9A-Z]{9,20}$/;
const ISO_SECONDS = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
/** MusicBrainz's IDs, which many rows lack. */
const MUSICBRAINZ = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})?$/;
/** Nine digits tell it from any other user, time, item and rating. */
const NINE_DIGITS = /^\d{9}$/;
const SEMANTIC_ID = /^(?:[<[]\w+[>\]])+$/;
const GENRES = Array.from({ length: 19 }, () => '-').join(' ');
/** `N55689-1 N35729-0`, or `N55689 N35729` if the answers are withheld. */
const IMPRESSIONS = /^\S+(?:-[01])?(?: \S+(?:-[01])?)*$/;

const TAGS = message('it holds tags or links, not ratings');
const NOT_PLAYS = message('it holds tags that users gave to artists, which are events of another kind than the plays of {file}');
const NOT_SHOWN = message('hashed properties of items and the tree of their categories, which have no texts');
const LISTS = message('a list that is not needed for the log');
const PLAYS = 'user_artists.dat';

/** The most particular first. */
const PUBLISHED: readonly Published[] = [
  {
    name: 'MiniOneRec',
    has: 'user_id item_id history_item_id',
    roles: { user: 'user_id', item: 'item_id', history: 'history_item_id', title: 'item_title', semantic: 'item_sid' },
    unit: 'order',
    why: message('a row is a target and what came before it; there are no times'),
  },
  {
    name: 'MiniOneRec',
    part: 'items',
    delimiter: '\t',
    fits: [null, null, /^\S+$/],
    roles: 'semantic title item',
    also: (peek) =>
      columnFits(peek, 0, SEMANTIC_ID) || (/\binfo\.txt$/.test(baseName(peek)) && peek.rows.every(([first]) => first === '')),
  },
  {
    name: 'MIND',
    delimiter: '\t',
    fits: [INTEGER, null, null, null, IMPRESSIONS],
    roles: 'request user time history impressions',
    unit: 'month-first',
    why: message('each click is an event, and what was shown beside it its exposures; the history is what came before'),
    also: (peek) =>
      shareFitting(peek, 2, /\d/) > 0.9 &&
      (shareFitting(peek, 4, /-[01](?: |$)/) > 0.9 ||
        /^behaviou?rs/.test(baseName(peek)) ||
        peek.columns.some((name) => /^impressions$/i.test(name.trim()))),
  },
  {
    name: 'MIND',
    part: 'items',
    delimiter: '\t',
    fits: [/^N\d+$/, null, null, /\S/, null, null, null, null],
    roles: 'item category - title description - - -',
  },
  // Most reviews have no user_id, so the name is the user.
  {
    name: 'Steam',
    has: 'username product_id date',
    roles: { user: 'username', item: 'product_id', time: 'date', rating: 'hours' },
    unit: 'date',
    why: message('the text is the review’s and is not read'),
  },
  {
    name: 'Steam',
    part: 'items',
    has: 'app_name id genres',
    roles: { item: 'id', title: 'app_name', category: 'genres', price: 'price' },
  },
  {
    name: 'Spotify Million Playlist',
    has: 'pid tracks.track_uri tracks.pos',
    roles: { user: 'pid', item: 'tracks.track_uri', title: 'tracks.track_name', category: 'tracks.artist_name' },
    unit: 'order',
    why: message('a playlist is a user, and its tracks a history'),
  },
  {
    name: 'Mercado Libre 2020',
    has: 'user_history.event_info user_history.event_type',
    roles: {
      user: RECORD_NUMBER,
      item: 'user_history.event_info',
      time: 'user_history.event_timestamp',
      event: 'user_history.event_type',
    },
    unit: 'date',
    where: ['user_history.event_type', 'view'],
    why: message('a line is a user; what was viewed is an event, what was searched for is not'),
  },
  {
    name: 'Amazon-M2',
    has: 'prev_items locale',
    roles: { user: RECORD_NUMBER, history: 'prev_items', item: 'next_item' },
    unit: 'order',
    why: message('a row is a session'),
  },
  {
    name: 'MovieLens 100K',
    base: /^u[a-d1-5]?\.(?:data|base|test)$/,
    delimiter: '\t',
    fits: [INTEGER, INTEGER, RATING, UNIX_SECONDS],
    roles: 'user item rating time',
    unit: 'seconds',
    yieldsTo: [{ file: 'u.data', why: SAME_ROWS }],
  },
  {
    name: 'MovieLens 100K',
    part: 'items',
    delimiter: '|',
    fits: [INTEGER, ...Array.from({ length: 23 }, () => null)],
    roles: `item title - - - ${GENRES}`,
  },
  { name: 'MovieLens 100K', part: 'users', delimiter: '|', fits: [null, null, SEX, null, null], roles: 'user - - - -' },
  { name: 'MovieLens 100K', part: 'ignored', base: /^u\.(?:genre|occupation|info)$/, roles: {}, why: LISTS },
  {
    name: 'MovieLens 1M or 10M',
    delimiter: '::',
    fits: [INTEGER, INTEGER, RATING, UNIX_SECONDS],
    roles: 'user item rating time',
    unit: 'seconds',
  },
  {
    name: 'MovieLens 1M or 10M',
    part: 'ignored',
    delimiter: '::',
    fits: [INTEGER, INTEGER, null, UNIX_SECONDS],
    roles: {},
    why: TAGS,
  },
  { name: 'MovieLens 1M or 10M', part: 'items', delimiter: '::', fits: [INTEGER, null, null], roles: 'item title category' },
  { name: 'MovieLens 1M or 10M', part: 'users', delimiter: '::', fits: [null, SEX, null, null, null], roles: 'user - - - -' },
  ...['tagId', 'tag', 'relevance', 'imdbId'].map((other): Published => ({
    name: 'MovieLens CSV',
    part: 'ignored',
    has: `movieId|Id ${other}`,
    roles: {},
    why: TAGS,
  })),
  {
    name: 'MovieLens CSV',
    has: 'userId movieId|Id rating timestamp',
    roles: { user: 'userId', item: 'movieId Id', rating: 'rating', time: 'timestamp' },
    unit: 'seconds',
  },
  {
    name: 'MovieLens CSV',
    part: 'items',
    has: 'movieId|Id title genres',
    roles: { item: 'movieId Id', title: 'title', category: 'genres' },
  },
  // Titles and texts of reviews are never the item's.
  {
    name: 'Amazon Reviews 2014 or 2018',
    has: 'reviewerID asin unixReviewTime',
    roles: { user: 'reviewerID', item: 'asin', time: 'unixReviewTime', rating: 'overall' },
    unit: 'seconds',
  },
  {
    name: 'Amazon Reviews 2023, with histories',
    has: 'user_id parent_asin rating timestamp history',
    roles: { user: 'user_id', item: 'parent_asin', time: 'timestamp', rating: 'rating', history: 'history' },
    unit: 'milliseconds',
  },
  {
    name: 'Amazon Reviews 2023',
    has: 'user_id parent_asin rating timestamp',
    roles: { user: 'user_id', item: 'parent_asin', time: 'timestamp', rating: 'rating' },
    unit: 'milliseconds',
    why: message('title and text are those of the review and are not read'),
  },
  {
    name: 'Amazon metadata',
    part: 'items',
    has: 'parent_asin|asin title|categories|category|main_cat|main_category',
    lacks: 'reviewerID user_id',
    roles: {
      item: 'parent_asin asin',
      title: 'title',
      description: 'description',
      price: 'price',
      category: 'categories category main_category main_cat',
      image: 'imUrl imageURL images',
    },
    also: ({ columns }) =>
      ['title', 'categories', 'category', 'main_cat', 'main_category', 'also_buy', 'related', 'imUrl', 'salesRank'].filter(
        (name) => columns.includes(name),
      ).length > 1,
  },
  { name: 'Amazon ratings', fits: [REVIEWER, ASIN, null, UNIX_SECONDS], roles: 'user item rating time', unit: 'seconds' },
  { name: 'Amazon ratings', fits: [ASIN, REVIEWER, null, UNIX_SECONDS], roles: 'item user rating time', unit: 'seconds' },
  {
    name: 'Taobao UserBehavior',
    fits: [INTEGER, INTEGER, INTEGER, /^(?:pv|buy|cart|fav)$/, UNIX_SECONDS],
    roles: 'user item category event time',
    unit: 'seconds',
  },
  {
    name: 'Yoochoose',
    fits: [INTEGER, ISO_SECONDS, NINE_DIGITS, /^(?:S|\d{1,10})$/],
    roles: 'user time item category',
    unit: 'date',
    kind: 'click',
    why: message('a session is a user'),
  },
  // Most prices and quantities are 0 for unknown, so they say nothing of a purchase.
  {
    name: 'Yoochoose',
    fits: [INTEGER, ISO_SECONDS, NINE_DIGITS, INTEGER, INTEGER],
    roles: 'user time item - -',
    unit: 'date',
    kind: 'buy',
    why: message('a session is a user'),
  },
  { name: 'RetailRocket', part: 'ignored', only: true, has: 'timestamp itemid property value', roles: {}, why: NOT_SHOWN },
  { name: 'RetailRocket', part: 'ignored', only: true, has: 'categoryid parentid', roles: {}, why: NOT_SHOWN },
  {
    name: 'RetailRocket',
    only: true,
    has: 'timestamp visitorid event itemid transactionid',
    roles: { user: 'visitorid', item: 'itemid', time: 'timestamp', event: 'event' },
    unit: 'milliseconds',
  },
  // A play is of a track; its artist is the track's category.
  {
    name: 'Last.fm 1K',
    fits: [null, ISO_SECONDS, MUSICBRAINZ, null, MUSICBRAINZ, null],
    roles: 'user time - category item title',
    unit: 'date',
  },
  {
    name: 'Last.fm 1K',
    only: true,
    has: 'userid timestamp artid artname traid traname',
    roles: { user: 'userid', time: 'timestamp', item: 'traid', title: 'traname', category: 'artname' },
    unit: 'date',
  },
  { name: 'Last.fm 360K', fits: [/^[\da-f]{40}$/, MUSICBRAINZ, null, INTEGER], roles: 'user item title rating' },
  // Plays, which have no time, are the events. Tags, which have one, are events only if no file of plays is
  // there.
  {
    name: 'Last.fm HetRec 2011',
    only: true,
    has: 'userID artistID weight',
    roles: { user: 'userID', item: 'artistID', rating: 'weight' },
    unit: 'order',
  },
  {
    name: 'Last.fm HetRec 2011',
    only: true,
    has: 'userID artistID tagID timestamp',
    roles: { user: 'userID', item: 'artistID', time: 'timestamp' },
    unit: 'milliseconds',
    yieldsTo: [{ file: PLAYS, why: NOT_PLAYS }],
  },
  {
    name: 'Last.fm HetRec 2011',
    only: true,
    has: 'userID artistID tagID day month year',
    roles: { user: 'userID', item: 'artistID' },
    unit: 'order',
    yieldsTo: [
      { file: PLAYS, why: NOT_PLAYS },
      { file: 'user_taggedartists-timestamps.dat', why: SAME_ROWS },
    ],
  },
  { name: 'Last.fm HetRec 2011', part: 'ignored', only: true, has: 'tagID tagValue', roles: {}, why: LISTS },
  { name: 'Last.fm HetRec 2011', part: 'ignored', only: true, has: 'userID friendID', roles: {}, why: LISTS },
  {
    name: 'UCI Online Retail',
    has: 'CustomerID|Customer·ID|Customer_ID UnitPrice|Price StockCode Description Quantity InvoiceDate',
    roles: {
      user: 'CustomerID Customer·ID Customer_ID',
      item: 'StockCode',
      time: 'InvoiceDate',
      title: 'Description',
      rating: 'Quantity',
      price: 'UnitPrice Price',
    },
    leastRating: 1,
  },
  // Streams are of a streamer, who is watched again; start and stop count tens of minutes.
  { name: 'Twitch', fits: [INTEGER, /^\d{9,12}$/, /^\w+$/, INTEGER, INTEGER], roles: 'user - item time -', unit: 'seconds' },
  {
    name: 'EachMovie',
    base: /^vote\.(?:txt|csv)$/,
    fits: [INTEGER, INTEGER, /^(?:0|1)?(?:\.\d+)?$/, null, null],
    roles: 'user item rating - time',
  },
  {
    name: 'CiaoDVD',
    fits: [INTEGER, INTEGER, INTEGER, INTEGER, RATING, /^\d{4}-\d\d-\d\d$/],
    roles: 'user item - - rating time',
    unit: 'date',
  },
];

/** Names with a space in them are written with a dot. */
function alternatives(names: string): string[] {
  return names.split('|').map((name) => name.replaceAll('·', ' '));
}

function isOne(peek: Peek, { base, delimiter, has, only, lacks, fits, also }: Published): boolean {
  const { syntax, columns, rows } = peek;
  if (base !== undefined && !base.test(baseName(peek))) return false;
  if (delimiter !== undefined && (syntax.kind !== 'delimited' || syntax.delimiter !== delimiter)) return false;
  const names = has?.split(' ') ?? [];
  if (!names.every((name) => alternatives(name).some((one) => columns.includes(one)))) return false;
  if (only === true && columns.length !== names.length) return false;
  if (lacks?.split(' ').some((name) => columns.includes(name)) === true) return false;
  if (fits !== undefined) {
    // MIND's files are published without names, and passed on with them.
    const named = syntax.kind !== 'delimited' || (syntax.header && delimiter === undefined);
    if (named || fits.length !== columns.length || rows.length === 0) return false;
    if (!fits.every((pattern, at) => pattern === null || rows.every((row) => pattern.test(idOf(row[at]))))) return false;
  }
  return also === undefined || also(peek);
}

/** The part of a split that the last folder or the name of a file says. */
export function shareOfPath(peek: Pick<Peek, 'name'>): Share | undefined {
  const base = baseName(peek);
  if (/^u[a-d1-5]?\.base$/.test(base)) return 'train';
  return (
    shareOf(base) ??
    peek.name
      .toLowerCase()
      .split(/[\\/]/)
      .map((folder) => shareOf(folder))
      .find((one) => one !== undefined)
  );
}

function recognition(peek: Peek, published: Published): Recognition {
  const { name, part = 'events', roles, fits, why, unit, kind, leastRating, where, yieldsTo = [] } = published;
  const { syntax, columns } = peek;
  const order = typeof roles === 'string' ? roles.split(' ') : [];
  const positional = fits !== undefined && syntax.kind === 'delimited' && !syntax.header;
  const all = Object.values(roles).includes(RECORD_NUMBER) ? [...columns, RECORD_NUMBER] : columns;
  const named: Partial<Record<Role, string>> = {};
  if (typeof roles !== 'string') {
    for (const [role, names] of Object.entries(roles)) {
      const found = names
        .split(' ')
        .map((one) => one.replaceAll('·', ' '))
        .find((one) => all.includes(one));
      if (found !== undefined) named[role as Role] = found;
    }
  }
  const share = part !== 'events' ? undefined : shareOfPath(peek);
  const yielding = yieldsTo.filter(({ file }) => file !== baseName(peek));
  const unquoted: Syntax | undefined =
    fits !== undefined && published.delimiter !== undefined && syntax.kind === 'delimited'
      ? { ...syntax, quoting: false }
      : undefined;
  return {
    format: name,
    part,
    reasons: [
      ...(part === 'ignored'
        ? []
        : [
            t('{columns}: the columns of {format}', {
              columns: (order.length > 0 ? order : Object.values(named)).filter((one) => one !== '-').join(', '),
              format: name,
            }),
          ]),
      ...(why === undefined ? [] : [t(why)]),
      ...(share === undefined ? [] : [t('the name says it is the {share} part of a split', { share })]),
    ],
    roles:
      order.length > 0
        ? byPosition(order as (Role | '-')[], t('its position in {format}', { format: name }))
        : byName(all, named, t('its name in {format}', { format: name })),
    ...(positional
      ? { columns: order.map((role, at) => (role === '-' ? `column ${at + 1}` : role)) }
      : all === columns
        ? {}
        : { columns: all }),
    ...(unquoted === undefined ? {} : { syntax: unquoted }),
    ...(unit === undefined ? {} : { timeUnit: unit }),
    ...(kind === undefined ? {} : { kind }),
    ...(leastRating === undefined ? {} : { leastRating }),
    ...(where === undefined ? {} : { where: { column: columns.indexOf(where[0]), values: where.slice(1) } }),
    ...(yielding.length === 0 ? {} : { yieldsTo: yielding }),
    ...(share === undefined ? {} : { share }),
  };
}

/** A table of `PUBLISHED`, whichever it is. */
export const publishedTable: Format = {
  name: 'Published table',
  recognise(peek) {
    const found = PUBLISHED.find((one) => isOne(peek, one));
    return found === undefined ? null : recognition(peek, found);
  },
};
