/** Measures of the recommended lists: no better direction, since they are descriptive. */
import { defineRankingMeasure } from '../measure';

const LISTS = { topic: 'ranking', better: null, atK: true, splits: ['all'], main: { all: [10] }, tag: 'O' } as const;

export const coverage = defineRankingMeasure({
  ...LISTS,
  id: 'coverage',
  name: 'coverage',
  unit: '%',
  scale: 100,
  digits: 1,
  definition: 'Share of the catalogue that is in at least one user’s list of K; it depends on the number of users.',
});

export const gini = defineRankingMeasure({
  ...LISTS,
  id: 'gini',
  name: 'Gini index',
  unit: '',
  scale: 1,
  digits: 3,
  definition:
    'How unequally the slots of all lists of K are shared among the items of the catalogue: 0 = equally, near 1 = a few items take nearly all; it depends on the number of users.',
});

export const popularity = defineRankingMeasure({
  ...LISTS,
  id: 'popularity',
  name: 'average popularity',
  unit: 'training events',
  scale: 1,
  digits: 1,
  definition: 'Mean over users of the mean number of training events of the items in their list of K.',
});
