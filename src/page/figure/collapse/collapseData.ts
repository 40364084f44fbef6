/** Measures of collapse over training, as series, sentence and table. Pure. */
import type { Table } from '../../../charts/export/table';
import type { LineSeries, ReferenceLine } from '../../../charts/line/series';
import type { Evaluation, RunRecord } from '../../../record/runRecord';
import { count, fixed, signed } from '../../format';
import type { XAxis } from '../../state/view';
import { evaluationAt, type FigureArm } from '../armsOf';
import { tableMean } from '../../../measures/sinks/sinks';
import { baseSinksOf, sinksOf } from '../../../measures/sinks/userSinks';
import { evaluationSeries } from '../evaluationSeries';

export type CollapseId = 'itemSink' | 'barcode' | 'rankMe' | 'drift';

export interface CollapseMeasure {
  readonly id: CollapseId;
  readonly label: string;
  readonly unit: string;
  readonly of: (evaluation: Evaluation) => number;
  /** The base model's value; null where it has none. */
  readonly base: (record: RunRecord) => number | null;
  readonly digits: number;
  /** Whether the value depends on how many users it is taken over. */
  readonly perUsers: boolean;
}

export const COLLAPSE: readonly CollapseMeasure[] = [
  {
    id: 'itemSink',
    label: 'item-sink rate',
    unit: 'share of heads',
    of: (evaluation) => tableMean(sinksOf(evaluation).itemSinkRate),
    base: (record) => tableMean(baseSinksOf(record).itemSinkRate),
    digits: 2,
    perUsers: false,
  },
  {
    id: 'barcode',
    label: 'barcode index',
    unit: '1 = all rows the same',
    of: (evaluation) => tableMean(sinksOf(evaluation).barcode),
    base: (record) => tableMean(baseSinksOf(record).barcode),
    digits: 2,
    perUsers: false,
  },
  {
    id: 'rankMe',
    label: 'RankMe of h',
    unit: 'effective dimensions',
    of: ({ collapse }) => collapse.rankMeInterest,
    base: () => null,
    digits: 1,
    perUsers: true,
  },
  {
    id: 'drift',
    label: 'LM drift',
    unit: 'nats a token',
    of: ({ collapse }) => collapse.lmDrift,
    base: () => 0,
    digits: 2,
    perUsers: false,
  },
];

/** RankMe depends on how many embeddings it is taken over; sinks and drift are means, whose size does not depend on how many there are. */
export function collapseSeries(
  arms: readonly FigureArm[],
  measure: CollapseMeasure,
  axis: XAxis,
  batchSize: number,
): LineSeries[] {
  return evaluationSeries(arms, axis, batchSize, measure.perUsers, (evaluation) => ({
    y: measure.of(evaluation),
    ...(measure.perUsers && { n: evaluation.ranking.all.n }),
  }));
}

export function baseLine(record: RunRecord, measure: CollapseMeasure): ReferenceLine[] {
  const value = measure.base(record);
  return value === null ? [] : [{ id: 'base', label: 'base', value, dash: '1.5 3' }];
}

/** What two arms differ by, without an interval: one seed has none. */
export function collapseSentence(record: RunRecord, pair: readonly [FigureArm, FigureArm] | null, step: number | null): string {
  const [treatment, control] = pair ?? [];
  const a = treatment && evaluationAt(treatment.record, step);
  const b = control && evaluationAt(control.record, step);
  if (!treatment || !control) return 'One arm alone: compare it with the base line.';
  if (!a || a.step !== b?.step) return 'Both arms have not been measured at the same step yet.';
  const [sink, , , drift] = COLLAPSE;
  const when = a.step === 0 ? 'Before training' : `At step ${count(a.step)}`;
  const sinkText = compared(sink!, a, b, treatment.label, control.label, sink!.base(record));
  const driftText = compared(drift!, a, b, treatment.label, control.label, null);
  return `${when} the ${sinkText}; ${driftText}. One seed, so no interval: a description, not evidence.`;
}

function compared(
  measure: CollapseMeasure,
  a: Evaluation,
  b: Evaluation,
  treatment: string,
  control: string,
  base: number | null,
): string {
  const [x, y] = [measure.of(a), measure.of(b)];
  const difference = x - y;
  // Two digits, unless they would hide the difference that is named.
  const digits = x !== y && fixed(x, 2) === fixed(y, 2) ? 3 : 2;
  const size = fixed(Math.abs(difference), digits);
  const baseText = base === null ? '' : `, base ${fixed(base, digits)}`;
  const values = `(${fixed(x, digits)} against ${fixed(y, digits)}${baseText})`;
  if (Number(size) === 0) return `${measure.label} is the same with ${treatment} as with ${control} ${values}`;
  return `${measure.label} is ${size} ${difference < 0 ? 'lower' : 'higher'} with ${treatment} than with ${control} ${values}`;
}

export function collapseTable(record: RunRecord, arms: readonly FigureArm[]): Table {
  const headings = [
    'item-sink rate',
    'barcode index',
    'RankMe of h',
    'RankMe of items',
    'LM NLL',
    'LM drift',
    'first-token α',
    'entropy of [EMB]',
  ];
  const { lmNll } = record.base;
  const baseSinks = baseSinksOf(record);
  return {
    columns: ['model', 'step', 'population', ...headings],
    rows: [
      [
        'base',
        0,
        '',
        tableMean(baseSinks.itemSinkRate),
        tableMean(baseSinks.barcode),
        null,
        null,
        lmNll,
        0,
        tableMean(baseSinks.firstAlpha),
        tableMean(baseSinks.embEntropy),
      ],
      ...arms.flatMap(({ label, record: arm }) =>
        arm.evaluations.map((evaluation) => {
          const { step, population, collapse } = evaluation;
          const sinks = sinksOf(evaluation);
          return [
            label,
            step,
            population,
            tableMean(sinks.itemSinkRate),
            tableMean(sinks.barcode),
            collapse.rankMeInterest,
            collapse.rankMeItem,
            collapse.lmNll,
            collapse.lmDrift,
            tableMean(sinks.firstAlpha),
            tableMean(sinks.embEntropy),
          ];
        }),
      ),
    ],
  };
}

export function formatMeasure({ id, digits }: CollapseMeasure): (value: number) => string {
  return (value) => (id === 'drift' && value !== 0 ? signed(value, digits) : fixed(value, digits));
}
