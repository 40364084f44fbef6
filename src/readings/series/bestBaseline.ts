/**
 * Whether an arm works: its hits against those of the best training-free baseline, at one K, on the same
 * targets. Pure.
 */
import type { RankingMeasure } from '../../measures/measure';
import { BASELINES, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import type { BaselineRecord, Evaluation, RunRecord } from '../../record/runRecord';
import type { HitComparison } from '../../statistics/pairedHits';
import { pairedWithBaseline } from './rankingData';

/** Better or worse than it by the paired test, neither, or without the ranks that would tell. */
export type BaselineOutcome = 'works' | 'below' | 'alike' | 'unmeasured';

export interface AgainstBaseline {
  readonly outcome: BaselineOutcome;
  /** Arm − baseline; null if it was not measured. */
  readonly difference: HitComparison | null;
}

export interface AgainstBest extends AgainstBaseline {
  readonly baseline: RecordedBaseline;
  readonly k: number;
  /** The arm's value and the baseline's, unscaled. */
  readonly own: number;
  readonly value: number;
}

/**
 * An arm against the training-free baseline, one without gradient steps, that has the highest value on the
 * arm's targets; the first in the order of tables in a tie. It works if it is above it by `againstBaseline`.
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
    const value = baseline ? measure.of(baseline[evaluation.population], 'all', k) : null;
    return baseline === undefined || value === null ? [] : [{ id, baseline, value }];
  });
  const [first, ...others] = known;
  if (first === undefined || own === null) return null;
  const best = others.reduce((most, one) => (one.value > most.value ? one : most), first);
  // Without the newest baselines, which are often the best ones, the best of the rest says nothing.
  const compared: AgainstBaseline =
    record.baselines.tfidf === undefined ? UNMEASURED : againstBaseline(evaluation, best.baseline, measure, k);
  return { baseline: best.id, k, own, value: best.value, ...compared };
}

const UNMEASURED: AgainstBaseline = { outcome: 'unmeasured', difference: null };

/** An arm against one baseline, by the exact paired test over users. */
function againstBaseline(evaluation: Evaluation, baseline: BaselineRecord, measure: RankingMeasure, k: number): AgainstBaseline {
  const difference = pairedWithBaseline(evaluation, baseline[evaluation.population], k, measure);
  if (difference === null) return UNMEASURED;
  if (difference.p >= 0.05) return { outcome: 'alike', difference };
  return { outcome: difference.difference > 0 ? 'works' : 'below', difference };
}
