/** Amazon Reviews 2014, 2018 (https://jmcauley.ucsd.edu/data/amazon/) and 2023 (https://amazon-reviews-2023.github.io/). */
import { t } from '../../words/words';
import type { Peek } from '../records/peek';
import { baseName, byName, byPosition, columnFits, shareOf, UNIX_SECONDS, type Format, type Recognition } from './format';

const ASIN = /^(?:B[0-9A-Z]{9}|\d{9}[\dX])$/;
const REVIEWER = /^A[0-9A-Z]{9,20}$/;

function has({ columns }: Peek, ...names: readonly string[]): boolean {
  return names.every((name) => columns.includes(name));
}

/** Reviews 2014 and 2018: `title` and texts are the review's, never the item's. */
const reviews: Format = {
  name: 'Amazon Reviews 2014 or 2018',
  recognise(peek) {
    if (!has(peek, 'reviewerID', 'asin', 'unixReviewTime')) return null;
    const names = { user: 'reviewerID', item: 'asin', time: 'unixReviewTime', rating: 'overall' };
    return {
      format: this.name,
      part: 'events',
      reasons: [t('keys reviewerID, asin, unixReviewTime')],
      roles: byName(peek.columns, names, t('its name in the reviews')),
      timeUnit: 'seconds',
    };
  },
};

const reviews2023: Format = {
  name: 'Amazon Reviews 2023',
  recognise(peek) {
    if (!has(peek, 'user_id', 'parent_asin', 'rating', 'timestamp')) return null;
    const names = { user: 'user_id', item: 'parent_asin', time: 'timestamp', rating: 'rating', history: 'history' };
    const share = shareOf(baseName(peek));
    return {
      format: has(peek, 'history') ? 'Amazon Reviews 2023, with histories' : this.name,
      part: 'events',
      reasons: [
        t('columns user_id, parent_asin, rating, timestamp'),
        t('title and text are those of the review and are not read'),
        ...(share === undefined ? [] : [t('the name says it is the {share} part of a split', { share })]),
      ],
      roles: byName(peek.columns, names, t('its name in the reviews of 2023')),
      timeUnit: 'milliseconds',
      ...(share === undefined ? {} : { share }),
    };
  },
};

const metadata: Format = {
  name: 'Amazon metadata',
  recognise(peek) {
    const item = ['parent_asin', 'asin'].find((column) => peek.columns.includes(column));
    const known = ['title', 'categories', 'category', 'main_cat', 'main_category', 'also_buy', 'related', 'imUrl', 'salesRank'];
    if (item === undefined || has(peek, 'reviewerID') || has(peek, 'user_id')) return null;
    if (known.filter((column) => peek.columns.includes(column)).length < 2) return null;
    const category = ['categories', 'category', 'main_category', 'main_cat'].find((column) => peek.columns.includes(column));
    const image = ['imUrl', 'imageURL', 'images'].find((column) => peek.columns.includes(column));
    const names = {
      item,
      title: 'title',
      description: 'description',
      price: 'price',
      ...(category === undefined ? {} : { category }),
      ...(image === undefined ? {} : { image }),
    };
    return {
      format: this.name,
      part: 'items',
      reasons: [t('keys {item}, title, {other}, as in the metadata', { item, other: category ?? 'price' })],
      roles: byName(peek.columns, names, t('its name in the metadata')),
    };
  },
};

/** Ratings only, without column names: user and item are swapped between 2014 and 2018. */
const ratings: Format = {
  name: 'Amazon ratings',
  recognise(peek) {
    const { syntax, columns } = peek;
    if (syntax.kind !== 'delimited' || syntax.header || columns.length !== 4 || !columnFits(peek, 3, UNIX_SECONDS)) return null;
    const userFirst = columnFits(peek, 0, REVIEWER) && columnFits(peek, 1, ASIN);
    if (!userFirst && !(columnFits(peek, 0, ASIN) && columnFits(peek, 1, REVIEWER))) return null;
    const roles = userFirst ? (['user', 'item', 'rating', 'time'] as const) : (['item', 'user', 'rating', 'time'] as const);
    const recognition: Recognition = {
      format: this.name,
      part: 'events',
      reasons: [
        userFirst
          ? t('reviewer, product number, rating and time in each line, the reviewer first')
          : t('reviewer, product number, rating and time in each line, the product first'),
      ],
      columns: [...roles],
      roles: byPosition(roles, t('its position in the ratings')),
      timeUnit: 'seconds',
    };
    return recognition;
  },
};

export const amazon: readonly Format[] = [reviews, reviews2023, metadata, ratings];
