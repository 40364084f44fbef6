/** The baselines of a run: ranked once on the final test targets, summarised for all users and for the watched sample. */
import type { Target } from '../data/types';
import { baselineRanksAsync, type BaselineId } from '../evaluation/baselines';
import { coldTargets, rankingBySplit } from '../evaluation/ranking';
import type { RankingBySplit, RunRecord } from '../spec/runRecord';
import type { RunSpec } from '../spec/runSpec';
import type { PreparedData } from './preparedData';
import type { TrainedBaseline } from './sasrec';

export class Baselines {
  private readonly all: Promise<Readonly<Record<BaselineId, Float64Array>>>;

  /** Starts ranking at once; gives way to other work of the thread. @param features [items, hidden], standardised */
  constructor(
    private readonly data: PreparedData,
    /** Test targets of the final evaluation. */
    private readonly test: readonly Target[],
    private readonly features: Float32Array,
    private readonly hidden: number,
    private readonly spec: RunSpec,
    private readonly onProgress: (done: number, total: number) => void,
  ) {
    this.all = this.rank(test);
    // Whoever awaits it sees the failure; until then it is not an unhandled one.
    this.all.catch(() => undefined);
  }

  /** Resolves when the test targets are ranked. */
  async ready(): Promise<void> {
    await this.all;
  }

  /** @param sample the targets that are watched while training @param sasrec the trained baseline, where there is one */
  async summarise(sample: readonly Target[], sasrec: TrainedBaseline | null): Promise<RunRecord['baselines']> {
    const ranks = await this.all;
    // The sample is part of the test targets, unless validation targets are watched.
    const { test } = this;
    const place = new Map(test.map((target, index) => [target, index]));
    const places = sample.map((target) => place.get(target));
    const pick = (id: BaselineId): Float64Array => Float64Array.from(places, (index) => ranks[id][index!]!);
    const ranksOfSample = places.includes(undefined)
      ? await this.rank(sample)
      : {
          popularity: pick('popularity'),
          itemKnn: pick('itemKnn'),
          lastItem: pick('lastItem'),
          zeroShot: pick('zeroShot'),
        };
    const both = (id: BaselineId): { sample: RankingBySplit; all: RankingBySplit } => ({
      sample: this.summary(ranksOfSample[id], sample),
      all: this.summary(ranks[id], test),
    });
    return {
      popularity: both('popularity'),
      itemKnn: both('itemKnn'),
      lastItem: both('lastItem'),
      zeroShot: both('zeroShot'),
      ...(sasrec === null ? {} : { sasrec: this.trained(sasrec, sample) }),
    };
  }

  private trained(sasrec: TrainedBaseline, sample: readonly Target[]): RunRecord['baselines']['sasrec'] {
    const { ranks, ...facts } = sasrec;
    const of = (targets: readonly Target[]): RankingBySplit =>
      this.summary(
        Float64Array.from(targets, (target) => ranks.get(target)!),
        targets,
      );
    return { sample: of(sample), all: of(this.test), ...facts };
  }

  private rank(targets: readonly Target[]): Promise<Record<BaselineId, Float64Array>> {
    const { data, features, hidden, spec } = this;
    const options = { maskHistory: spec.evaluation.maskHistory, maxHistory: spec.objective.maxHistory };
    return baselineRanksAsync({ log: data.log, split: data.split, targets, features, hidden }, options, this.onProgress);
  }

  private summary(ranks: Float64Array, targets: readonly Target[]): RankingBySplit {
    const { data, spec } = this;
    return rankingBySplit(ranks, coldTargets(data.log, data.split, targets), spec.evaluation.ks, { seed: spec.seed });
  }
}
