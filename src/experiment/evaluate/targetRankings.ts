/** From scores to what a record says about a ranking, for arms and baselines alike. */
import { TargetGroups } from '../../log/targetGroups';
import type { Target } from '../../log/types';
import type { Ranking } from '../../engine/ranking/evaluator';
import type { TargetRanking } from '../../measures/ranking/baselines';
import { listedItems } from '../../measures/ranking/bestItems';
import { poolRanking, rankInPool, type CandidatePools } from '../../measures/ranking/candidatePools';
import { groupedAucBySplit } from '../../measures/ranking/gauc';
import { listMetrics, trainingCounts } from '../../measures/ranking/listMetrics';
import { canDiffer, OVERLAP_K } from '../../measures/fidelity/semanticOverlap';
import { averageRank, coldTargets, rankingBySplit } from '../../measures/ranking/ranking';
import type { Ranked } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import type { PreparedData } from '../prepare/preparedData';

export class TargetRankings {
  /**
   * Items in each user's list: enough for every K that has lists, and for JS@50; no more than beams can find.
   */
  readonly listed: number;
  /** Whether the lists are long enough for the overlap of items, which beams may not be. */
  readonly overlaps: boolean;
  /** What targets belong to. */
  readonly groups: TargetGroups;
  /** Training events of every item. */
  private readonly popularity: Float64Array;

  /** @param pools of the protocol `pre-ranking` */
  constructor(
    private readonly data: PreparedData,
    private readonly spec: RunSpec,
    readonly pools: CandidatePools | null,
  ) {
    this.groups = new TargetGroups(data);
    this.popularity = trainingCounts(data);
    const { itemInterface } = spec.objective;
    const catalogue = data.log.items.length;
    const listed = listedItems([...spec.evaluation.ks, OVERLAP_K], catalogue);
    this.listed = itemInterface === 'semantic' ? Math.min(listed, spec.evaluation.beamWidth) : listed;
    this.overlaps = canDiffer(catalogue) && this.listed >= OVERLAP_K;
  }

  /** What a model's ranking says about each of these targets; lists must be `listed` items long. */
  of({ above, equal, interest, items, bias, top, decoded }: Ranking, targets: readonly Target[]): TargetRanking {
    const { log } = this.data;
    const { pools } = this;
    const size = items.length / log.items.length;
    const scores = targets.map((_, row) => itemScores(row, interest, items, size, bias));
    return {
      ranks: Float64Array.from(above, (count, row) => averageRank(count, equal[row]!)),
      top,
      poolRanks: Float64Array.from(pools === null ? [] : targets, (target, row) =>
        rankInPool(pools!.of(target), log.events.item(target.user, target.position), scores[row]!),
      ),
      // Beams give no score to items that they do not find.
      requests: targets.map(({ user, position }, row) =>
        decoded
          ? { clicked: NaN, shown: [] }
          : {
              clicked: scores[row]!(log.events.item(user, position)),
              shown: Array.from(log.events.exposed(user, position), scores[row]!),
            },
      ),
    };
  }

  /** The same for some of the targets. */
  pick({ ranks, top, poolRanks, requests }: TargetRanking, places: readonly number[]): TargetRanking {
    const { listed } = this;
    const lists = new Uint32Array(places.length * listed);
    places.forEach((index, row) => {
      lists.set(top.subarray(index * listed, (index + 1) * listed), row * listed);
    });
    return {
      ranks: Float64Array.from(places, (index) => ranks[index]!),
      top: lists,
      poolRanks: Float64Array.from(poolRanks.length === 0 ? [] : places, (index) => poolRanks[index]!),
      requests: places.map((index) => requests[index]!),
    };
  }

  /** What a record says about a ranking of these targets. */
  summarise({ ranks, top, poolRanks, requests }: TargetRanking, targets: readonly Target[]): Ranked {
    const { data, spec, listed, popularity, pools } = this;
    const { ks } = spec.evaluation;
    const { seed } = spec;
    const by = { cold: coldTargets(data.log, data.split, targets), groups: this.groups.of(targets) };
    const ranking = rankingBySplit(ranks, by, ks, { seed });
    const lists = listMetrics({ items: top, length: listed, popularity }, ks);
    const pool =
      pools &&
      poolRanking(
        targets.map((target) => pools.of(target)),
        poolRanks,
        by,
        ks,
        { seed },
      );
    const gauc = groupedAucBySplit(requests, by);
    return {
      targets: ranking.targets,
      values: { ...ranking.values, ...pool?.values, ...lists, ...gauc.values },
      intervals: { ...ranking.intervals, ...pool?.intervals },
      ...(gauc.requests && { requests: gauc.requests }),
      ranks: [...ranks],
      ...(pool && { pool: { size: pool.size, ranks: [...poolRanks] } }),
    };
  }
}

/** h·e of a row of interest embeddings and any item, with what is added to the item's scores, in float64. */
export function itemScores(
  row: number,
  interest: Float32Array,
  items: Float32Array,
  size: number,
  bias: Float32Array | null,
): (item: number) => number {
  return (item) => {
    let sum = bias?.[item] ?? 0;
    for (let c = 0; c < size; c++) sum += interest[row * size + c]! * items[item * size + c]!;
    return sum;
  };
}
