/** What the page's first picture shows of a record at one step: models side by side, and three measures over training, all of the same users. Pure. */
import { spoken } from '../../scene/marks/label';
import { heldSlice } from '../../charts/attention/attentionSlice';
import { armMark, type ArmMark } from '../../scene/marks/armMark';
import type { LineSeries, ReferenceLine } from '../../scene/charts/series';
import { rankingMeasure } from '../../measures/measures';
import { oneOf } from '../../record/comparedEvaluations';
import type { MeasuredBase } from '../../record/runEvents';
import type { Continuation, Evaluation, RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { armRole } from '../arms/armRole';
import { comparedArms, markOfColumn, recordedSteps, sampledAt, type FigureArm } from '../arms/armsOf';
import type { XAxis } from '../choices';
import { fixed, percent, shortCount, signed } from '../format';
import { rankedWords } from '../verdict/checks/targetWords';
import { headsShare } from './finding';
import { languageReading, moveOf, sinkReading } from '../verdict/summaryWords';
import { verdictK, verdictMeasure } from '../verdict/verdict';
import { keptPrompt, writtenTexts } from '../verdict/writtenTexts';
import { attentionColumns, type Column, type Head } from '../series/attentionData';
import { evaluationSeries } from '../series/evaluationSeries';
import { baselineLines } from '../series/rankingData';

/** The arms beside the base model: the control, then the one compared with it; one if the record has one. */
export function frameArms(arms: readonly FigureArm[], chosen: readonly [string, string] | null): readonly FigureArm[] {
  const pair = comparedArms(arms, chosen);
  return pair ? [pair[1], pair[0]] : arms.slice(0, 1);
}

export interface FrameModel extends Column {
  readonly mark: ArmMark;
  /** What it was trained on. */
  readonly role: string;
  /** “17 %” of heads with a sink on an item; null if that was not measured. */
  readonly heads: string | null;
  /** Whether that has risen above the base model's. */
  readonly rises: boolean;
  readonly written: Continuation | null;
}

/** The models of a run in preparation: the base model once it is measured, and places for the arms. */
export function beginningModels({ spec, base }: Partial<MeasuredBase>, at: Head): FrameModel[] {
  const ids = spec?.arms.map(({ id }) => id) ?? [];
  const nothing = { map: null, leftOut: null, step: 0, sinks: null, heads: null, rises: false, written: null };
  const pair = comparedArms(spec?.arms ?? [], null);
  const arms = pair ? [pair[1], pair[0]] : (spec?.arms.slice(0, 1) ?? []);
  return [
    {
      ...nothing,
      ...{ id: 'base', label: t('Base model'), mark: armMark('base', []), role: t('before training') },
      map: base ? heldSlice(base.attention, at.probe, at.layer, at.head) : null,
      written: base?.continuations?.[0] ?? null,
    },
    ...arms.map((arm) => ({ ...nothing, id: arm.id, label: arm.label, mark: armMark(arm.id, ids), role: armRole(arm) })),
  ];
}

export interface FrameAtStep {
  /** The step that numbers, texts and cursor are of. */
  readonly step: number;
  readonly models: readonly FrameModel[];
  /** What all of them continue; null if the record has no texts. */
  readonly prompt: string | null;
}

/** @param shown of `frameArms` @param all the record's arms, which are compared at the same step @param step null for the latest */
export function frameAt(
  record: RunRecord,
  all: readonly FigureArm[],
  shown: readonly FigureArm[],
  at: Head,
  step: number | null,
): FrameAtStep {
  const reading = sinkReading(record);
  const evaluations = sampledAt(all, step);
  const texts = writtenTexts(record, step, keptPrompt(record));
  const [text] = texts;
  // Of the same users as the arms', once there are some.
  const ofBase = evaluations.size > 0 || shown.length === 0 ? reading.base : null;
  return {
    step: oneOf(evaluations)?.step ?? step ?? recordedSteps(shown.map((arm) => arm.record)).at(-1) ?? 0,
    prompt: text?.prompt ?? null,
    models: attentionColumns(record, shown, at, step).map((column) => {
      const arm = shown.find(({ id }) => id === column.id);
      const evaluation = evaluations.get(column.id);
      const ofArm = evaluation ? reading.of(evaluation) : null;
      const value = arm === undefined ? ofBase : ofArm;
      const moved = arm !== undefined && value !== null && reading.base !== null && moveOf(reading, reading.base, value);
      return {
        ...column,
        mark: markOfColumn(all, column.id),
        role: arm === undefined ? t('before training') : arm.spec ? armRole(arm.spec) : '',
        heads: value === null ? null : headsShare(value),
        rises: moved === 'raises',
        written: text?.models.find(({ id }) => id === column.id)?.continuation ?? null,
      };
    }),
  };
}

export interface FrameCurve {
  readonly id: 'heads' | 'language' | 'hits';
  /** Of its tab. */
  readonly name: () => string;
  /** With the unit, and which way is better. */
  readonly label: () => string;
  readonly series: readonly LineSeries[];
  readonly references: readonly ReferenceLine[];
  readonly format: (value: number) => string;
}

/** Stuck heads, language lost and hits over training, each on the sampled users; those that the record has. */
export function frameCurves(record: RunRecord, shown: readonly FigureArm[], axis: XAxis): FrameCurve[] {
  const { batchSize } = record.spec.training;
  const over = (pointOf: Parameters<typeof evaluationSeries>[4]): LineSeries[] =>
    // Without the values on all users: numbers and curves are of the same users.
    evaluationSeries(shown, axis, batchSize, true, pointOf).map(({ id, label, mark, markers, points }) => ({
      id,
      label,
      mark,
      markers,
      points,
    }));
  const base = (value: number | null): ReferenceLine[] =>
    value === null ? [] : [{ id: 'base', ...spoken(() => t('base')), value, dash: '1.5 3' }];
  const [sinks, language] = [sinkReading(record), languageReading(record)];
  const k = verdictK(record);
  const last = [...sampledAt(shown, null).values()][0] ?? null;
  const hits = verdictMeasure(last, k);
  const best = baselineLines(
    record.baselines,
    last?.population ?? 'sample',
    { measure: rankingMeasure(hits.id === 'pool-hr' ? 'pool-hr' : 'hr'), split: 'all' },
    k,
  )
    // Their line is where the arms' own begins.
    .filter(({ id }) => id !== 'zeroShot' && id !== 'start')
    .sort((a, b) => b.value - a.value)
    .slice(0, 1);
  const curves: FrameCurve[] = [
    {
      id: 'heads',
      name: () => t('Stuck heads'),
      label: () => t('Heads stuck on one item (%), lower is better'),
      series: over((evaluation) => valueOf(sinks.of(evaluation))),
      references: base(sinks.base),
      format: (value) => fixed(100 * value, 0),
    },
    {
      id: 'language',
      name: () => t('Language lost'),
      label: () => t('Language lost (nats per token), lower is better'),
      series: over((evaluation) => {
        const now = language.of(evaluation);
        return valueOf(now === null || language.base === null ? null : now - language.base);
      }),
      references: base(0),
      format: (value) => (value === 0 ? '0' : signed(value, 1)),
    },
    {
      id: 'hits',
      name: () => t('Hits'),
      label: () => t('Next item in the top {k} (%), higher is better', { k }),
      series: over((evaluation) => {
        const interval = hits.interval(evaluation, 'all', k);
        const point = valueOf(hits.of(evaluation, 'all', k));
        return point && { ...point, ...(interval && { low: interval[0], high: interval[1] }) };
      }),
      references: best,
      format: percent,
    },
  ];
  return curves.filter(({ series }) => series.some(({ points }) => points.length > 0));
}

function valueOf(y: number | null): { readonly y: number } | null {
  return y === null ? null : { y };
}

/** How far the picture reaches, in one line: seed, log, model, whose numbers, which map. */
export function frameScope(record: RunRecord, all: readonly FigureArm[], { layer, head }: Head): string {
  const sampled = oneOf(sampledAt(all, null));
  const last = lastOf(all);
  const users = (evaluation: Evaluation | null): string =>
    evaluation === null ? t('nobody yet') : rankedWords(record, evaluation);
  const values = {
    seed: record.spec.seed,
    model: shortCount(record.model.parameters),
    layer: layer + 1,
    head: head + 1,
    simulated: record.data.id === 'sample' ? 'yes' : 'no',
    sampled: users(sampled),
    all: users(last),
    several: last !== null && last !== sampled ? 'yes' : 'no',
  };
  return t(
    'One run, seed {seed}, of a model with {model} parameters{simulated, select, yes { on simulated clicks} other {}}: another seed may differ. Maps: one history, layer {layer}, head {head}. Numbers: {sampled}{several, select, yes {, in the sentences {all}} other {}}.',
    values,
  );
}

function lastOf(arms: readonly FigureArm[]): Evaluation | null {
  const [first] = arms;
  return first?.record.evaluations.findLast(({ population }) => population === 'all') ?? null;
}
