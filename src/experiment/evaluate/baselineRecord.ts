/**
 * The baselines of a run: ranked once on the final test targets, summarised for all users and for the watched
 * sample.
 */
import { placesIn, sampleUsers } from '../../log/sampling';
import type { Target } from '../../log/types';
import {
  rankBaselines,
  type BaselineId,
  type BaselineInput,
  type BaselineOptions,
  type BaselineRankings,
  type TargetRanking,
} from '../../measures/ranking/baselines';
import { popularityBias } from '../../engine/engineInputs';
import type { StartSettings } from '../../measures/ranking/startScores';
import { isTuned } from '../../measures/ranking/baselineSettings';
import { TUNING_TARGETS, tuneBaselines, type TunedBaselines } from '../../measures/ranking/baselineTuning';
import { withMeasures } from '../../record/withMeasures';
import type { BaselineRecord, RunRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import type { OverlapSample } from './overlap';
import type { PreparedData } from '../prepare/preparedData';
import type { TrainedBaseline } from './sasrec';
import type { TargetRankings } from './targetRankings';
import { t } from '../../words/words';

/** The targets over which rankings are summarised. */
interface Judged {
  /** Test targets of the final evaluation: all that were ranked, or some of them. */
  readonly finals: readonly Target[];
  /** Targets that are watched during training. */
  readonly sample: readonly Target[];
  /** Of the final test targets. */
  readonly overlap: OverlapSample;
}

/**
 * Of the ranking from which arms start; none if their heads are drawn or fitted, or they start from an
 * adapter.
 */
function startSettings(data: Pick<PreparedData, 'counts'>, { objective, lora }: RunSpec): StartSettings | undefined {
  const { headStart, interestSkip, itemOutput, embeddingSize, similarity, temperature, skipLast, maxHistory } = objective;
  const skipItems = objective.skipItems === 0 ? 0 : Math.min(objective.skipItems, maxHistory);
  if (headStart !== 'identity' || interestSkip === 'none' || itemOutput !== 'content' || lora.start !== null) return undefined;
  const cosine = similarity === 'cosine';
  const bias = popularityBias({ spec: { objective }, counts: data.counts() });
  const inUnits = bias?.map((value) => (cosine ? value * temperature : value)) ?? null;
  return { embeddingSize, cosine, skipItems, skipLast, bias: inUnits };
}

export class Baselines {
  /** Null if the recipe tunes none, or the split has no validation targets. */
  private readonly tuned: Promise<TunedBaselines | null>;
  private readonly all: Promise<BaselineRankings>;

  /**
   * Starts ranking at once, yielding to the thread's other work.
   * @param features [items, hidden], standardised
   */
  constructor(
    private readonly data: PreparedData,
    /** Test targets that the final evaluation may rank. */
    private readonly test: readonly Target[],
    private readonly features: Float32Array,
    private readonly hidden: number,
    private readonly spec: RunSpec,
    private readonly rankings: TargetRankings,
    private readonly onProgress: (note: string, done: number, total: number) => void,
  ) {
    this.tuned = this.tune();
    this.all = this.rank(test);
    // A failure is reported where these are awaited; until then it must not count as unhandled.
    this.tuned.catch(() => undefined);
    this.all.catch(() => undefined);
  }

  /** Resolves when the test targets are ranked. */
  async ready(): Promise<void> {
    await this.all;
  }

  /** @param sasrec the trained baseline, if there is one */
  async summarise(on: Judged, sasrec: TrainedBaseline | null): Promise<RunRecord['baselines']> {
    const [tuned, all] = await Promise.all([this.tuned, this.all]);
    // The sample is part of the test targets, unless validation targets are watched.
    const { sample, finals } = on;
    const places = placesIn(this.test, sample);
    const final = placesIn(this.test, finals)!;
    const ofSample: BaselineRankings | null = places === null ? await this.rank(sample) : null;
    const both = (id: BaselineId): BaselineRecord | undefined => {
      const ranking = all[id];
      if (ranking === undefined) return undefined;
      const record = this.record(on, ofSample?.[id] ?? this.rankings.pick(ranking, places!), this.rankings.pick(ranking, final));
      const tuning = isTuned(id) ? tuned?.tuning[id] : undefined;
      return { ...record, ...(tuning && { tuning }) };
    };
    const [ease, category, start] = [both('ease'), both('category'), both('start')];
    return {
      popularity: both('popularity')!,
      itemKnn: both('itemKnn')!,
      lastItem: both('lastItem')!,
      zeroShot: both('zeroShot')!,
      tfidf: both('tfidf')!,
      ...(ease && { ease }),
      ...(category && { category }),
      ...(start && { start }),
      ...(sasrec === null ? {} : { sasrec: this.trained(on, sasrec) }),
    };
  }

  private trained(on: Judged, { targets, ranking, ...facts }: TrainedBaseline): RunRecord['baselines']['sasrec'] {
    const of = (some: readonly Target[]): TargetRanking => this.rankings.pick(ranking, placesIn(targets, some)!);
    return { ...this.record(on, of(on.sample), of(on.finals)), ...facts };
  }

  private async tune(): Promise<TunedBaselines | null> {
    const { baselineTrials: trials } = this.spec.evaluation;
    const most = Math.min(TUNING_TARGETS, this.test.length);
    const targets = sampleUsers(this.data.split.validation, most, this.spec.seed);
    if (trials === 1 || targets.length === 0) return null;
    return tuneBaselines(this.input(targets), this.options(), trials, (done, total) => {
      this.onProgress(t('Tuning the baselines'), done, total);
    });
  }

  private async rank(targets: readonly Target[]): Promise<BaselineRankings> {
    const tuned = await this.tuned;
    const options = { ...this.options(), ...(tuned && { settings: tuned.settings }) };
    return rankBaselines(this.input(targets), options, (done, total) => {
      this.onProgress(t('Ranking with the baselines'), done, total);
    });
  }

  private input(targets: readonly Target[]): BaselineInput {
    const { data, features, hidden } = this;
    const { itemTemplate } = this.spec.data;
    return {
      log: data.log,
      split: data.split,
      targets,
      features,
      hidden,
      itemTemplate,
      start: startSettings(data, this.spec),
      pools: this.rankings.pools,
    };
  }

  private options(): BaselineOptions {
    const { evaluation, objective } = this.spec;
    return {
      maskHistory: evaluation.maskHistory,
      maxHistory: objective.maxHistory,
      listed: this.rankings.listed,
      tuned: evaluation.baselineTrials > 1,
    };
  }

  private record({ sample, finals, overlap }: Judged, ofSample: TargetRanking, ofAll: TargetRanking): BaselineRecord {
    const all = this.rankings.summarise(ofAll, finals);
    return {
      sample: this.rankings.summarise(ofSample, sample),
      all: this.rankings.overlaps ? withMeasures(all, overlap.measure(ofAll.top, this.rankings.listed)) : all,
    };
  }
}
