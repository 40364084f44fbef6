/** One sink measure by layer at one step, and over training in chosen layers and heads. Pure. */
import type { Table } from '../../../charts/export/table';
import type { LineSeries, ReferenceLine } from '../../../charts/line/series';
import { armMark } from '../../../charts/marks/armMark';
import { tableMean } from '../../../measures/sinks/sinks';
import { baseSinksOf, baseUserSinks, sinksOf } from '../../../measures/sinks/userSinks';
import type { RunRecord } from '../../../record/runRecord';
import { count, fixed } from '../../format';
import type { SinkMeasure } from '../../../measures/entries/sinks';
import type { XAxis } from '../../state/view';
import { evaluationAt, type FigureArm } from '../armsOf';
import { evaluationSeries } from '../evaluationSeries';

/** Counted from 0; null is the mean over all. */
export interface Place {
  readonly layer: number | null;
  readonly head: number | null;
}

type SinkTable = readonly (readonly number[])[];

/** Value of a layer: that of one head, or the mean over heads. */
export function layerValues(table: SinkTable, head: number | null): number[] {
  return table.map((row) => (head === null ? tableMean([row]) : row[head]!));
}

/** Value at a layer and head. */
export function placeValue(table: SinkTable, { layer, head }: Place): number {
  const rows = layer === null ? table : [table[layer]!];
  return tableMean([layerValues(rows, head)]);
}

/** One line per model, the base model first; x is the layer, counted from 1. Models without the measure have none. */
export function layerSeries(
  record: RunRecord,
  arms: readonly FigureArm[],
  measure: SinkMeasure,
  head: number | null,
  step: number | null,
): LineSeries[] {
  const ids = arms.map(({ id }) => id);
  const ofArm = ({ record: arm }: FigureArm): SinkTable | undefined => {
    const evaluation = evaluationAt(arm, step);
    return evaluation ? sinksOf(evaluation)[measure.id] : undefined;
  };
  const models = [
    { id: 'base', label: 'base', table: baseSinksOf(record)[measure.id] },
    ...arms.map((arm) => ({ id: arm.id, label: arm.label, table: ofArm(arm) })),
  ];
  return models.flatMap(({ id, label, table }) => {
    if (table === undefined) return [];
    const points = layerValues(table, head).map((y, layer) => ({ x: layer + 1, y, key: layer + 1 }));
    return [{ id, label, mark: armMark(id, ids), markers: true, points }];
  });
}

/** Sink_k^ε by position k, counted from 1 = [BOS], over the users who have it. Records of earlier versions have none. */
export function positionSeries(record: RunRecord, arms: readonly FigureArm[], step: number | null): LineSeries[] {
  const ids = arms.map(({ id }) => id);
  const models = [
    { id: 'base', label: 'base', sinks: baseUserSinks(record) },
    ...arms.map((arm) => ({ id: arm.id, label: arm.label, sinks: evaluationAt(arm.record, step)?.userSinks })),
  ];
  return models.flatMap(({ id, label, sinks }) => {
    if (sinks === undefined) return [];
    const points = sinks.sinkRate.map((y, position) => ({ x: position + 1, y, key: position + 1 }));
    return [{ id, label, mark: armMark(id, ids), markers: true, points }];
  });
}

/** The measure at one layer and head over training. */
export function placeSeries(
  arms: readonly FigureArm[],
  measure: SinkMeasure,
  place: Place,
  axis: XAxis,
  batchSize: number,
): LineSeries[] {
  return evaluationSeries(arms, axis, batchSize, false, (evaluation) => {
    const table = sinksOf(evaluation)[measure.id];
    return table === undefined ? null : { y: placeValue(table, place) };
  });
}

export function placeReference(record: RunRecord, measure: SinkMeasure, place: Place): ReferenceLine[] {
  const table = baseSinksOf(record)[measure.id];
  return table === undefined ? [] : [{ id: 'base', label: 'base', value: placeValue(table, place), dash: '1.5 3' }];
}

/** Where two arms differ most: “At step 600, item-sink rate differs most in layer 2: KARMA 0.31, Action 0.52, base 0.60.” */
export function layerSentence(
  series: readonly LineSeries[],
  pair: readonly [FigureArm, FigureArm] | null,
  measure: SinkMeasure,
  step: number | null,
): string {
  const { name } = measure;
  if (series.length === 0) return `This record predates the ${name}.`;
  const find = (id: string): LineSeries | undefined => series.find((one) => one.id === id);
  const [treatment, control] = pair ? [find(pair[0].id), find(pair[1].id)] : [];
  if (!pair || !treatment || !control) return `Compare ${name} with the base model’s line.`;
  const shown = evaluationAt(pair[0].record, step)?.step ?? 0;
  if (shown !== evaluationAt(pair[1].record, step)?.step) return 'The arms have not been measured at the same step yet.';
  const at = (one: LineSeries, layer: number): number => one.points[layer]!.y;
  let widest = 0;
  treatment.points.forEach((_, layer) => {
    const gap = (of: number): number => Math.abs(at(treatment, of) - at(control, of));
    if (gap(layer) > gap(widest)) widest = layer;
  });
  const when = shown === 0 ? 'Before training' : `At step ${count(shown)}`;
  if (at(treatment, widest) === at(control, widest)) return `${when}, ${name} is the same in every layer with both arms.`;
  const base = find('base');
  const named = [treatment, control, ...(base ? [base] : [])].map((one) => `${one.label} ${fixed(at(one, widest), 2)}`);
  return `${when}, ${name} differs most in layer ${widest + 1}: ${named.join(', ')}. One seed, no interval.`;
}

/** Every model, step, layer and head that the record has of a measure. */
export function layerTable(record: RunRecord, arms: readonly FigureArm[], measure: SinkMeasure): Table {
  const rows = (model: string, step: number, population: string, table: SinkTable | undefined): (string | number)[][] =>
    (table ?? []).flatMap((heads, layer) => heads.map((value, head) => [model, step, population, layer + 1, head + 1, value]));
  return {
    columns: ['model', 'step', 'population', 'layer', 'head', measure.name],
    rows: [
      ...rows('base', 0, '', baseSinksOf(record)[measure.id]),
      ...arms.flatMap(({ label, record: arm }) =>
        arm.evaluations.flatMap((evaluation) =>
          rows(label, evaluation.step, evaluation.population, sinksOf(evaluation)[measure.id]),
        ),
      ),
    ],
  };
}
