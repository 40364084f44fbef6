/**
 * Numbers of the evidence with their texts, and comparisons of two of them. Facts and predicates of lessons
 * consist of these alone.
 */
import { t } from '../words/words';
import { attentionSlice, weightAt, weightOf } from '../charts/attention/attentionSlice';
import { valuesBySeed, type SweepLine } from '../experiment/grid/sweep';
import type { Measure } from '../measures/measure';
import { decodability, decodedCategory } from '../measures/entries/decodability';
import type { SinkMeasureId } from '../measures/entries/sinks';
import type { RankedSplit } from '../measures/measure';
import { measure, rankingMeasure } from '../measures/measures';
import type { RecordedBaseline } from '../measures/ranking/baselineNames';
import { importance } from '../measures/sinks/sinks';
import { baseSinksOf, sinksOf } from '../measures/sinks/userSinks';
import {
  attendedEvaluations,
  comparedEvaluations,
  comparedSnapshots,
  oneOf,
  sampledEvaluations,
  type ComparedEvaluations,
  type EvaluatedArm,
} from '../record/comparedEvaluations';
import { pairedHitDifference, pairedWithBaseline } from '../readings/series/rankingData';
import { compact, count, digitsOf, fixed, withLineSigns, signed } from '../readings/format';
import { PRESETS } from '../recipe/presets';
import type { RecordedId } from '../recipe/recordedFiles';
import { promptsOf } from '../recipe/prompts';
import type { ArmRecord, Evaluation, Fidelity, RunRecord } from '../record/runRecord';
import { compareOverSeeds, differencesOverSeeds, pairedInterval, type BySeed } from '../statistics/comparison';
import { seedsNeeded } from '../statistics/power';
import { numberFormat } from '../words/words';
import { mean, signOf, standardDeviation, type MeanInterval } from '../statistics/statistics';
import type { Evidence, Predicate } from './evidence';
import { fact, type Fact } from './words';

/** A number of the evidence, which a text shows as `12.6 %` or `0.47`. */
export interface Quantity extends Fact {
  /** Null if the evidence lacks it. */
  readonly value: (evidence: Evidence) => number | null;
}

/** A difference with its 95 % interval. */
export interface IntervalQuantity extends Fact {
  readonly interval: (evidence: Evidence) => Bounds | null;
}

interface Bounds {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

export function quantity(value: Quantity['value'], text: (value: number) => string): Quantity {
  return {
    ...fact((evidence) => {
      const found = value(evidence);
      return found === null ? null : text(found);
    }),
    value,
  };
}

/** A constant of the code that a text mentions: a threshold, a K. */
export function constant(value: number, text: (value: number) => string = compact): Quantity {
  return quantity(() => value, text);
}

/** Digits of values without a percent sign. */
const DIGITS = 2;

/** A value of a measure as texts write it. */
export function valueText({ scale, unit, digits, id }: Measure, value: number): string {
  const shown = Math.min(DIGITS, digits);
  const text = id.endsWith('Drift') ? signed(value * scale, shown) : fixed(value * scale, shown);
  return unit === '%' ? `${text}\u00a0%` : withUnit(text, unit);
}

/** Titles, and what models write: the same in every language. */
function verbatim(text: Fact['text']): Fact {
  return { ...fact(text), verbatim: true };
}

function quoted(text: string): string {
  return t('“{text}”', { text });
}

function withUnit(value: string, unit: string): string {
  return unit === '' ? value : t('{value} {unit}', { value, unit });
}

/** `valueText` for a difference: `+3.2 points`. */
export function differenceText({ scale, unit, digits }: Measure, value: number): string {
  const text = signed(value * scale, Math.min(DIGITS, digits));
  return unit === '%' ? t('{value} points', { value: text }) : withUnit(text, unit);
}

/** Of an arm, on the same targets as the other arms. @param read which of its evaluations */
function evaluationOf(
  { runs }: Evidence,
  run: RecordedId,
  arm: string,
  step: number | null = null,
  read: (arms: readonly EvaluatedArm[], step: number | null) => ComparedEvaluations = comparedEvaluations,
): Evaluation | null {
  return read(runs.get(run)?.arms ?? [], step).get(arm) ?? null;
}

function ofRecord(run: RecordedId, read: (record: RunRecord) => number | null): Quantity['value'] {
  return ({ runs }) => {
    const record = runs.get(run);
    return record === undefined ? null : read(record);
  };
}

/**
 * A measure of an arm at the end of a run, on all test users; of attention on the sampled users, as the base
 * model's.
 */
export function final(run: RecordedId, arm: string, id: string): Quantity {
  return at(run, arm, id, null);
}

/** The same at a step with an evaluation, on the sampled users; null for the end. */
export function at(run: RecordedId, arm: string, id: string, step: number | null): Quantity {
  const of = measure(id);
  const atEnd = of.topic === 'attention' ? attendedEvaluations : comparedEvaluations;
  const read = step === null ? atEnd : sampledEvaluations;
  const value = (evidence: Evidence): number | null => {
    const evaluation = evaluationOf(evidence, run, arm, step, read);
    return evaluation && (step === null || evaluation.step === step) ? of.of(evaluation) : null;
  };
  return quantity(value, (found) => valueText(of, found));
}

/** The base model's value of a measure, before any training. */
export function base(run: RecordedId, id: string): Quantity {
  const of = measure(id);
  return quantity(ofRecord(run, of.base), (found) => valueText(of, found));
}

/** HR@K of a baseline on the users of the final evaluation. */
export function baseline(run: RecordedId, which: RecordedBaseline, k: number, split: RankedSplit = 'all'): Quantity {
  const value = ofRecord(run, ({ baselines }) => {
    const record = baselines[which];
    return record === undefined ? null : rankingMeasure('hr').of(record.all, split, k);
  });
  return quantity(value, (found) => valueText(measure(`hr@${k}`), found));
}

/** A field of the recorded recipe. */
export function recipeNumber(
  run: RecordedId,
  read: (spec: RunRecord['spec']) => number,
  text: (value: number) => string = count,
): Quantity {
  return quantity(
    ofRecord(run, ({ spec }) => read(spec)),
    text,
  );
}

/** Parameters of a run's model. */
export function parametersOf(run: RecordedId): Quantity {
  return quantity(
    ofRecord(run, ({ model }) => model.parameters),
    (found) => numberFormat({ notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 3 }).format(found),
  );
}

/** Learning rate of a recorded run, which need not be fetched for it. */
export function rateOf(run: 'collapse' | 'strong'): Quantity {
  return constant(PRESETS.find(({ id }) => id === run)!.spec.training.learningRate);
}

/** How many times one is the other. */
export function ratio(a: Quantity, b: Quantity): Quantity {
  return quantity(
    (evidence) => {
      const [x, y] = [a.value(evidence), b.value(evidence)];
      return x === null || y === null || y === 0 ? null : x / y;
    },
    (value) => compact(Number(value.toPrecision(2))),
  );
}

/** The mean loss over the last tenth of an arm's steps; null before the first. */
export function lateLoss({ steps }: ArmRecord): number | null {
  const last = steps.action.slice(-Math.max(1, Math.round(steps.action.length / 10)));
  return last.length === 0 ? null : mean(last);
}

/**
 * Difference of HR@K of two arms on the same users, with its 95 % t-interval over users, as in the verdict.
 */
export function hitDifference(
  run: RecordedId,
  treatment: string,
  control: string,
  k: number,
  split: RankedSplit = 'all',
): IntervalQuantity {
  const of = measure(`hr@${k}`);
  return intervalQuantity(
    (evidence) => {
      const [a, b] = [treatment, control].map((arm) => evaluationOf(evidence, run, arm));
      const found = a && b ? pairedHitDifference(a, b, k, split) : null;
      return found && { mean: found.difference, low: found.low, high: found.high };
    },
    (found) => boundsText(of, found),
  );
}

/** The same between an arm and a baseline. */
export function baselineDifference(
  run: RecordedId,
  arm: string,
  which: RecordedBaseline,
  k: number,
  split: RankedSplit = 'all',
): IntervalQuantity {
  const of = measure(`hr@${k}`);
  return intervalQuantity(
    (evidence) => {
      const [evaluation, record] = [evaluationOf(evidence, run, arm), evidence.runs.get(run)?.baselines[which]];
      const found = evaluation && record ? pairedWithBaseline(evaluation, record.all, k, rankingMeasure('hr'), split) : null;
      return found && { mean: found.difference, low: found.low, high: found.high };
    },
    (found) => boundsText(of, found),
  );
}

function intervalQuantity(interval: IntervalQuantity['interval'], text: (found: Bounds) => string): IntervalQuantity {
  return {
    ...fact((evidence) => {
      const found = interval(evidence);
      return found === null ? null : text(found);
    }),
    interval,
  };
}

function boundsText(of: Measure, { mean: centre, low, high }: Bounds): string {
  const usual = Math.min(DIGITS, of.digits);
  const digits = low === null || high === null ? usual : digitsOf({ low: low * of.scale, high: high * of.scale }, usual);
  const bounds = low === null || high === null ? '' : ` [${fixed(low * of.scale, digits)}, ${fixed(high * of.scale, digits)}]`;
  const value = signed(centre * of.scale, digits) + bounds;
  return of.unit === '%' ? t('{value} points', { value }) : withUnit(value, of.unit);
}

/**
 * A measure of attention in one head over the sampled users, at the end of a run or for the base model. Layer
 * and head count from 0.
 */
export function inHead(run: RecordedId, arm: string, id: SinkMeasureId, layer: number, head: number): Quantity {
  const value = (evidence: Evidence): number | null => {
    const record = evidence.runs.get(run);
    const evaluation = evaluationOf(evidence, run, arm, null, attendedEvaluations);
    const sinks = arm === 'base' ? record && baseSinksOf(record) : evaluation && sinksOf(evaluation);
    return sinks?.tables[id]?.[layer]?.[head] ?? null;
  };
  return quantity(value, (found) => fixed(found, DIGITS));
}

/** Departments held out of training. */
export function heldOutCount(run: RecordedId): Quantity {
  return quantity(
    ofRecord(run, ({ data }) => data.heldOut?.length ?? null),
    count,
  );
}

/** Test users whose next item is in a split. */
export function targetsOf(run: RecordedId, split: RankedSplit): Quantity {
  const value = ofRecord(run, ({ arms }) => {
    const last = oneOf(comparedEvaluations(arms, null));
    return last?.targets[split] ?? null;
  });
  return quantity(value, count);
}

/** A count of the log. */
export function logNumber(run: RecordedId, what: 'users' | 'items' | 'interactions'): Quantity {
  return quantity(
    ofRecord(run, ({ data }) => data[what]),
    count,
  );
}

/** What a probe decoder read from an arm’s interest embeddings; `control` is the target’s own embedding. */
function fidelityOf(evidence: Evidence, run: RecordedId, arm: string): Fidelity | null {
  if (arm === 'control') return evidence.runs.get(run)?.base.control ?? null;
  return evaluationOf(evidence, run, arm)?.fidelity ?? null;
}

/** Decodability gain in nats per token, with its bootstrap interval over targets. */
export function gainOf(run: RecordedId, arm: string): IntervalQuantity {
  return intervalQuantity(
    (evidence) => {
      const fidelity = fidelityOf(evidence, run, arm);
      const found = fidelity && decodability.at(fidelity, 'all');
      if (!found) return null;
      const [low, high] = found.interval ?? [null, null];
      return { mean: found.value, low, high };
    },
    (found) => boundsText(measure('decodability'), found),
  );
}

/** The gain of the control, which is known to hold the text. */
export function controlGain(run: RecordedId): IntervalQuantity {
  return gainOf(run, 'control');
}

/** Share of targets whose category matches the decoded text's, with its interval. */
export function accuracyOf(run: RecordedId, arm: string): Quantity {
  const found = (evidence: Evidence) => {
    const fidelity = fidelityOf(evidence, run, arm);
    return fidelity && decodedCategory.at(fidelity, 'all');
  };
  const percent = (share: number): string => fixed(100 * share, 1);
  return {
    ...fact((evidence) => {
      const category = found(evidence);
      if (category === null) return null;
      const bounds = category.interval ? ` [${category.interval.map(percent).join(', ')}]` : '';
      return `${percent(category.value)}\u00a0%${bounds}`;
    }),
    value: (evidence) => found(evidence)?.value ?? null,
  };
}

/** The next item of a recorded history, quoted. */
export function historyTarget(run: RecordedId, history: number): Fact {
  return verbatim(({ runs }) => {
    const probe = runs.get(run)?.probes[history];
    return probe === undefined ? null : quoted(probe.target);
  });
}

export function probeCount(run: RecordedId): Quantity {
  return quantity(
    ofRecord(run, ({ probes }) => probes.length),
    count,
  );
}

function decodedTexts(evidence: Evidence, run: RecordedId, arm: string): readonly (string | null)[] {
  return evaluationOf(evidence, run, arm)?.readings.map(({ decoded }) => decoded) ?? [];
}

/** What an arm’s own decoder writes from h alone, quoted. */
export function decodedBy(run: RecordedId, arm: string, history: number): Fact {
  return verbatim((evidence) => {
    const text = decodedTexts(evidence, run, arm)[history];
    return text === undefined || text === null ? null : quoted(text.trim());
  });
}

/** Number of distinct texts that it writes over the recorded histories. */
export function differentTexts(run: RecordedId, arm: string): Quantity {
  return quantity((evidence) => {
    const texts = decodedTexts(evidence, run, arm).filter((text) => text !== null);
    return texts.length === 0 ? null : new Set(texts).size;
  }, count);
}

/** The same of what a probe decoder writes from an arm’s h. */
export function differentProbeTexts(run: RecordedId, arm: string): Quantity {
  return quantity((evidence) => {
    const texts = fidelityOf(evidence, run, arm)?.decoded ?? [];
    return texts.length === 0 ? null : new Set(texts).size;
  }, count);
}

/** What a probe decoder writes from an arm’s h alone, quoted. */
export function probeText(run: RecordedId, arm: string, history: number): Fact {
  return verbatim((evidence) => {
    const text = fidelityOf(evidence, run, arm)?.decoded[history];
    return text === undefined ? null : quoted(text.trim());
  });
}

/** What a model writes after one of the recipe's prompts, quoted. @param arm `base` for the base model */
export function written(run: RecordedId, arm: string, prompt: number, step: number | null = null): Fact {
  return verbatim((evidence) => {
    const record = evidence.runs.get(run);
    const said = arm === 'base' ? record?.base.continuations : evaluationOf(evidence, run, arm, step)?.continuations;
    const text = said?.[prompt]?.text;
    return text === undefined ? null : quoted(withLineSigns(text).trim());
  });
}

/** The prompt itself, quoted. */
export function promptText(run: RecordedId, prompt: number): Fact {
  return verbatim(({ runs }) => {
    const record = runs.get(run);
    const text = record && promptsOf(record.spec)[prompt];
    return text === undefined ? null : quoted(text);
  });
}

/** A line of the sweep: an arm. */
function lineOf({ sweep }: Evidence, arm: string): SweepLine | null {
  return sweep?.lines.find((line) => line.arm === arm) ?? null;
}

/** A value of the sweep's axis: its largest, its smallest, or a number. */
export type SweepPosition = 'largest' | 'smallest' | number;

function placeOf({ sweep }: Evidence, place: SweepPosition): number | null {
  const all = sweep?.lines[0]?.points.map(({ at: value }) => value) ?? [];
  if (typeof place === 'number') return all.includes(place) ? place : null;
  return (place === 'largest' ? all.at(-1) : all[0]) ?? null;
}

/** Values of a measure by seed, of an arm at one value of the sweep's axis. */
function seedValues(evidence: Evidence, arm: string, place: SweepPosition, id: string): BySeed {
  const [line, at] = [lineOf(evidence, arm), placeOf(evidence, place)];
  return line === null || at === null ? new Map() : valuesBySeed(line, at, id);
}

/** Mean over the seeds of the sweep. */
export function meanAt(arm: string, place: SweepPosition, id: string): Quantity {
  const of = measure(id);
  const value = (evidence: Evidence): number | null => {
    const values = [...seedValues(evidence, arm, place, id).values()];
    return values.length === 0 ? null : mean(values);
  };
  return quantity(value, (found) => valueText(of, found));
}

/** Paired difference of two arms over the seeds of the sweep, with its 95 % t-interval. */
export function differenceAt(treatment: string, control: string, place: SweepPosition, id: string): IntervalQuantity {
  const of = measure(id);
  return intervalQuantity(
    (evidence) => differenceBounds(evidence, [treatment, place], [control, place], id),
    (found) => boundsText(of, found),
  );
}

function differenceBounds(
  evidence: Evidence,
  [treatment, a]: readonly [string, SweepPosition],
  [control, b]: readonly [string, SweepPosition],
  id: string,
): MeanInterval | null {
  return pairedInterval(seedValues(evidence, treatment, a, id), seedValues(evidence, control, b, id));
}

/** One value of the sweep's axis in words. */
export function placeText(place: SweepPosition): Quantity {
  return quantity((evidence) => placeOf(evidence, place), compact);
}

/** Number of seeds at every point. */
export const seedCount: Quantity = quantity(({ sweep }) => sweep?.lines[0]?.points[0]?.seeds.length ?? null, count);

/** Standard deviation over seeds of a paired difference. */
export function spreadAt(treatment: string, control: string, place: SweepPosition, id: string): Quantity {
  const of = measure(id);
  return quantity(
    (evidence) => standardDeviation(seedDifferences(evidence, treatment, control, place, id)),
    (found) => differenceText(of, found).replace('+', ''),
  );
}

/** The smallest and the largest difference among single seeds, as a range. */
export function rangeAt(treatment: string, control: string, place: SweepPosition, id: string): Fact {
  const of = measure(id);
  return fact((evidence) => {
    const all = seedDifferences(evidence, treatment, control, place, id);
    if (all.length === 0) return null;
    const shown = (value: number): string => signed(value * of.scale, Math.min(DIGITS, of.digits));
    const values = { low: shown(Math.min(...all)), high: shown(Math.max(...all)) };
    return of.unit === '%' ? t('{low} to {high} points', values) : t('{low} to {high}', values);
  });
}

/** Differences of single seeds, in the order of the treatment's. */
export function seedDifferences(
  evidence: Evidence,
  treatment: string,
  control: string,
  place: SweepPosition,
  id: string,
): number[] {
  return differencesOverSeeds(seedValues(evidence, treatment, place, id), seedValues(evidence, control, place, id));
}

/**
 * p of an arm against another after Holm's correction over the arms of the sweep, at one value of the axis.
 */
export function adjustedP(treatment: string, control: string, place: SweepPosition, id: string): Quantity {
  return quantity(
    (evidence) => {
      const arms = (evidence.sweep?.lines ?? []).map(({ arm }) => arm).filter((arm) => arm !== control);
      const found = compareOverSeeds(
        seedValues(evidence, control, place, id),
        arms.map((arm) => seedValues(evidence, arm, place, id)),
      );
      return found[arms.indexOf(treatment)]?.adjusted ?? null;
    },
    (p) => (p < 0.001 ? t('below {p}', { p: fixed(0.001, 3) }) : fixed(p, 3)),
  );
}

/** One attention head of a model on a recorded history. */
export interface HeadOf {
  readonly run: RecordedId;
  /** `base` for the base model. */
  readonly arm: string;
  readonly probe: number;
  readonly layer: number;
  readonly head: number;
}

/** The map of a head at the end of a run; null if the record has no such head. */
function mapOf(
  evidence: Evidence,
  { run, arm, probe, layer, head }: HeadOf,
): { readonly map: Uint8Array; readonly length: number } | null {
  const record = evidence.runs.get(run);
  const snapshot = arm === 'base' ? record?.base.attention : comparedSnapshots(record?.arms ?? [], null).get(arm);
  if (!snapshot || probe >= snapshot.probes || layer >= snapshot.layers || head >= snapshot.heads) return null;
  return { map: attentionSlice(snapshot, probe, layer, head), length: snapshot.length };
}

/**
 * α of one position of a head: its mean weight over the rows that see it. Negative positions count from the
 * end.
 */
export function alpha(of: HeadOf, place: number): Quantity {
  return quantity(
    (evidence) => {
      const found = mapOf(evidence, of);
      if (found === null) return null;
      const { map, length } = found;
      return importance(Float32Array.from(map, weightOf), length).at(place) ?? null;
    },
    (value) => fixed(value, DIGITS),
  );
}

/** Number of rows that see a position counted from the end, including its own. */
export function rowsSeeing(place: number): Quantity {
  return constant(-place);
}

/**
 * The weight that one row of a head puts on one key. Rows and keys count from 0; negative ones from the end.
 */
export function weight(of: HeadOf, row: number, key: number): Quantity {
  return quantity(
    (evidence) => {
      const found = mapOf(evidence, of);
      if (found === null) return null;
      const { map, length } = found;
      const place = (value: number): number => (value < 0 ? length + value : value);
      return weightAt(map, length, place(row), place(key));
    },
    (value) => fixed(value, DIGITS),
  );
}

/** How much of the way from one value to another a value has gone, as a percentage. */
export function wayTo(value: Quantity, from: Quantity, to: Quantity): Quantity {
  return quantity((evidence) => {
    const [a, b, c] = [value, from, to].map((one) => one.value(evidence)) as [number | null, number | null, number | null];
    return a === null || b === null || c === null || b === c ? null : (a - b) / (c - b);
  }, percentText);
}

/**
 * Number of seeds with which a paired t-test finds a difference of that size with the usual power, given the
 * spread of the existing ones.
 */
export function seedsToFind(treatment: string, control: string, place: SweepPosition, id: string, size: number): Quantity {
  return quantity((evidence) => {
    const sd = standardDeviation(seedDifferences(evidence, treatment, control, place, id));
    return sd === null || sd === 0 ? null : seedsNeeded(size, { sd });
  }, count);
}

/** Whether some seeds favour one arm and others the other. */
export function signsDiffer(treatment: string, control: string, place: SweepPosition, id: string): Predicate {
  return (evidence) => {
    const all = seedDifferences(evidence, treatment, control, place, id);
    return all.length === 0 ? null : all.some((one) => one > 0) && all.some((one) => one < 0);
  };
}

/** A share as a percentage. */
export function percentText(value: number): string {
  return `${fixed(100 * value, 0)}\u00a0%`;
}

// Predicates.

function compared(a: Quantity, b: Quantity, holds: (x: number, y: number) => boolean): Predicate {
  return (evidence) => {
    const [x, y] = [a.value(evidence), b.value(evidence)];
    return x === null || y === null ? null : holds(x, y);
  };
}

/** a > b. */
export function above(a: Quantity, b: Quantity): Predicate {
  return compared(a, b, (x, y) => x > y);
}

/** a is at least that many times b. */
export function atLeastTimes(a: Quantity, times: number, b: Quantity): Predicate {
  return compared(a, b, (x, y) => x >= times * y);
}

/** The interval lies above 0. */
export function positive(of: IntervalQuantity): Predicate {
  return signed3(of, 1);
}

/** The interval lies below 0. */
export function negative(of: IntervalQuantity): Predicate {
  return signed3(of, -1);
}

/** The interval contains 0. */
export function alike(of: IntervalQuantity): Predicate {
  return signed3(of, 0);
}

function signed3({ interval }: IntervalQuantity, sign: -1 | 0 | 1): Predicate {
  return (evidence) => {
    const found = interval(evidence);
    return found === null ? null : signOf(found) === sign;
  };
}

/** All of them; null if one is unknown. */
export function all(...predicates: readonly Predicate[]): Predicate {
  return (evidence) => {
    const found = predicates.map((one) => one(evidence));
    return found.includes(null) ? null : found.every((one) => one === true);
  };
}

export function not(predicate: Predicate): Predicate {
  return (evidence) => {
    const found = predicate(evidence);
    return found === null ? null : !found;
  };
}
