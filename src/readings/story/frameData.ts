/**
 * What the page's first picture shows of a record at one step: models side by side, and three measures over
 * training, all of the same users. Pure.
 */
import { spoken } from '../../scene/marks/label';
import { heldSlice } from '../../charts/attention/attentionSlice';
import { armMark, type ArmMark } from '../../scene/marks/armMark';
import type { LineSeries, ReferenceLine } from '../../scene/charts/series';
import { rankingMeasure } from '../../measures/measures';
import { baselineName, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import { oneOf } from '../../record/comparedEvaluations';
import type { MeasuredBase } from '../../record/runEvents';
import type { Continuation, Evaluation, RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { armRole, chipLabel } from '../arms/armRole';
import { comparedArms, markOfColumn, recordedSteps, sampledAt, type FigureArm } from '../arms/armsOf';
import type { XAxis } from '../choices';
import { count, fixed, percent, sentences, shortCount } from '../format';
import { rankedWords } from '../verdict/checks/targetWords';
import { mean, median } from '../../statistics/statistics';
import { headsRange, headsShare } from './finding';
import type { GridRuns } from './gridRuns';
import { languageReading, moveOf, sinkReading } from '../verdict/summaryWords';
import { verdictK, verdictMeasure } from '../verdict/verdict';
import { inPercent } from '../verdict/rankingWords';
import { promptsOf } from '../../recipe/prompts';
import { keptPrompt, writtenTexts } from '../verdict/writtenTexts';
import { attentionColumns, type Column, type Head } from '../series/attentionData';
import { evaluationSeries } from '../series/evaluationSeries';
import { baselineLines } from '../series/rankingData';

/** The arms beside the base model: the control, then the one compared with it; one if the record has one. */
export function frameArms(arms: readonly FigureArm[], chosen: readonly [string, string] | null): readonly FigureArm[] {
  const pair = comparedArms(arms, chosen);
  const shown = pair ? [pair[1], pair[0]] : arms.slice(0, 1);
  return shown.map((arm) => ({ ...arm, label: chipLabel(arm) }));
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

/**
 * @param shown of `frameArms`
 * @param all the record's arms, which are compared at the same step
 * @param step null for the latest
 */
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

/** The models at a learning rate of which no run is recorded: numbers are means over the grid's runs. */
export function frameAtRate(
  record: RunRecord,
  all: readonly FigureArm[],
  shown: readonly FigureArm[],
  grid: GridRuns,
): FrameModel[] {
  const reading = sinkReading(record);
  const base = reading.from(grid.base);
  const model = (id: string, label: string, role: string, value: number | null): FrameModel => ({
    ...{ id, label, role, map: null, leftOut: t('not recorded'), step: 0, sinks: null, written: null },
    mark: markOfColumn(all, id),
    heads: value === null ? null : headsShare(value),
    rises: base !== null && value !== null && moveOf(reading, base, value) === 'raises',
  });
  return [
    model('base', t('Base model'), t('before training'), base),
    ...shown.map(({ id, label, spec }) => {
      const values = [...(grid.arms.get(id)?.values() ?? [])].flatMap((of) => reading.from(of) ?? []);
      return model(id, label, spec ? armRole(spec) : '', values.length === 0 ? null : mean(values));
    }),
  ];
}

export interface FrameCurve {
  readonly id: 'heads' | 'language' | 'hits';
  /** Of its tab. */
  readonly name: () => string;
  /** With the unit, and which way is better. */
  readonly label: () => string;
  readonly series: readonly LineSeries[];
  readonly references: readonly ReferenceLine[];
  readonly scale: 'linear' | 'log';
  readonly format: (value: number) => string;
}

/**
 * Stuck heads, language lost and hits over training, each on the sampled users; those that the record has.
 */
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
  const best = otherBaselines(record, last?.population ?? 'sample', hits.id === 'pool-hr', k).slice(0, 1);
  const curves: FrameCurve[] = [
    {
      id: 'heads',
      name: () => t('Stuck heads'),
      label: () => t('Heads stuck on one item (%), lower is better'),
      series: over((evaluation) => valueOf(sinks.of(evaluation))),
      references: base(sinks.base),
      scale: 'linear',
      format: (value) => fixed(100 * value, 0),
    },
    {
      id: 'language',
      name: () => t('Language lost'),
      label: () =>
        record.base.values.domainNll === undefined
          ? t('Language lost (item texts, times less likely), lower is better')
          : t('Language lost (ordinary text, times less likely), lower is better'),
      series: over((evaluation) => {
        const now = language.of(evaluation);
        return valueOf(now === null || language.base === null ? null : Math.exp(now - language.base));
      }),
      references: base(1),
      scale: 'log',
      format: timesText,
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
      scale: 'linear',
      format: percent,
    },
  ];
  return curves.filter(({ series }) => series.some(({ points }) => points.length > 0));
}

/** A loss that is d nats higher makes a text e^d times less likely, per token. */
export function timesText(times: number): string {
  return t('{times}×', { times: times < 10 ? fixed(times, 1) : count(Number(times.toPrecision(2))) });
}

/** Baselines but the arms' own start, whose line is where theirs begin; the best one first. */
function otherBaselines(
  { baselines }: RunRecord,
  population: Evaluation['population'],
  pool: boolean,
  k: number,
): ReferenceLine[] {
  return baselineLines(baselines, population, { measure: rankingMeasure(pool ? 'pool-hr' : 'hr'), split: 'all' }, k)
    .filter(({ id }) => id !== 'zeroShot' && id !== 'start')
    .sort((a, b) => b.value - a.value);
}

function valueOf(y: number | null): { readonly y: number } | null {
  return y === null ? null : { y };
}

/**
 * What a map shows and what is normal in it, for someone who has never seen one; true of dark and of light
 * maps.
 */
export function mapCaption(): string {
  return t(
    'A head is stuck when nearly every row looks at one item: its column stands out. The first column, the text’s start, is normal.',
  );
}

/** Why what hits do not show matters. */
export function whyItMatters(): string {
  return t('Hits do not show this; it matters where the same model must also write or explain.');
}

/** How far the picture reaches. */
export interface FrameScope {
  /** Which run it is, where it is among the others, and of what. */
  readonly line: string;
  /** Which map, which text, and whose numbers. */
  readonly more: string;
}

/**
 * @param grid the runs that the sentences are about; null if they are about this run
 * @param striking whether the head and the history are those that the page chooses
 */
export function frameScope(
  record: RunRecord,
  all: readonly FigureArm[],
  { layer, head }: Head,
  grid: GridRuns | null,
  striking: boolean,
): FrameScope {
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
    striking: striking ? 'yes' : 'no',
    sampled: users(sampled),
    all: users(last),
    several: last !== null && last !== sampled ? 'yes' : 'no',
    runs: count(grid?.runs ?? 1),
    rule: record.base.continuations === undefined ? 'none' : record.complete && all.length > 1 ? 'most' : 'first',
    prompts: count(promptsOf(record.spec).length),
  };
  const run =
    grid === null
      ? t(
          'One run, seed {seed}, of a model with {model} parameters{simulated, select, yes { on simulated clicks} other {}}: another seed may differ.',
          values,
        )
      : t(
          'Pictured: seed {seed} of the {runs} runs, of a language model with {model} parameters{simulated, select, yes {, trained on clicks of simulated shoppers} other {}}.',
          values,
        );
  const among = grid === null ? null : placeAmongRuns(record, all, grid);
  const which = t(
    'Maps: one history, layer {layer}, head {head}{striking, select, yes {, where the arms differ most} other {}}. Texts: {rule, select, most {of {prompts} prompts, the one on which they differ most} first {the recipe’s first prompt} other {none recorded}}. Numbers: {sampled}{several, select, yes {; sentences: {all}} other {}}.',
    values,
  );
  return { line: sentences([run, among?.line ?? '']), more: sentences([which, among?.more ?? '']) };
}

/** The same at a learning rate of which no run is recorded. */
export function rateScope(record: RunRecord, all: readonly FigureArm[], { runs }: GridRuns): string {
  const last = lastOf(all);
  return t(
    'No run of this learning rate is recorded: there are no maps and texts. Numbers are means over {runs} runs, on {users}.',
    {
      runs: count(runs),
      users: last === null ? t('nobody yet') : rankedWords(record, last),
    },
  );
}

/** Where the pictured run is among those of the grid: its own values on their users. */
function placeAmongRuns(record: RunRecord, all: readonly FigureArm[], grid: GridRuns): FrameScope | null {
  const pair = comparedArms(all, null);
  const control = pair?.[1];
  const final = control?.record.evaluations.findLast(({ population }) => population === 'all');
  const reading = sinkReading(record);
  const heads = final === undefined ? null : reading.of(final);
  if (control === undefined || final === undefined || heads === null) return null;
  const others = [...(grid.arms.get(control.id)?.entries() ?? [])].flatMap(([seed, values]) =>
    seed === record.spec.seed ? [] : (reading.from(values) ?? []),
  );
  const k = verdictK(record);
  const hits = verdictMeasure(final, k);
  const share = hits.of(final, 'all', k);
  if (others.length === 0 || share === null) return null;
  // The one that the curves show, on all users.
  const sampled = oneOf(sampledAt(all, null));
  const pool = hits.id === 'pool-hr';
  const drawn = otherBaselines(record, sampled?.population ?? 'sample', pool, k)[0];
  const best = otherBaselines(record, 'all', pool, k).find(({ id }) => id === drawn?.id);
  const middle = {
    median: headsShare(median([heads, ...others])),
    place: heads > Math.max(...others) ? 'most' : heads < Math.min(...others) ? 'least' : 'between',
  };
  const line = t(
    '{place, select, most {No other run has as many stuck heads} least {No other run has as few stuck heads} other {Its stuck heads are between those of the others}} (median {median}).',
    middle,
  );
  const more = t(
    'On the latter, {heads} of heads are stuck with {arm} in this run{place, select, most {, more than in any other} least {, fewer than in any other} other {}} (all runs: {range}, median {median}), and {hits} of next items are in the top {k}{baseline, select, none {} other { ({baseline}: {value})}}.',
    {
      baseline: best === undefined ? 'none' : baselineName(best.id as RecordedBaseline),
      value: best === undefined ? '' : inPercent(best.value),
      heads: headsShare(heads),
      arm: control.label,
      range: headsRange([Math.min(heads, ...others), Math.max(heads, ...others)]),
      ...middle,
      k: count(k),
      hits: inPercent(share),
    },
  );
  return { line, more };
}

function lastOf(arms: readonly FigureArm[]): Evaluation | null {
  const [first] = arms;
  return first?.record.evaluations.findLast(({ population }) => population === 'all') ?? null;
}
