import { defineRankingMeasure, RANKED_SPLITS } from '../measure';

export const gauc = defineRankingMeasure({
  id: 'gauc',
  name: 'gAUC',
  topic: 'ranking',
  unit: '',
  scale: 1,
  digits: 3,
  better: 'higher',
  definition:
    'Share of the items shown with the click that score lower than the clicked one, ties half; mean over requests, weighted by impressions.',
  tag: 'O',
  atK: false,
  splits: RANKED_SPLITS,
  main: { all: [1], cold: [1] },
});
