/** MovieLens as GroupLens publishes it (https://grouplens.org/datasets/movielens/): 100K, 1M and 10M, and the CSV generation. */
import { message, t } from '../../words/words';
import type { Role, Syntax } from '../../recipe/logRecipe';
import type { Peek } from '../records/peek';
import {
  baseName,
  byName,
  byPosition,
  columnFits,
  INTEGER,
  SAME_ROWS,
  UNIX_SECONDS,
  type Format,
  type Recognition,
} from './format';

const bars: Syntax = { kind: 'delimited', delimiter: '|', quoting: false, header: false };
const colons: Syntax = { kind: 'delimited', delimiter: '::', quoting: false, header: false };
const tabs: Syntax = { kind: 'delimited', delimiter: '\t', quoting: false, header: false };

function delimiterOf({ syntax }: Peek): string | null {
  return syntax.kind === 'delimited' && !syntax.header ? syntax.delimiter : null;
}

/** Two ids, a text, a time: in ratings the text is a number, in 10M's tags it is a tag. */
function threeAndTime(peek: Peek): boolean {
  return (
    peek.columns.length === 4 && columnFits(peek, 0, INTEGER) && columnFits(peek, 1, INTEGER) && columnFits(peek, 3, UNIX_SECONDS)
  );
}

function ratings(peek: Peek): boolean {
  return threeAndTime(peek) && columnFits(peek, 2, /^[0-5](?:\.\d)?$/);
}

function positional(
  format: string,
  part: Recognition['part'],
  syntax: Syntax,
  columns: readonly string[],
  roles: readonly (Role | '-')[],
  reasons: readonly string[],
): Recognition {
  const time = roles.includes('time') ? { timeUnit: 'seconds' as const } : {};
  return { format, part, reasons, columns, syntax, roles: byPosition(roles, t('its position in {format}', { format })), ...time };
}

const RATINGS = ['user', 'item', 'rating', 'time'] as const;

/** The ratings of 100K; the same rows are also there as training and test parts. */
const WHOLE_100K = 'u.data';

/** The 19 genres of u.item are columns of 0 and 1; they have no names and are not read. */
const ITEM_100K = ['movie id', 'movie title', 'release date', 'video release date', 'IMDb URL'];

export const movieLens100k: Format = {
  name: 'MovieLens 100K',
  recognise(peek) {
    const base = baseName(peek);
    const width = peek.columns.length;
    const { name } = this;
    if (delimiterOf(peek) === '\t' && ratings(peek) && /^u[a-d1-5]?\.(?:data|base|test)$/.test(base)) {
      const recognition = positional(name, 'events', tabs, RATINGS, RATINGS, [
        t('{file}: user, item, rating, time separated by tabs', { file: base }),
      ]);
      if (base === WHOLE_100K) return recognition;
      return {
        ...recognition,
        yieldsTo: [{ file: WHOLE_100K, why: SAME_ROWS }],
        share: base.endsWith('.base') ? 'train' : 'test',
      };
    }
    if (delimiterOf(peek) === '|' && width === 24 && columnFits(peek, 0, INTEGER)) {
      const columns = [...ITEM_100K, ...Array.from({ length: 19 }, (_, genre) => `genre ${genre}`)];
      return positional(
        name,
        'items',
        bars,
        columns,
        ['item', 'title', '-', '-', '-'],
        ['24 fields separated by bars, as in u.item'],
      );
    }
    if (delimiterOf(peek) === '|' && width === 5 && /^[MF]$/.test(String(peek.rows[0]?.[2]))) {
      const columns = ['user', 'age', 'gender', 'occupation', 'zip code'];
      return positional(
        name,
        'users',
        bars,
        columns,
        ['user'],
        [t('age, gender and occupation separated by bars, as in u.user')],
      );
    }
    if (/^u\.(?:genre|occupation|info)$/.test(base)) {
      return {
        format: name,
        part: 'ignored',
        reasons: [t('{file} is a list that is not needed for the log', { file: base })],
        roles: {},
      };
    }
    return null;
  },
};

export const movieLens1m: Format = {
  name: 'MovieLens 1M or 10M',
  recognise(peek) {
    if (delimiterOf(peek) !== '::') return null;
    const { name } = this;
    if (ratings(peek)) return positional(name, 'events', colons, RATINGS, RATINGS, [t('user::item::rating::time in each line')]);
    if (threeAndTime(peek)) {
      return {
        format: name,
        part: 'ignored',
        reasons: [t('user::item::tag::time: tags that users typed, not ratings')],
        roles: {},
      };
    }
    if (peek.columns.length === 3 && columnFits(peek, 0, INTEGER)) {
      const columns = ['item', 'title', 'genres'];
      return positional(name, 'items', colons, columns, ['item', 'title', 'category'], [t('item::title::genres in each line')]);
    }
    if (peek.columns.length === 5 && /^[MF]$/.test(String(peek.rows[0]?.[1]))) {
      const columns = ['user', 'gender', 'age', 'occupation', 'zip code'];
      return positional(name, 'users', colons, columns, ['user'], [t('user::gender::age in each line')]);
    }
    return null;
  },
};

/** Files beside ratings.csv and movies.csv that contain no events with items. */
const OTHER_TABLES: Readonly<Record<string, string>> = {
  tagId: message('it holds tags, not ratings'),
  relevance: message('it holds tag relevance, not ratings'),
  tag: message('it holds tags that users typed, not ratings'),
  imdbId: message('it holds links to other sites'),
};

export const movieLensCsv: Format = {
  name: 'MovieLens CSV',
  recognise({ columns }) {
    const movie = columns.find((column) => column === 'movieId' || column === 'Id');
    if (movie === undefined) return null;
    const other = columns.find((column) => column in OTHER_TABLES);
    if (other !== undefined) return { format: this.name, part: 'ignored', reasons: [t(OTHER_TABLES[other]!)], roles: {} };
    const reason = t('its name in MovieLens');
    if (['userId', 'rating', 'timestamp'].every((column) => columns.includes(column))) {
      const roles = byName(columns, { user: 'userId', item: movie, rating: 'rating', time: 'timestamp' }, reason);
      return {
        format: this.name,
        part: 'events',
        reasons: [t('columns userId, {movie}, rating, timestamp', { movie })],
        roles,
        timeUnit: 'seconds',
      };
    }
    if (['title', 'genres'].every((column) => columns.includes(column))) {
      const roles = byName(columns, { item: movie, title: 'title', category: 'genres' }, reason);
      return { format: this.name, part: 'items', reasons: [t('columns {movie}, title, genres', { movie })], roles };
    }
    return null;
  },
};
