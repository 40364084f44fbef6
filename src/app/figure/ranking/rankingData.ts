/** HR@K as series, sentence and table. Pure. */
import { describeDifference } from '../../../evaluation/statistics';
import type { Table } from '../../../charts/export/table';
import type { LinePoint, LineSeries, ReferenceLine } from '../../../charts/line/series';
import type { ArmMark } from '../../../charts/marks/armMark';
import type { Evaluation, RankingMetrics, RunRecord } from '../../../spec/runRecord';
import { count, percent, signed } from '../../format';
import type { Split, XAxis } from '../../state/view';
import { evaluationAt, type FigureArm } from '../armsOf';
import { evaluationX } from '../xAxis';
import { symbolCross } from 'd3';

type Population = Evaluation['population'];

const BASELINES = [
  { id: 'zeroShot', label: 'zero-shot', dash: '5 3' },
  { id: 'lastItem', label: 'last item', dash: '2 2' },
  { id: 'sasrec', label: 'SASRec-size', dash: '9 3' },
  { id: 'itemKnn', label: 'item-kNN', dash: '6 2 1 2' },
  { id: 'popularity', label: 'popularity', dash: '1 3' },
] as const;

function hrPoint({ hr, hrInterval, n }: RankingMetrics, k: number, x: number, key: number): LinePoint | null {
  const y = hr[k];
  if (y === undefined || n === 0) return null;
  const interval = hrInterval[k];
  return { x, y, key, n, ...(interval && { low: interval[0], high: interval[1] }) };
}

function present<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value): value is T => value !== null);
}

/** One series an arm; evaluations on all users stand apart where the others are on a sample. */
export function hrOverSteps(arms: readonly FigureArm[], k: number, split: Split, axis: XAxis, batchSize: number): LineSeries[] {
  return arms.map(({ id, label, mark, record }) => {
    const on = (population: Population): LinePoint[] =>
      present(
        record.evaluations
          .filter((evaluation) => evaluation.population === population)
          .map((evaluation) => hrPoint(evaluation.ranking[split], k, evaluationX(evaluation, axis, batchSize), evaluation.step)),
      );
    const sample = on('sample');
    const all = on('all');
    return sample.length > 0
      ? { id, label, mark, markers: true, points: sample, apart: all }
      : { id, label, mark, markers: true, points: all };
  });
}

export function baselineLines(
  baselines: RunRecord['baselines'],
  population: Population,
  k: number,
  split: Split,
): ReferenceLine[] {
  return BASELINES.flatMap(({ id, label, dash }) => {
    const baseline = baselines[id];
    if (baseline === undefined) return [];
    const { hr, n } = baseline[population][split];
    const value = hr[k];
    return value === undefined || n === 0 ? [] : [{ id, label, dash, value }];
  });
}

/** HR over K of every arm at a step, and the baselines on the same users. */
export function hrOverK(record: RunRecord, arms: readonly FigureArm[], step: number | null, split: Split): LineSeries[] {
  const { ks } = record.spec.evaluation;
  const overK = (metrics: RankingMetrics): LinePoint[] => present(ks.map((k) => hrPoint(metrics, k, k, k)));
  const series = arms.flatMap(({ id, label, mark, record: arm }): LineSeries[] => {
    const evaluation = evaluationAt(arm, step);
    return evaluation ? [{ id, label, mark, markers: true, points: overK(evaluation.ranking[split]) }] : [];
  });
  const population = shownPopulation(arms, step);
  const baselines = BASELINES.flatMap(({ id, label, dash }): LineSeries[] => {
    const baseline = record.baselines[id];
    if (baseline === undefined) return [];
    const points = overK(baseline[population][split]).map(({ x, y, key, n }) => ({
      x,
      y,
      key,
      ...(n !== undefined && { n }),
    }));
    return [{ id, label, mark: baselineMark(dash), markers: false, points }];
  });
  return [...series, ...baselines];
}

function baselineMark(dash: string): ArmMark {
  return { colour: 'var(--ink-2)', dash, symbol: symbolCross };
}

export function shownPopulation(arms: readonly FigureArm[], step: number | null): Population {
  return arms.some((arm) => evaluationAt(arm.record, step)?.population === 'sample') ? 'sample' : 'all';
}

/** The most users that any shown evaluation has, by population, for the caption. */
export function usersOf(arms: readonly FigureArm[], population: Population, split: Split): number {
  const counts = arms.flatMap((arm) =>
    arm.record.evaluations.filter((one) => one.population === population).map((one) => one.ranking[split].n),
  );
  return Math.max(0, ...counts);
}

/** “before training”, “at step 40 (200 sampled users)”, “at step 60 (all 1,495 users)”. */
export function whenAndWhom({ step, population }: Evaluation, n: number): string {
  const users = population === 'all' ? `all ${count(n)} users` : `${count(n)} sampled users`;
  return `${step === 0 ? 'before training' : `at step ${count(step)}`} (${users})`;
}

/**
 * Difference of HR@K between two evaluations of the same users, with a 95 % t-interval over users of their paired differences;
 * null where the users are not the same or too few.
 */
export function pairedHitDifference(
  treatment: Evaluation,
  control: Evaluation,
  k: number,
  split: Split,
): { difference: number; low: number; high: number } | null {
  if (treatment.ranks.length !== control.ranks.length) return null;
  const wanted = (_: number, user: number): boolean => split === 'all' || (treatment.cold[user] === 1) === (split === 'cold');
  const hits = ({ ranks }: Evaluation): number[] => ranks.filter(wanted).map((rank) => Number(rank <= k));
  const { difference, low, high } = describeDifference(hits(treatment), hits(control));
  return low === null || high === null ? null : { difference, low, high };
}

export function hrSentence(
  pair: readonly [FigureArm, FigureArm] | null,
  arms: readonly FigureArm[],
  k: number,
  split: Split,
  step: number | null,
): string {
  const [treatment, control] = pair ?? [arms[0], undefined];
  const evaluation = treatment && evaluationAt(treatment.record, step);
  if (!treatment || !evaluation) return 'Nothing has been evaluated yet.';
  const metrics = evaluation.ranking[split];
  const a = hrPoint(metrics, k, 0, 0);
  if (!a) return `No ${split} targets among the evaluated users.`;
  const when = whenAndWhom(evaluation, metrics.n);
  const other = control && evaluationAt(control.record, step);
  const b =
    other?.step === evaluation.step && other.population === evaluation.population ? hrPoint(other.ranking[split], k, 0, 0) : null;
  if (!control || !b) return `HR@${k} of ${treatment.label} is ${percent(a.y)} % ${when}; one seed.`;
  const values = `${percent(a.y)} against ${percent(b.y)} %`;
  const interval = other ? pairedHitDifference(evaluation, other, k, split) : null;
  if (!interval) return `HR@${k}: ${treatment.label} ${values} ${control.label}, ${when}; one seed.`;
  const range = `${signed(100 * interval.low, 1)} to ${signed(100 * interval.high, 1)} points`;
  if (interval.low <= 0 && interval.high >= 0) {
    return `HR@${k} ${when}: ${treatment.label} and ${control.label} are not distinguishable yet (${values}; paired 95 % interval of the difference ${range}; one seed).`;
  }
  const direction = interval.difference > 0 ? 'higher' : 'lower';
  return `HR@${k} is ${percent(Math.abs(interval.difference))} points ${direction} with ${treatment.label} than with ${control.label} ${when}: ${values}; paired 95 % interval of the difference ${range}. One seed: it says nothing about other seeds.`;
}

export function hrStepsTable(arms: readonly FigureArm[], k: number, split: Split): Table {
  return {
    columns: ['arm', 'step', 'seconds', 'population', 'n', `HR@${k}`, '95 % low', '95 % high', `NDCG@${k}`, 'MRR'],
    rows: arms.flatMap(({ label, record }) =>
      record.evaluations.map(({ step, seconds, population, ranking }) => {
        const { n, hr, hrInterval, ndcg, mrr } = ranking[split];
        const interval = hrInterval[k];
        return [
          label,
          step,
          seconds,
          population,
          n,
          hr[k] ?? null,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
          ndcg[k] ?? null,
          mrr,
        ];
      }),
    ),
  };
}

export function seriesTable(series: readonly LineSeries[], x: string, y: string): Table {
  return {
    columns: ['series', x, y, '95 % low', '95 % high', 'n'],
    rows: series.flatMap(({ label, points, apart = [] }) =>
      [...points, ...apart].map((point) => [label, point.x, point.y, point.low ?? null, point.high ?? null, point.n ?? null]),
    ),
  };
}
