/** One sink measure by layer at one step, and over training in chosen layers and heads. Pure. */
import { spoken } from '../../scene/marks/label';
import { t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import type { LineSeries, ReferenceLine } from '../../scene/charts/series';
import { tableMean } from '../../measures/sinks/sinks';
import { baseSinksOf, baseUserSinks, sinksOf } from '../../measures/sinks/userSinks';
import type { RunRecord } from '../../record/runRecord';
import { count, fixed, listed } from '../format';
import type { SinkMeasure } from '../../measures/entries/sinks';
import type { XAxis } from '../choices';
import { attentionsAt, markOfColumn, type FigureArm } from '../arms/armsOf';
import { evaluationSeries } from './evaluationSeries';

/** Counted from 0; null is the mean over all. */
export interface LayerHead {
  readonly layer: number | null;
  readonly head: number | null;
}

type SinkTable = readonly (readonly number[])[];

/** Value of a layer: that of one head, or the mean over heads. */
export function layerValues(table: SinkTable, head: number | null): number[] {
  return table.map((row) => (head === null ? tableMean([row]) : row[head]!));
}

/** Value at a layer and head. */
export function placeValue(table: SinkTable, { layer, head }: LayerHead): number {
  const rows = layer === null ? table : [table[layer]!];
  return tableMean([layerValues(rows, head)]);
}

/**
 * One line per model, the base model first; x is the layer, counted from 1. Models without the measure have
 * none.
 */
export function layerSeries(
  record: RunRecord,
  arms: readonly FigureArm[],
  measure: SinkMeasure,
  head: number | null,
  step: number | null,
): LineSeries[] {
  const evaluations = attentionsAt(arms, step);
  const ofArm = ({ id }: FigureArm): SinkTable | undefined => {
    const evaluation = evaluations.get(id);
    return evaluation ? sinksOf(evaluation).tables[measure.id] : undefined;
  };
  const models = [
    { id: 'base', ...spoken(() => t('base')), table: baseSinksOf(record).tables[measure.id] },
    ...arms.map((arm) => ({ id: arm.id, label: arm.label, said: undefined, table: ofArm(arm) })),
  ];
  return models.flatMap(({ id, label, said, table }) => {
    if (table === undefined) return [];
    const points = layerValues(table, head).map((y, layer) => ({ x: layer + 1, y, key: layer + 1 }));
    return [{ id, label, said, mark: markOfColumn(arms, id), markers: true, points }];
  });
}

/**
 * Sink_k^ε by position k, counted from 1 = [BOS], over the users who have it. Records of earlier versions
 * have none.
 */
export function positionSeries(record: RunRecord, arms: readonly FigureArm[], step: number | null): LineSeries[] {
  const evaluations = attentionsAt(arms, step);
  const models = [
    { id: 'base', ...spoken(() => t('base')), sinks: baseUserSinks(record) },
    ...arms.map(({ id, label }) => ({ id, label, said: undefined, sinks: evaluations.get(id)?.userSinks })),
  ];
  return models.flatMap(({ id, label, said, sinks }) => {
    if (sinks === undefined) return [];
    const points = sinks.sinkRate.map((y, position) => ({ x: position + 1, y, key: position + 1 }));
    return [{ id, label, said, mark: markOfColumn(arms, id), markers: true, points }];
  });
}

/** The measure at one layer and head over training. */
export function placeSeries(
  arms: readonly FigureArm[],
  measure: SinkMeasure,
  place: LayerHead,
  axis: XAxis,
  batchSize: number,
): LineSeries[] {
  return evaluationSeries(arms, axis, batchSize, false, (evaluation) => {
    const table = sinksOf(evaluation).tables[measure.id];
    return table === undefined ? null : { y: placeValue(table, place) };
  });
}

export function placeReference(record: RunRecord, measure: SinkMeasure, place: LayerHead): ReferenceLine[] {
  const table = baseSinksOf(record).tables[measure.id];
  return table === undefined ? [] : [{ id: 'base', ...spoken(() => t('base')), value: placeValue(table, place), dash: '1.5 3' }];
}

/** Every line minus the base model's at the same layer or position; the base model has none then. */
export function minusBase(series: readonly LineSeries[]): LineSeries[] {
  const base = new Map(series.find(({ id }) => id === 'base')?.points.map(({ key, y }) => [key, y]));
  return series
    .filter(({ id }) => id !== 'base')
    .map((one) => ({
      ...one,
      points: one.points.flatMap((point) => {
        const before = base.get(point.key);
        return before === undefined ? [] : [{ ...point, y: point.y - before }];
      }),
    }));
}

/** Lines over training minus the base model's value, which is then 0. */
export function aboveReference(series: readonly LineSeries[], [base]: readonly ReferenceLine[]): LineSeries[] {
  return base === undefined
    ? []
    : series.map((one) => ({ ...one, points: one.points.map((point) => ({ ...point, y: point.y - base.value })) }));
}

/**
 * Where each arm is furthest from the base model, whose own sinks no arm made: “At step 600, item-sink rate
 * is furthest from the base model’s in layer 2 with Action (0.52, base 0.20) and in layer 1 with KARMA (0.03,
 * base 0.31).”
 */
export function layerSentence(
  series: readonly LineSeries[],
  pair: readonly [FigureArm, FigureArm] | null,
  arms: readonly FigureArm[],
  measure: SinkMeasure,
  step: number | null,
): string {
  const name = measure.name;
  if (series.length === 0) return t('This record predates the {measure}.', { measure: name });
  const base = series.find(({ id }) => id === 'base');
  if (!pair || !base) return t('Compare {measure} with the base model’s line.', { measure: name });
  const evaluations = attentionsAt(arms, step);
  const shown = evaluations.get(pair[0].id)?.step;
  if (shown === undefined || !evaluations.has(pair[1].id)) return t('The arms have not been measured at the same step yet.');
  const [treatment, control] = pair;
  const far: string[] = [];
  const same: string[] = [];
  for (const { id, label } of [control, treatment]) {
    const points = series.find((one) => one.id === id)?.points ?? [];
    if (points.length === 0) continue;
    const gap = (layer: number): number => Math.abs(points[layer]!.y - base.points[layer]!.y);
    const widest = points.reduce((most, _, layer) => (gap(layer) > gap(most) ? layer : most), 0);
    const [now, before] = [points[widest]!.y, base.points[widest]!.y].map((value) => fixed(value, 2));
    if (gap(widest) === 0) same.push(label);
    else
      far.push(
        t('in layer {layer} with {arm} ({value}, base {base})', { layer: widest + 1, arm: label, value: now!, base: before! }),
      );
  }
  const when = shown === 0 ? t('Before training') : t('At step {step}', { step: count(shown) });
  const values = { when, measure: name, far: listed(far), same: listed(same) };
  if (same.length === 0)
    return t('{when}, {measure} is furthest from the base model’s {far}. One seed, no interval.', {
      when,
      measure: name,
      far: values.far,
    });
  return far.length === 0
    ? t('{when}, {measure} is the base model’s in every layer with {same}. One seed, no interval.', {
        when,
        measure: name,
        same: values.same,
      })
    : t(
        '{when}, {measure} is furthest from the base model’s {far}; it is the base model’s in every layer with {same}. One seed, no interval.',
        values,
      );
}

/** Every model, step, layer and head that the record has of a measure. */
export function layerTable(record: RunRecord, arms: readonly FigureArm[], measure: SinkMeasure): Table {
  const rows = (model: string, step: number, population: string, table: SinkTable | undefined): (string | number)[][] =>
    (table ?? []).flatMap((heads, layer) => heads.map((value, head) => [model, step, population, layer + 1, head + 1, value]));
  return {
    columns: ['model', 'step', 'population', 'layer', 'head', measure.name],
    rows: [
      ...rows('base', 0, '', baseSinksOf(record).tables[measure.id]),
      ...arms.flatMap(({ label, record: arm }) =>
        arm.evaluations.flatMap((evaluation) =>
          rows(label, evaluation.step, evaluation.population, sinksOf(evaluation).tables[measure.id]),
        ),
      ),
    ],
  };
}
