/** How interest and item embeddings fill their space: spectra at one step, one number over training. Pure. */
import { spoken } from '../../scene/marks/label';
import { t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import type { LinePoint, LineSeries } from '../../scene/charts/series';
import { SHAPE_ENTRIES } from '../../measures/entries';
import type { Embeddings, ShapeMeasure } from '../../measures/entries/embeddings';
import type { Evaluation } from '../../record/runRecord';
import { count, fixed, listed } from '../format';
import type { XAxis } from '../choices';
import { oneOf } from '../../record/comparedEvaluations';
import { markOfColumn, sampledAt, type FigureArm } from '../arms/armsOf';
import { evaluationSeries } from './evaluationSeries';

export const EMBEDDINGS: Readonly<Record<Embeddings, { readonly symbol: string }>> = {
  interest: { symbol: 'h' },
  item: { symbol: 'e' },
};

/**
 * Singular values below this share of the largest are left out: float32 embeddings have no more precision.
 */
const FLOOR = 1e-6;

/**
 * Singular values over the largest, by index from 1: before the first step, and for every arm at the step
 * shown.
 */
export function spectra(arms: readonly FigureArm[], of: Embeddings, step: number | null): LineSeries[] {
  const points = (evaluation: Evaluation | null): LinePoint[] =>
    shapeOf(evaluation, of)
      .map((y, k) => ({ x: k + 1, y, key: k + 1 }))
      .filter(({ y }) => y >= FLOOR);
  const start = oneOf(sampledAt(arms, 0));
  const evaluations = sampledAt(arms, step);
  const before: LineSeries = {
    id: 'base',
    ...spoken(() => t('start')),
    mark: markOfColumn([], 'base'),
    markers: false,
    points: points(start),
  };
  const ofArms = arms.map(({ id, label, mark }): LineSeries => ({
    id,
    label,
    mark,
    markers: false,
    points: points(evaluations.get(id) ?? null),
  }));
  return [before, ...ofArms].filter((series) => series.points.length > 0);
}

function shapeOf(evaluation: Evaluation | null, of: Embeddings): readonly number[] {
  return evaluation?.spectra?.[of] ?? [];
}

/**
 * One number over training. For h it depends on the number of users; items are the same whichever users are
 * evaluated.
 */
export function shapeSeries(
  arms: readonly FigureArm[],
  of: Embeddings,
  measure: ShapeMeasure,
  axis: XAxis,
  batchSize: number,
): LineSeries[] {
  const shown = measure[of];
  return evaluationSeries(arms, axis, batchSize, shown.perUsers, (evaluation) => {
    const y = shown.of(evaluation);
    return y === null ? null : { y, n: evaluation.targets.all };
  });
}

/**
 * “Singular value 10 of h is 0.41 of the first before training; at step 600 0.22 with Action and 0.35 with
 * KARMA.”
 */
export function spectrumSentence(series: readonly LineSeries[], of: Embeddings, step: number): string {
  const shortest = Math.min(...series.map(({ points }) => points.length));
  if (series.length === 0 || shortest === 0) return t('This record predates singular values.');
  const at = Math.min(10, shortest);
  const value = ({ points }: LineSeries): string => fixed(points[at - 1]!.y, 2);
  const start = series.find(({ id }) => id === 'base');
  const others = series
    .filter(({ id }) => id !== 'base')
    .map((one) => t('{value} with {arm}', { value: value(one), arm: one.label }));
  const trained = others.length > 0 && step > 0;
  return t(
    'Singular value {place} of {symbol}, as a share of the largest: {start, select, none {} other {{start} before training}}{both, select, yes {; } other {}}{arms, select, none {} other {at step {step} {arms}}}. One seed, no interval.',
    {
      place: at,
      symbol: EMBEDDINGS[of].symbol,
      start: start ? value(start) : 'none',
      both: start && trained ? 'yes' : 'no',
      step: count(step),
      arms: trained ? listed(others) : 'none',
    },
  );
}

export function shapeTable(arms: readonly FigureArm[]): Table {
  const kinds = ['interest', 'item'] as const;
  const measures: readonly ShapeMeasure[] = SHAPE_ENTRIES;
  const evaluations = arms.flatMap(({ label, record }) => record.evaluations.map((evaluation) => ({ label, evaluation })));
  const most = (of: Embeddings): number => Math.max(0, ...evaluations.map(({ evaluation }) => shapeOf(evaluation, of).length));
  const width = Math.max(most('interest'), most('item'));
  return {
    columns: [
      ...['arm', 'step', 'population', 'embeddings'],
      ...measures.map(({ name }) => name),
      ...Array.from({ length: width }, (_, k) => `σ${k + 1}/σ1`),
    ],
    rows: evaluations.flatMap(({ label, evaluation }) =>
      kinds.map((of) => {
        const values = shapeOf(evaluation, of);
        return [
          ...[label, evaluation.step, evaluation.population, EMBEDDINGS[of].symbol],
          ...measures.map((measure) => measure[of].of(evaluation)),
          ...Array.from({ length: width }, (_, k) => values[k] ?? null),
        ];
      }),
    ),
  };
}
