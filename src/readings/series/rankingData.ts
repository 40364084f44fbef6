/** The ranking, by any of its measures, as series, sentence and table. Pure. */
import { message, t } from '../../words/words';
import { compareOverUsers } from '../../statistics/comparison';
import type { HitComparison } from '../../statistics/pairedHits';
import type { Table } from '../../charts/export/table';
import type { LinePoint, LineSeries, PointValue, ReferenceLine } from '../../scene/charts/series';
import type { ArmMark } from '../../scene/marks/armMark';
import { spoken } from '../../scene/marks/label';
import type { RankingEntry } from '../../measures/entries';
import { RANKED_SPLITS, type RankedSplit, type RankingMeasure, type RanksByTarget } from '../../measures/measure';
import { measureName, rankingMeasures } from '../../measures/measures';
import { baselineName, BASELINES, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import { splitId } from '../../measures/ranking/splitId';
import { isOfAllArms, isOfSameTargets, oneOf } from '../../record/comparedEvaluations';
import type { Evaluation, Ranked, RunRecord } from '../../record/runRecord';
import { lacks, leftOut, type RecordCut } from '../../record/shortened';
import { inGroup } from '../../record/targetGroups';
import { count, digitsOf, fixed, percent, sentenceCase, signed } from '../format';
import type { XAxis } from '../choices';
import { evaluationsAt, type FigureArm } from '../arms/armsOf';
import { evaluationSeries } from './evaluationSeries';
import { symbolCross } from 'd3';

type Population = Evaluation['population'];

/** Names and dashes of the baselines. */
const DASHES: Readonly<Record<RecordedBaseline, string>> = {
  zeroShot: '5 3',
  start: '5 1 1 1',
  lastItem: '2 2',
  sasrec: '9 3',
  itemKnn: '6 2 1 2',
  tfidf: '8 2 2 2',
  category: '3 1',
  ease: '9 2 1 2 1 2',
  popularity: '1 3',
};

/** What is shown of a ranking: a measure, and the targets it covers. */
export interface ShownRanking {
  readonly measure: RankingEntry;
  readonly split: RankedSplit;
}

const SPLIT_NAMES: Readonly<Record<RankedSplit, string>> = {
  all: message('all'),
  warm: message('warm'),
  cold: message('cold'),
  'one-hop': message('one-hop'),
  'multi-hop': message('multi-hop'),
  head: message('head'),
  tail: message('tail'),
  'short-history': message('short history'),
  'medium-history': message('medium history'),
  'long-history': message('long history'),
};

/** Before “targets”. */
export function splitName(split: RankedSplit): string {
  return t(SPLIT_NAMES[split]);
}

/** Whether warm and cold targets can be distinguished. */
export function isSplit({ splits }: RankingEntry): boolean {
  return splits.length > 1;
}

/** The split to show for a measure: only some have others than `all`. */
export function splitOf({ measure, split }: ShownRanking): RankedSplit {
  return isSplit(measure) ? split : 'all';
}

/** The splits in which some evaluation has targets; always including warm and cold. */
export function splitsOf({ arms }: Pick<RunRecord, 'arms'>): readonly RankedSplit[] {
  const evaluations = arms.flatMap((arm) => arm.evaluations);
  return RANKED_SPLITS.filter(
    (split) => ['all', 'warm', 'cold'].includes(split) || evaluations.some(({ targets }) => (targets[split] ?? 0) > 0),
  );
}

/** The part of a link without which it lacks a measure; null for measures that every link has. */
function cutOf(id: RankingEntry['id']): RecordCut | null {
  if (/^(?:pool-)?(?:ndcg|mrr)$/.test(id)) return 'measures';
  return ['coverage', 'gini', 'popularity'].includes(id) ? 'lists' : null;
}

/** Whether a link left out a measure, which may have been measured. */
export function isLeftOut(record: RunRecord, id: RankingEntry['id']): boolean {
  const cut = cutOf(id);
  return cut !== null && lacks(record, cut) && !measuresOf(record, record.spec.evaluation.ks).some((one) => one.id === id);
}

/**
 * What stands in place of a ranking whose measure or targets a link left out; null if it is in the record.
 */
export function rankingLeftOut(record: RunRecord, shown: ShownRanking): string | null {
  if (isLeftOut(record, shown.measure.id)) return leftOut(record, cutOf(shown.measure.id)!);
  return splitOf(shown) === 'all' ? null : leftOut(record, 'splits');
}

/** A value in the measure's unit and digits, with the unit separate. */
export function rankingValueText({ scale, digits }: RankingEntry, value: number): string {
  return fixed(scale * value, digits);
}

function pointOf(ranked: Ranked, shown: ShownRanking, k: number): PointValue | null {
  const split = splitOf(shown);
  const y = shown.measure.of(ranked, split, k);
  if (y === null) return null;
  const interval = shown.measure.interval(ranked, split, k);
  return { y, n: ranked.targets[split] ?? 0, ...(interval && { low: interval[0], high: interval[1] }) };
}

/** Measures for which a record has values. */
export function measuresOf({ arms, baselines }: Pick<RunRecord, 'arms' | 'baselines'>, ks: readonly number[]): RankingEntry[] {
  const ranked: readonly Ranked[] = [
    ...arms.flatMap(({ evaluations }) => evaluations),
    baselines.popularity.sample,
    baselines.popularity.all,
  ];
  return rankingMeasures().filter(
    ({ id, of }) => id === 'hr' || ranked.some((one) => ks.some((k) => of(one, 'all', k) !== null)),
  );
}

/** One series per arm; evaluations on all users are separate if the others are on a sample. */
export function rankingOverSteps(
  arms: readonly FigureArm[],
  shown: ShownRanking,
  k: number,
  axis: XAxis,
  batchSize: number,
): LineSeries[] {
  return evaluationSeries(arms, axis, batchSize, true, (evaluation) => pointOf(evaluation, shown, k));
}

export function baselineLines(
  baselines: RunRecord['baselines'],
  population: Population,
  shown: ShownRanking,
  k: number,
): ReferenceLine[] {
  return BASELINES.flatMap(({ id }) => {
    const baseline = baselines[id];
    if (baseline === undefined) return [];
    const point = pointOf(baseline[population], shown, k);
    return point === null ? [] : [{ id, ...spoken(() => baselineName(id)), dash: DASHES[id], value: point.y }];
  });
}

/**
 * The measure over K for every arm at a step, and for the baselines on the same users, if they were ranked.
 */
export function rankingOverK(
  { spec, baselines: ranked }: Pick<RunRecord, 'spec'> & { readonly baselines: RunRecord['baselines'] | null },
  arms: readonly FigureArm[],
  step: number | null,
  shown: ShownRanking,
): LineSeries[] {
  const { ks } = spec.evaluation;
  const overK = (ranked: Ranked): LinePoint[] =>
    ks.flatMap((k) => {
      const point = pointOf(ranked, shown, k);
      return point === null ? [] : [{ ...point, x: k, key: k }];
    });
  const evaluations = evaluationsAt(arms, step);
  const series = arms.flatMap(({ id, label, mark }): LineSeries[] => {
    const evaluation = evaluations.get(id);
    return evaluation ? [{ id, label, mark, markers: true, points: overK(evaluation) }] : [];
  });
  const population = shownPopulation(arms, step);
  const baselines = BASELINES.flatMap(({ id }): LineSeries[] => {
    const baseline = ranked?.[id];
    if (baseline === undefined) return [];
    const points = overK(baseline[population]).map(({ x, y, key, n }) => ({
      x,
      y,
      key,
      ...(n !== undefined && { n }),
    }));
    return [{ id, ...spoken(() => baselineName(id)), mark: baselineMark(DASHES[id]), markers: false, points }];
  });
  return [...series, ...baselines];
}

function baselineMark(dash: string): ArmMark {
  return { colour: 'var(--ink-2)', dash, symbol: symbolCross };
}

/** Whose targets the compared evaluations at a step are. */
export function shownPopulation(arms: readonly FigureArm[], step: number | null): Population {
  return oneOf(evaluationsAt(arms, step))?.population ?? 'sample';
}

/** The largest number of users of any evaluation that all arms have, by population, for the caption. */
export function largestUserCount(arms: readonly FigureArm[], population: Population, split: RankedSplit): number {
  const records = arms.map(({ record }) => record);
  const counts = records.flatMap(({ evaluations }) =>
    evaluations.filter((one) => one.population === population && isOfAllArms(one, records)).map((one) => one.targets[split] ?? 0),
  );
  return Math.max(0, ...counts);
}

/** “before training”, “at step 40 (200 sampled users)”, “at step 60 (all 1,495 users)”. */
export function whenAndWhom({ step, population }: Evaluation, n: number): string {
  const values = { n: count(n) };
  if (step === 0)
    return population === 'all' ? t('before training (all {n} users)', values) : t('before training ({n} sampled users)', values);
  const atStep = { ...values, step: count(step) };
  return population === 'all' ? t('at step {step} (all {n} users)', atStep) : t('at step {step} ({n} sampled users)', atStep);
}

/** Whether the target of an evaluated user is in a split. */
function isIn({ cold, groups }: Evaluation, user: number, split: RankedSplit): boolean {
  if (split === 'all') return true;
  if (split === 'warm' || split === 'cold') return (cold[user] === 1) === (split === 'cold');
  return inGroup(groups?.[user] ?? 0, split);
}

/**
 * HR@K of two evaluations of the same targets, paired by target: difference, 95 % interval and exact test
 * over users; null if the targets are not the same, or are those of fewer than two users, or a link left out
 * their ranks.
 * @param ranksOf the ranks that determine hits: in the catalogue, or in pools
 */
export function pairedHitDifference(
  treatment: Evaluation,
  control: Evaluation,
  k: number,
  split: RankedSplit,
  ranksOf: (of: RanksByTarget) => readonly number[] = ({ ranks }) => ranks,
): HitComparison | null {
  return isOfSameTargets(treatment, control) ? paired(treatment, control, k, split, ranksOf) : null;
}

/**
 * The same for an evaluation and a baseline on its targets; null also where the record lacks the baseline's
 * ranks.
 */
export function pairedWithBaseline(
  evaluation: Evaluation,
  ranked: RanksByTarget,
  k: number,
  { ranksOf }: RankingMeasure,
  split: RankedSplit = 'all',
): HitComparison | null {
  return ranksOf === undefined ? null : paired(evaluation, ranked, k, split, ranksOf);
}

/** Of targets that are known to be the same. */
function paired(
  treatment: Evaluation,
  control: RanksByTarget,
  k: number,
  split: RankedSplit,
  ranksOf: (of: RanksByTarget) => readonly number[],
): HitComparison | null {
  const [own, ranks] = [ranksOf(treatment), ranksOf(control)];
  if (own.length !== ranks.length) return null;
  const only = <T>(values: readonly T[]): T[] => values.filter((_, target) => isIn(treatment, target, split));
  return compareOverUsers({ ranks: only(own), owners: treatment.owners && only(treatment.owners) }, { ranks: only(ranks) }, k);
}

export function rankingSentence(
  pair: readonly [FigureArm, FigureArm] | null,
  arms: readonly FigureArm[],
  shown: ShownRanking,
  k: number,
  step: number | null,
): string {
  const { measure } = shown;
  const split = splitOf(shown);
  const [treatment, control] = pair ?? [arms[0], undefined];
  const evaluations = evaluationsAt(arms, step);
  const evaluation = treatment && evaluations.get(treatment.id);
  if (!treatment || !evaluation) return t('Nothing has been evaluated yet.');
  const n = evaluation.targets[split] ?? 0;
  if (n === 0) return t('No {split} targets among the evaluated users.', { split: splitName(split) });
  const a = pointOf(evaluation, shown, k);
  if (!a) return t('This run has no {measure}.', { measure: measureName(measure, k) });
  const when = whenAndWhom(evaluation, n);
  const other = control && evaluations.get(control.id);
  const b = other ? pointOf(other, shown, k) : null;
  const unit = measure.unit === '' ? '' : ` ${measure.unit}`;
  const told = { measure: sentenceCase(measureName(measure, k)), treatment: treatment.label, when };
  if (!control || !b)
    return t('{measure} of {treatment} is {value} {when}; one seed.', {
      ...told,
      value: `${rankingValueText(measure, a.y)}${unit}`,
    });
  const both = {
    ...told,
    control: control.label,
    own: rankingValueText(measure, a.y),
    other: `${rankingValueText(measure, b.y)}${unit}`,
  };
  const { ranksOf } = measure;
  const interval = other && ranksOf ? pairedHitDifference(evaluation, other, k, split, ranksOf) : null;
  // A shortened run has no ranks of single users.
  if (ranksOf?.(evaluation).length === 0)
    return t(
      '{measure}: {treatment} {own} against {other} {control}, {when}; without the ranks of single users, whether they differ cannot be told.',
      both,
    );
  if (!interval) return t('{measure}: {treatment} {own} against {other} {control}, {when}; one seed.', both);
  const [low, high] = [100 * interval.low, 100 * interval.high];
  const digits = digitsOf({ low, high }, 1);
  const within = { ...both, low: signed(low, digits), high: signed(high, digits) };
  if (interval.low <= 0 && interval.high >= 0)
    return t(
      '{measure} {when}: {treatment} and {control} are not distinguishable ({own} against {other}; paired 95 % interval of the difference {low} to {high} points; one seed).',
      within,
    );
  const values = { ...within, difference: percent(Math.abs(interval.difference)) };
  return interval.difference > 0
    ? t(
        '{measure} is {difference} points higher with {treatment} than with {control} {when}: {own} against {other}; paired 95 % interval of the difference {low} to {high} points. One seed: it says nothing about other seeds.',
        values,
      )
    : t(
        '{measure} is {difference} points lower with {treatment} than with {control} {when}: {own} against {other}; paired 95 % interval of the difference {low} to {high} points. One seed: it says nothing about other seeds.',
        values,
      );
}

/** Every measure that the evaluations have, at K; shares are unscaled. */
/** Which targets a table is about: `one-hop`, `all with a candidate set`. */
export function targetsColumn(split: RankedSplit, onlyGiven: boolean): string {
  return onlyGiven ? `${split} with a candidate set` : split;
}

/** @param onlyGiven `ranksGivenPools` of the run */
export function rankingStepsTable(arms: readonly FigureArm[], k: number, split: RankedSplit, onlyGiven: boolean): Table {
  const of = (evaluation: Evaluation, measure: RankingEntry): number | null =>
    measure.of(evaluation, splitOf({ measure, split }), k);
  const evaluations = arms.flatMap(({ label, record }) => record.evaluations.map((evaluation) => ({ label, evaluation })));
  const others = rankingMeasures()
    .slice(1)
    .filter((measure) => evaluations.some(({ evaluation }) => of(evaluation, measure) !== null));
  return {
    columns: [
      ...['arm', 'step', 'seconds', 'population', 'targets', 'n', `HR@${k}`, '95 % low', '95 % high'],
      ...others.map((measure) => measureName(measure, k)),
      'MRR',
    ],
    rows: evaluations.map(({ label, evaluation }) => {
      const { step, seconds, population, targets, values, intervals } = evaluation;
      const hr = splitId(split, `hr@${k}`);
      const [low = null, high = null] = intervals[hr] ?? [];
      return [
        ...[
          label,
          step,
          seconds,
          population,
          targetsColumn(split, onlyGiven),
          targets[split] ?? 0,
          values[hr] ?? null,
          low,
          high,
        ],
        ...others.map((measure) => of(evaluation, measure)),
        values[splitId(split, 'mrr')] ?? null,
      ];
    }),
  };
}

/** @param targets as `targetsColumn` names them */
export function seriesTable(series: readonly LineSeries[], x: string, y: string, targets: string): Table {
  return {
    columns: ['series', 'targets', x, y, '95 % low', '95 % high', 'n'],
    rows: series.flatMap(({ label, points, apart = [] }) =>
      [...points, ...apart].map((point) => [
        ...[label, targets, point.x, point.y],
        ...[point.low ?? null, point.high ?? null, point.n ?? null],
      ]),
    ),
  };
}
