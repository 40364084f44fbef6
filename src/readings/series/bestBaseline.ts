/** Whether an arm works: its hits against those of the best training-free baseline, at one K, on the same targets. Pure. */
import { rankedBaseline, type RankingMeasure } from '../../measures/measure';
import { BASELINES, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { hitDifferenceFromBaseline, type HitDifference } from './rankingData';

/** Better or worse than it by the paired interval, neither, or without the ranks that would tell. */
export type Outcome = 'works' | 'below' | 'alike' | 'unmeasured';

export interface AgainstBest {
  readonly baseline: RecordedBaseline;
  readonly k: number;
  /** The arm's value and the baseline's, unscaled. */
  readonly own: number;
  readonly value: number;
  readonly outcome: Outcome;
  /** Arm − baseline; null if it was not measured. */
  readonly difference: HitDifference | null;
}

/**
 * An arm against the training-free baseline, one without gradient steps, that has the highest value on the arm's targets; the first in the order of
 * tables in a tie. It works if the paired 95 % interval over targets lies above 0.
 * @param measure one that counts hits @returns null if the arm or all baselines lack the value
 */
export function againstBest(
  record: Pick<RunRecord, 'baselines'>,
  evaluation: Evaluation,
  measure: RankingMeasure,
  k: number,
): AgainstBest | null {
  const own = measure.of(evaluation, 'all', k);
  const known = BASELINES.flatMap(({ id }) => {
    const baseline = id === 'sasrec' ? undefined : record.baselines[id];
    const value = baseline ? measure.of(rankedBaseline(baseline, evaluation.population), 'all', k) : null;
    return baseline === undefined || value === null ? [] : [{ id, baseline, value }];
  });
  const [first, ...others] = known;
  if (first === undefined || own === null) return null;
  const best = others.reduce((most, one) => (one.value > most.value ? one : most), first);
  // Without the newest baselines, which are often the best ones, the best of the rest says nothing.
  const difference =
    record.baselines.tfidf === undefined ? null : hitDifferenceFromBaseline(evaluation, best.baseline, k, 'all', measure.ranksOf);
  return { baseline: best.id, k, own, value: best.value, outcome: outcomeOf(difference), difference };
}

function outcomeOf(difference: HitDifference | null): Outcome {
  if (difference === null) return 'unmeasured';
  if (difference.low > 0) return 'works';
  return difference.high < 0 ? 'below' : 'alike';
}
