/** What can be said at a K of a ranking, of arms and baselines alike. Definitions: docs/metrics.md. */
import type { BaselineRecord, GroupedAuc, PoolRanking, RankingBySplit, RankingMetrics } from '../../record/runRecord';
import type { Protocol } from '../../recipe/runSpec';

export type RankedSplit = 'all' | 'warm' | 'cold';

export const RANKING_MEASURES = [
  ...(['hr', 'ndcg', 'mrr', 'coverage', 'gini', 'popularity'] as const),
  ...(['pool-hr', 'pool-ndcg', 'pool-mrr', 'gauc'] as const),
] as const;
export type RankingMeasureId = (typeof RANKING_MEASURES)[number];

/** An evaluation, or a baseline on the same users. */
export interface Ranked {
  readonly ranking: RankingBySplit;
  readonly pool?: PoolRanking | undefined;
  readonly gauc?: GroupedAuc | undefined;
}

/** What each protocol is judged by. */
export const HEADLINE: Readonly<Record<Protocol, RankingMeasureId>> = { recall: 'hr', 'pre-ranking': 'pool-hr', ranking: 'gauc' };

export function rankedBaseline({ sample, all, pool, gauc }: BaselineRecord, population: 'sample' | 'all'): Ranked {
  return { ranking: population === 'all' ? all : sample, pool: pool?.[population], gauc: gauc?.[population] };
}

export interface RankingMeasure {
  readonly id: RankingMeasureId;
  /** `HR`, in sentences and headings; what is measured among sampled candidates says so. */
  readonly name: string;
  /** Of values as they are shown: shares in percent. */
  readonly unit: string;
  readonly scale: 1 | 100;
  readonly digits: number;
  /** What counts as better; null where neither does, as a description. */
  readonly better: 'higher' | 'lower' | null;
  /** Of ranks, there are warm and cold targets; lists and shown requests are those of all users. */
  readonly bySplit: boolean;
  /** False for gAUC, which has no K. */
  readonly atK: boolean;
  /** Null where a record has no such value (no such targets, another list of K, lists that end before K, an earlier version). */
  readonly of: (ranked: Ranked, split: RankedSplit, k: number) => number | null;
  /** 95 % bootstrap interval over users, where there is one. */
  readonly interval?: (ranked: Ranked, split: RankedSplit, k: number) => readonly [number, number] | undefined;
}

type Look = Pick<RankingMeasure, 'name' | 'unit' | 'scale' | 'digits'>;

const RANK_KEYS = { hr: 'hr', ndcg: 'ndcg', mrr: 'mrrAt' } as const;

function ofRanks(kind: keyof typeof RANK_KEYS, look: Look, pooled: boolean): RankingMeasure {
  const at = ({ ranking, pool }: Ranked, split: RankedSplit): RankingMetrics | undefined => (pooled ? pool : ranking)?.[split];
  return {
    id: pooled ? `pool-${kind}` : kind,
    ...look,
    name: pooled ? `sampled-pool ${look.name}` : look.name,
    better: 'higher',
    bySplit: true,
    atK: true,
    of: (ranked, split, k) => {
      const metrics = at(ranked, split);
      return metrics === undefined || metrics.n === 0 ? null : (metrics[RANK_KEYS[kind]]?.[k] ?? null);
    },
    ...(kind === 'hr' && { interval: (ranked: Ranked, split: RankedSplit, k: number) => at(ranked, split)?.hrInterval[k] }),
  };
}

function ofLists(id: 'coverage' | 'gini' | 'popularity', look: Look): RankingMeasure {
  return {
    id,
    ...look,
    better: null,
    bySplit: false,
    atK: true,
    of: ({ ranking: { all, lists } }, _, k) => (all.n === 0 ? null : (lists?.[id][k] ?? null)),
  };
}

const SHARE = { unit: '%', scale: 100, digits: 1 } as const;
const PLAIN = { unit: '', scale: 1, digits: 3 } as const;
const HR = { name: 'HR', ...SHARE };
const NDCG = { name: 'NDCG', ...SHARE };
const MRR = { name: 'MRR', ...PLAIN };

const MEASURES: Readonly<Record<RankingMeasureId, RankingMeasure>> = {
  hr: ofRanks('hr', HR, false),
  ndcg: ofRanks('ndcg', NDCG, false),
  mrr: ofRanks('mrr', MRR, false),
  coverage: ofLists('coverage', { name: 'coverage', ...SHARE }),
  gini: ofLists('gini', { name: 'Gini index', ...PLAIN }),
  popularity: ofLists('popularity', { name: 'average popularity', unit: 'training events', scale: 1, digits: 1 }),
  'pool-hr': ofRanks('hr', HR, true),
  'pool-ndcg': ofRanks('ndcg', NDCG, true),
  'pool-mrr': ofRanks('mrr', MRR, true),
  gauc: {
    id: 'gauc',
    name: 'gAUC',
    ...PLAIN,
    better: 'higher',
    bySplit: false,
    atK: false,
    of: ({ gauc }) => gauc?.value ?? null,
  },
};

export function rankingMeasure(id: RankingMeasureId): RankingMeasure {
  return MEASURES[id];
}

/** `HR@10`, `gAUC`. */
export function measureName({ name, atK }: Pick<RankingMeasure, 'name' | 'atK'>, k: number | 'K'): string {
  return atK ? `${name}@${k}` : name;
}
