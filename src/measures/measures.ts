/** Finds measures by ID, for evaluations at any K, and formats their values. */
import { message, t } from '../words/words';
import type { Protocol } from '../recipe/runSpec';
import { comparedEvaluations } from '../record/comparedEvaluations';
import type { Evaluation, Ranked, RunRecord } from '../record/runRecord';
import { TARGET_GROUPS } from '../record/targetGroups';
import { ENTRIES, RANKING_ENTRIES, type MeasureId, type RankingEntry, type RankingMeasureId } from './entries';
import {
  inWords,
  RANKED_SPLITS,
  rankingId,
  type Measure,
  type MeasureEntry,
  type RankedSplit,
  type RankingMeasure,
  type RanksByTarget,
} from './measure';

/** The main measure of each protocol. */
export const HEADLINE: Readonly<Record<Protocol, RankingMeasureId>> = { recall: 'hr', 'pre-ranking': 'pool-hr', ranking: 'gauc' };

/** Every entry that is itself a number of an evaluation. */
export function entries(): readonly MeasureEntry[] {
  return ENTRIES;
}

export function entry(id: MeasureId): MeasureEntry {
  return ENTRIES.find((one) => one.id === id)!;
}

/** Every entry that is a measure of rankings, HR first. */
export function rankingMeasures(): readonly RankingEntry[] {
  return RANKING_ENTRIES;
}

export function rankingMeasure(id: RankingMeasureId): RankingEntry {
  return rankingMeasures().find((one) => one.id === id)!;
}

/** Whether a measure is that of a group of targets. */
export function isOfGroup({ id }: Pick<Measure, 'id'>): boolean {
  return TARGET_GROUPS.some((group) => id.startsWith(`${group}-`));
}

/** `HR@10`, `gAUC`. */
export function measureName({ name, atK }: Pick<RankingMeasure, 'name' | 'atK'>, k: number | 'K'): string {
  return atK ? `${name}@${k}` : name;
}

/** The definition with its K filled in: “… among the 10 best …”. */
export function definitionAt({ definition }: Pick<RankingMeasure, 'definition'>, k: number | 'K'): string {
  return definition.replace(/\bK\b/g, String(k));
}

/** Before the name of a measure: `cold HR@10`. */
const SPLIT_NAMES: Readonly<Record<Exclude<RankedSplit, 'all'>, string>> = {
  warm: message('warm'),
  cold: message('cold'),
  'one-hop': message('one-hop'),
  'multi-hop': message('multi-hop'),
  head: message('head'),
  tail: message('tail'),
  'short-history': message('short-history'),
  'medium-history': message('medium-history'),
  'long-history': message('long-history'),
};

/** A measure of rankings at one split and K, as a number of an evaluation. */
export function rankingAt(of: RankingMeasure, split: RankedSplit, k: number): Measure {
  const { topic, scale, digits, better, tag, atK, main, scores } = of;
  return inWords({
    ...{ topic, scale, digits, better, tag },
    id: rankingId(of, split, k),
    name: () =>
      split === 'all'
        ? measureName(of, k)
        : t('{split} {measure}', { split: t(SPLIT_NAMES[split]), measure: measureName(of, k) }),
    unit: () => of.unit,
    definition: () => definitionAt(of, k),
    aliases: [],
    of: (evaluation: Evaluation) => of.of(evaluation, split, k),
    base: () => null,
    interval: (evaluation: Evaluation) => of.interval(evaluation, split, k),
    perUsers: true,
    main: main[split] !== undefined && (!atK || main[split].includes(k)),
    ranked: {
      split,
      of: (ranked: Pick<Ranked, 'values'>) => of.of(ranked, split, k),
      scores: scores ? (ranks: RanksByTarget) => scores(ranks, k) : null,
    },
  });
}

function atEveryK(of: RankingMeasure, split: RankedSplit, ks: readonly number[]): Measure[] {
  const ascending = [...new Set(ks)].sort((a, b) => a - b);
  return (of.atK ? ascending : [1]).map((k) => rankingAt(of, split, k));
}

/** Cache for the last K requested: a record's hundreds of evaluations have the same. */
let lastMeasures: { readonly ks: string; readonly measures: readonly Measure[] } | null = null;

/** Every measure of runs evaluated at these K, ranking first. */
export function measuresAt(ks: readonly number[]): readonly Measure[] {
  const key = [...new Set(ks)].sort((a, b) => a - b).join();
  if (lastMeasures?.ks === key) return lastMeasures.measures;
  const rankings = RANKING_ENTRIES.flatMap((of: RankingMeasure) => of.splits.flatMap((split) => atEveryK(of, split, ks)));
  lastMeasures = { ks: key, measures: [...rankings, ...ENTRIES] };
  return lastMeasures.measures;
}

function measuresOfSplit(ks: readonly number[], split: RankedSplit): readonly Measure[] {
  return RANKING_ENTRIES.flatMap((of: RankingMeasure) => (of.splits.includes(split) ? atEveryK(of, split, ks) : []));
}

/** What tables show by default for runs evaluated at these K. */
export function mainMeasures(ks: readonly number[]): readonly Measure[] {
  return measuresAt(ks).filter(({ main }) => main);
}

/** The main measures, or every ranking measure of the requested targets. */
export function measuresShown(ks: readonly number[], targets: RankedSplit | null): readonly Measure[] {
  return targets === null ? mainMeasures(ks) : measuresOfSplit(ks, targets);
}

/** What was looked up: a list of a thousand runs asks for a few hundred IDs half a million times. */
const lookedUp = new Map<string, Measure | null>();

/** By ID, or by an ID of earlier versions: `lmDrift`, `hr@10`, `cold-hr@50`; null if there is none. */
export function findMeasure(id: string): Measure | null {
  const known = lookedUp.get(id);
  if (known !== undefined) return known;
  const found = lookUp(id);
  lookedUp.set(id, found);
  return found;
}

function lookUp(id: string): Measure | null {
  const own = ENTRIES.find((one) => one.id === id || one.aliases.includes(id));
  if (own) return own;
  const parts = /^([a-z-]+?)(?:@([1-9]\d*))?$/.exec(id);
  if (parts === null) return null;
  const [, name = '', k] = parts;
  const split = RANKED_SPLITS.find((one) => name.startsWith(`${one}-`)) ?? 'all';
  const ranking = split === 'all' ? name : name.slice(split.length + 1);
  const of = rankingMeasures().find((one) => one.id === ranking);
  if (of?.atK !== (k !== undefined) || !of.splits.includes(split)) return null;
  return rankingAt(of, split, Number(k ?? 1));
}

/** As `findMeasure`. @throws RangeError if there is none */
export function measure(id: string): Measure {
  const found = findMeasure(id);
  if (found === null) throw new RangeError(`there is no measure ${id}`);
  return found;
}

/**
 * A measure of an arm's last evaluation that may be compared with the other arms'; null if the arm, or its
 * record, has no such value.
 */
export function read(record: RunRecord, arm: string, id: string): number | null {
  const last = comparedEvaluations(record.arms, null).get(arm);
  return last === undefined ? null : measure(id).of(last);
}

/** Values by measure, with IDs of earlier versions replaced by current ones. */
export function withTodaysIds<Value>(values: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [findMeasure(id)?.id ?? id, value]));
}

/** The K at which an evaluation ranked, in the order of its values. */
export function ksOf({ values }: Pick<Evaluation, 'values'>): number[] {
  return Object.keys(values).flatMap((id) => (id.startsWith('hr@') ? [Number(id.slice(3))] : []));
}

/** Every value that an evaluation has, by measure ID. */
export function measuredValues(evaluation: Evaluation): Record<string, number> {
  const pairs = measuresAt(ksOf(evaluation)).map((one) => [one.id, one.of(evaluation)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is [string, number] => pair[1] !== null));
}

/** `HR@10 (%)`. */
export function measureHeading({ name, unit }: Pick<Measure, 'name' | 'unit'>): string {
  return unit === '' ? name : t('{measure} ({unit})', { measure: name, unit });
}

/** Of differences: `HR@10 (points)`, since two shares in percent differ by points. */
export function differenceHeading({ name, unit }: Pick<Measure, 'name' | 'unit'>): string {
  return measureHeading({ name, unit: unit === '%' ? t('points') : unit });
}

/**
 * A value, or a difference of two, in the measure's digits, or more of them, and without its unit: `12.7`,
 * `-0.042`.
 */
export function measureText({ scale, digits }: Pick<Measure, 'scale' | 'digits'>, value: number, more = 0): string {
  const text = (value * scale).toFixed(digits + more);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

const MORE_DIGITS = 3;

/** Additional digits, at most three, with which no bound of an interval that excludes 0 is shown as 0. */
export function moreDigits(
  { low, high }: { readonly low: number; readonly high: number },
  shown: (value: number, more: number) => string,
): number {
  let more = 0;
  if (low <= 0 && high >= 0) return more;
  while (more < MORE_DIGITS && [low, high].some((bound) => Number(shown(bound, more)) === 0)) more++;
  return more;
}
