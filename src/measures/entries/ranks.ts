/** Measures of the targets' ranks, in the catalogue and in candidate pools. */
import { message, t } from '../../words/words';
import { TARGET_GROUPS } from '../../record/targetGroups';
import { defineMeasure, defineRankingMeasure, RANKED_SPLITS, type RankingMeasure, type RanksByTarget } from '../measure';

const inCatalogue = ({ ranks }: RanksByTarget): readonly number[] => ranks;
const inPool = ({ pool: of }: RanksByTarget): readonly number[] => of?.ranks ?? [];

/** What a target of this rank contributes, over the catalogue or in its pool. */
function scoresOf(score: (rank: number) => number, ranksOf = inCatalogue): NonNullable<RankingMeasure['scores']> {
  return (of, k) => ranksOf(of).map((rank) => (rank <= k ? score(rank) : 0));
}

const hit = (): number => 1;
const gain = (rank: number): number => 1 / Math.log2(1 + rank);
const reciprocal = (rank: number): number => 1 / rank;

const RANKS = { topic: 'ranking', better: 'higher', atK: true, splits: RANKED_SPLITS } as const;
const SHARE = { unit: '%', scale: 100, digits: 1 } as const;
const GROUPS_AT_10 = Object.fromEntries(TARGET_GROUPS.map((group) => [group, [10]]));
const PLAIN = { unit: '', scale: 1, digits: 3 } as const;
const POOLED = message(
  'Numbers are higher than over the catalogue, depend on where the pool comes from, and may order models differently.',
);

export const hr = defineRankingMeasure({
  ...RANKS,
  ...SHARE,
  id: 'hr',
  name: 'HR',
  definition:
    'Share of users whose held-out next item is among the K best of the whole catalogue; with one target per user this is also recall.',
  tag: 'O',
  main: { all: [10, 50, 200], cold: [10, 50], ...GROUPS_AT_10 },
  ranksOf: inCatalogue,
  scores: scoresOf(hit),
});

export const ndcg = defineRankingMeasure({
  ...RANKS,
  ...SHARE,
  id: 'ndcg',
  name: 'NDCG',
  definition: 'Mean over users of 1/log₂(1 + rank) if the held-out next item is among the K best of the whole catalogue, else 0.',
  tag: 'O',
  main: {},
  scores: scoresOf(gain),
});

export const mrrAt = defineRankingMeasure({
  ...RANKS,
  ...PLAIN,
  id: 'mrr',
  name: 'MRR',
  definition: 'Mean over users of 1/rank if the held-out next item is among the K best of the whole catalogue, else 0.',
  tag: 'O',
  main: { all: [10] },
  scores: scoresOf(reciprocal),
});

export const mrr = defineMeasure({
  id: 'mrr',
  name: 'MRR',
  topic: 'ranking',
  better: 'higher',
  definition: 'Mean over users of 1/rank of the held-out next item in the whole catalogue.',
  tag: 'O',
  perUsers: true,
  ranked: { split: 'all', of: ({ values }) => values.mrr ?? null, scores: ({ ranks }) => ranks.map(reciprocal) },
});

export const poolHr = defineRankingMeasure({
  ...RANKS,
  ...SHARE,
  id: 'pool-hr',
  name: 'candidate-pool HR',
  definition: () =>
    t(
      'Share of users whose held-out next item is among the K best of its pool of candidates, the same for all arms and steps. {pooled}',
      { pooled: t(POOLED) },
    ),
  tag: 'O',
  main: { all: [10, 50, 200], cold: [10] },
  ranksOf: inPool,
  scores: scoresOf(hit, inPool),
});

export const poolNdcg = defineRankingMeasure({
  ...RANKS,
  ...SHARE,
  id: 'pool-ndcg',
  name: 'candidate-pool NDCG',
  definition: () =>
    t(
      'Mean over users of 1/log₂(1 + rank) if the held-out next item is among the K best of its pool of candidates, else 0. {pooled}',
      { pooled: t(POOLED) },
    ),
  tag: 'O',
  main: {},
  scores: scoresOf(gain, inPool),
});

export const poolMrr = defineRankingMeasure({
  ...RANKS,
  ...PLAIN,
  id: 'pool-mrr',
  name: 'candidate-pool MRR',
  definition: () =>
    t('Mean over users of 1/rank if the held-out next item is among the K best of its pool of candidates, else 0. {pooled}', {
      pooled: t(POOLED),
    }),
  tag: 'O',
  main: {},
  scores: scoresOf(reciprocal, inPool),
});
