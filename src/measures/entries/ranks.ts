/** Measures of the targets' ranks, in the catalogue and in candidate pools. */
import { message, t } from '../../words/words';
import { TARGET_GROUPS } from '../../record/targetGroups';
import {
  defineMeasure,
  defineRankingMeasure,
  ofSplit,
  RANKED_SPLITS,
  type Ranked,
  type RankingMeasure,
  type RanksByTarget,
} from '../measure';

type RankKey = 'hr' | 'ndcg' | 'mrrAt';

/** The same over the whole catalogue or in pools. */
function fromRanks(key: RankKey, at: (ranked: Ranked) => Ranked['ranking'] | Ranked['pool']): RankingMeasure['of'] {
  return (ranked, split, k) => {
    const of = at(ranked);
    const metrics = of && ofSplit(of, split);
    return metrics === undefined || metrics.n === 0 ? null : (metrics[key]?.[k] ?? null);
  };
}

const inCatalogue = ({ ranks }: RanksByTarget): readonly number[] => ranks;
const inPool = ({ pool: of }: RanksByTarget): readonly number[] => of?.ranks ?? [];

/** What a target of this rank contributes, over the catalogue or in its pool. */
function scoresOf(score: (rank: number) => number, ranksOf = inCatalogue): NonNullable<RankingMeasure['scores']> {
  return (of, k) => ranksOf(of).map((rank) => (rank <= k ? score(rank) : 0));
}

const hit = (): number => 1;
const gain = (rank: number): number => 1 / Math.log2(1 + rank);
const reciprocal = (rank: number): number => 1 / rank;

const catalogue = ({ ranking }: Ranked): Ranked['ranking'] => ranking;
const pool = ({ pool: of }: Ranked): Ranked['pool'] => of;

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
  of: fromRanks('hr', catalogue),
  interval: ({ ranking }, split, k) => ofSplit(ranking, split)?.hrInterval[k] ?? null,
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
  of: fromRanks('ndcg', catalogue),
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
  of: fromRanks('mrrAt', catalogue),
  scores: scoresOf(reciprocal),
});

function wholeMrr({ ranking: { all } }: Ranked): number | null {
  return all.n === 0 ? null : all.mrr;
}

export const mrr = defineMeasure({
  id: 'mrr',
  name: 'MRR',
  topic: 'ranking',
  better: 'higher',
  definition: 'Mean over users of 1/rank of the held-out next item in the whole catalogue.',
  tag: 'O',
  perUsers: true,
  of: wholeMrr,
  ranked: { split: 'all', of: wholeMrr, scores: ({ ranks }) => ranks.map(reciprocal) },
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
  of: fromRanks('hr', pool),
  interval: ({ pool: of }, split, k) => (of && ofSplit(of, split)?.hrInterval[k]) ?? null,
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
  of: fromRanks('ndcg', pool),
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
  of: fromRanks('mrrAt', pool),
  scores: scoresOf(reciprocal, inPool),
});
