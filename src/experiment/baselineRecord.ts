/** The baselines of a run: ranked once on the final test targets, summarised for all users and for the watched sample. */
import type { Target } from '../data/types';
import { BASELINE_IDS, rankBaselines, type BaselineId, type TargetRanking } from '../evaluation/baselines';
import type { BaselineRecord, RunRecord } from '../spec/runRecord';
import type { RunSpec } from '../spec/runSpec';
import type { OverlapSample } from './overlap';
import type { PreparedData } from './preparedData';
import type { TrainedBaseline } from './sasrec';
import type { TargetRankings } from './targetRankings';

type Rankings = Readonly<Record<BaselineId, TargetRanking>>;

export class Baselines {
  private readonly all: Promise<Rankings>;

  /** Starts ranking at once; gives way to other work of the thread. @param features [items, hidden], standardised */
  constructor(
    private readonly data: PreparedData,
    /** Test targets of the final evaluation. */
    private readonly test: readonly Target[],
    private readonly features: Float32Array,
    private readonly hidden: number,
    private readonly spec: RunSpec,
    private readonly by: { readonly rankings: TargetRankings; readonly overlap: OverlapSample },
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
    const all = await this.all;
    // The sample is part of the test targets, unless validation targets are watched.
    const { test } = this;
    const places = placesIn(test, sample);
    const ofSample: Rankings | null = places === null ? await this.rank(sample) : null;
    const both = (id: BaselineId): BaselineRecord =>
      this.record(ofSample?.[id] ?? this.by.rankings.pick(all[id], places!), sample, all[id]);
    const [popularity, itemKnn, lastItem, zeroShot] = BASELINE_IDS.map(both) as [
      BaselineRecord,
      BaselineRecord,
      BaselineRecord,
      BaselineRecord,
    ];
    return {
      popularity,
      itemKnn,
      lastItem,
      zeroShot,
      ...(sasrec === null ? {} : { sasrec: this.trained(sasrec, sample) }),
    };
  }

  private trained({ targets, ranking, ...facts }: TrainedBaseline, sample: readonly Target[]): RunRecord['baselines']['sasrec'] {
    const of = (some: readonly Target[]): TargetRanking => this.by.rankings.pick(ranking, placesIn(targets, some)!);
    return { ...this.record(of(sample), sample, of(this.test)), ...facts };
  }

  private rank(targets: readonly Target[]): Promise<Rankings> {
    const { data, features, hidden, spec } = this;
    const { listed, pools } = this.by.rankings;
    const options = { maskHistory: spec.evaluation.maskHistory, maxHistory: spec.objective.maxHistory, listed };
    const input = { log: data.log, split: data.split, targets, features, hidden, pools };
    return rankBaselines(input, options, this.onProgress);
  }

  private record(ofSample: TargetRanking, sample: readonly Target[], ofAll: TargetRanking): BaselineRecord {
    const watched = this.by.rankings.summarise(ofSample, sample);
    const final = this.by.rankings.summarise(ofAll, this.test);
    return {
      sample: watched.ranking,
      all: final.ranking,
      ...(watched.pool && final.pool && { pool: { sample: watched.pool, all: final.pool } }),
      overlap: this.by.overlap.measure(ofAll.top, this.by.rankings.listed),
      ...((watched.gauc ?? final.gauc) && { gauc: { sample: watched.gauc, all: final.gauc } }),
    };
  }
}

/** Where some targets stand among all; null where one does not. */
function placesIn(all: readonly Target[], some: readonly Target[]): number[] | null {
  const place = new Map(all.map((target, index) => [target, index]));
  const places = some.flatMap((target) => place.get(target) ?? []);
  return places.length < some.length ? null : places;
}
