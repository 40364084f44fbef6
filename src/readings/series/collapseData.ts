/** Measures of collapse over training, as series, sentence and table. Pure. */
import { spoken } from '../../scene/marks/label';
import { t } from '../../words/words';
import type { Table } from '../../charts/export/table';
import type { LineSeries, ReferenceLine } from '../../scene/charts/series';
import type { MeasureId } from '../../measures/entries';
import type { MeasureEntry } from '../../measures/measure';
import { entries, entry } from '../../measures/measures';
import type { RunRecord } from '../../record/runRecord';
import { count, fixed, signed } from '../format';
import type { XAxis } from '../choices';
import { attentionsAt, type FigureArm } from '../arms/armsOf';
import { evaluationSeries } from './evaluationSeries';

/** Digits of axes; tables have those of the measure. */
const AXIS_DIGITS = 2;

function known({ of }: MeasureEntry, arms: readonly FigureArm[]): boolean {
  return arms.some(({ record }) => record.evaluations.some((evaluation) => of(evaluation) !== null));
}

/** Measures that have a chart. If a record lacks one, its replacement has the chart, under its own name. */
export function chartedMeasures(arms: readonly FigureArm[]): MeasureEntry[] {
  return entries()
    .filter(({ charted }) => charted)
    .flatMap((measure) => {
      if (known(measure, arms)) return [measure];
      const other = entries().find(({ id }) => id === measure.instead);
      return other && known(other, arms) ? [other] : [];
    });
}

/** Some measures depend on how many embeddings they are taken over; means do not. */
export function collapseSeries(arms: readonly FigureArm[], measure: MeasureEntry, axis: XAxis, batchSize: number): LineSeries[] {
  return evaluationSeries(arms, axis, batchSize, measure.perUsers, (evaluation) => {
    const y = measure.of(evaluation);
    return y === null ? null : { y, ...(measure.perUsers && { n: evaluation.targets.all }) };
  });
}

export function baseLine(record: RunRecord, measure: MeasureEntry): ReferenceLine[] {
  const value = measure.base(record);
  return value === null ? [] : [{ id: 'base', ...spoken(() => t('base')), value, dash: '1.5 3' }];
}

/**
 * How two arms differ, without an interval, since one seed has none.
 * @param only the measures to mention; default: all
 */
export function collapseSentence(
  record: RunRecord,
  pair: readonly [FigureArm, FigureArm] | null,
  arms: readonly FigureArm[],
  step: number | null,
  only?: readonly MeasureId[],
): string {
  const [treatment, control] = pair ?? [];
  if (!treatment || !control) return t('Only one arm: compare it with the base model’s line.');
  const evaluations = attentionsAt(arms, step);
  const [a, b] = [evaluations.get(treatment.id), evaluations.get(control.id)];
  if (!a || !b) return t('The arms have not been measured at the same step yet.');
  const charted = chartedMeasures([treatment, control]);
  const told = only
    ? charted.filter(({ id }) => only.some((one) => one === id))
    : [...charted.filter(({ topic, fromZero }) => topic === 'attention' && fromZero), entry('lmDrift')];
  const parts = told.flatMap((measure) => {
    const [x, y] = [measure.of(a), measure.of(b)];
    if (x === null || y === null) return [];
    return [compared(measure, x, y, treatment.label, control.label, measure.signed ? null : measure.base(record))];
  });
  const measures = parts.join('; ');
  return a.step === 0
    ? t('Before training {measures}. One seed, so no interval: a description, not evidence.', { measures })
    : t('At step {step} {measures}. One seed, so no interval: a description, not evidence.', { step: count(a.step), measures });
}

function compared(measure: MeasureEntry, x: number, y: number, treatment: string, control: string, base: number | null): string {
  const difference = x - y;
  // Two digits, unless they would hide the difference mentioned.
  const digits = x !== y && fixed(x, 2) === fixed(y, 2) ? 3 : 2;
  const size = fixed(Math.abs(difference), digits);
  const values = {
    ...{ measure: measure.name, treatment, control, own: fixed(x, digits), other: fixed(y, digits) },
    base: base === null ? 'none' : fixed(base, digits),
  };
  if (Number(Math.abs(difference).toFixed(digits)) === 0)
    return t(
      '{measure} is the same with {treatment} as with {control} ({own} against {other}{base, select, none {} other {, base {base}}})',
      values,
    );
  return difference < 0
    ? t(
        '{measure} is {difference} lower with {treatment} than with {control} ({own} against {other}{base, select, none {} other {, base {base}}})',
        { ...values, difference: size },
      )
    : t(
        '{measure} is {difference} higher with {treatment} than with {control} ({own} against {other}{base, select, none {} other {, base {base}}})',
        { ...values, difference: size },
      );
}

/** All measures of the arms' attention, embeddings and language. */
export function collapseTable(record: RunRecord, arms: readonly FigureArm[]): Table {
  const shown = entries().filter(
    (measure) => ['attention', 'embeddings', 'language'].includes(measure.topic) && known(measure, arms),
  );
  return {
    columns: ['model', 'step', 'population', ...shown.map(({ name }) => name)],
    rows: [
      ['base', 0, '', ...shown.map(({ base }) => base(record))],
      ...arms.flatMap(({ label, record: arm }) =>
        arm.evaluations.map((evaluation) => [
          ...[label, evaluation.step, evaluation.population],
          ...shown.map(({ of }) => of(evaluation)),
        ]),
      ),
    ],
  };
}

export function formatMeasure({ signed: isDifference, digits }: MeasureEntry): (value: number) => string {
  const shown = Math.min(AXIS_DIGITS, digits);
  return (value) => (isDifference && value !== 0 ? signed(value, shown) : fixed(value, shown));
}
