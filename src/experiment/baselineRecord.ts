/** The baselines of a run: ranked once on the final test targets, summarised for all users and for the watched sample. */
import { placesIn } from '../log/sampling';
import type { Target } from '../log/types';
import { BASELINE_IDS, rankBaselines, type BaselineId, type TargetRanking } from '../measures/ranking/baselines';
import type { BaselineRecord, RunRecord } from '../record/runRecord';
import type { RunSpec } from '../recipe/runSpec';
import type { OverlapSample } from './overlap';
import type { PreparedData } from './preparedData';
import type { TrainedBaseline } from './sasrec';
import type { TargetRankings } from './targetRankings';

type Rankings = Readonly<Record<BaselineId, TargetRanking>>;

/** The targets over which rankings are summarised, in addition to the final test targets. */
interface Judged {
  /** Targets that are watched during training. */
  readonly sample: readonly Target[];
  /** Of the final test targets. */
  readonly overlap: OverlapSample;
}

export class Baselines {
  private readonly all: Promise<Rankings>;

  /** Starts ranking at once, yielding to the thread's other work. @param features [items, hidden], standardised */
  constructor(
    private readonly data: PreparedData,
    /** Test targets of the final evaluation. */
    private readonly test: readonly Target[],
    private readonly features: Float32Array,
    private readonly hidden: number,
    private readonly spec: RunSpec,
    private readonly rankings: TargetRankings,
    private readonly onProgress: (done: number, total: number) => void,
  ) {
    this.all = this.rank(test);
    // A failure is reported where this is awaited; until then it must not count as unhandled.
    this.all.catch(() => undefined);
  }

  /** Resolves when the test targets are ranked. */
  async ready(): Promise<void> {
    await this.all;
  }

  /** @param sasrec the trained baseline, if there is one */
  async summarise(on: Judged, sasrec: TrainedBaseline | null): Promise<RunRecord['baselines']> {
    const all = await this.all;
    // The sample is part of the test targets, unless validation targets are watched.
    const { sample } = on;
    const places = placesIn(this.test, sample);
    const ofSample: Rankings | null = places === null ? await this.rank(sample) : null;
    const both = (id: BaselineId): BaselineRecord =>
      this.record(on, ofSample?.[id] ?? this.rankings.pick(all[id], places!), all[id]);
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
      ...(sasrec === null ? {} : { sasrec: this.trained(on, sasrec) }),
    };
  }

  private trained(on: Judged, { targets, ranking, ...facts }: TrainedBaseline): RunRecord['baselines']['sasrec'] {
    const of = (some: readonly Target[]): TargetRanking => this.rankings.pick(ranking, placesIn(targets, some)!);
    return { ...this.record(on, of(on.sample), of(this.test)), ...facts };
  }

  private rank(targets: readonly Target[]): Promise<Rankings> {
    const { data, features, hidden, spec } = this;
    const { listed, pools } = this.rankings;
    const options = { maskHistory: spec.evaluation.maskHistory, maxHistory: spec.objective.maxHistory, listed };
    const input = { log: data.log, split: data.split, targets, features, hidden, pools };
    return rankBaselines(input, options, this.onProgress);
  }

  private record({ sample, overlap }: Judged, ofSample: TargetRanking, ofAll: TargetRanking): BaselineRecord {
    const watched = this.rankings.summarise(ofSample, sample);
    const final = this.rankings.summarise(ofAll, this.test);
    return {
      sample: watched.ranking,
      all: final.ranking,
      ...(watched.pool && final.pool && { pool: { sample: watched.pool, all: final.pool } }),
      overlap: overlap.measure(ofAll.top, this.rankings.listed),
      ...((watched.gauc ?? final.gauc) && { gauc: { sample: watched.gauc, all: final.gauc } }),
    };
  }
}
