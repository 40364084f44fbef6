/**
 * Both arms beside zero-shot and the strongest other baseline, in a sentence. Pure.
 *
 * Rules [O]:
 * - With the baseline's rank of every target, an arm beats it, or stays below it, by the paired test, after
 *   Holm's correction over the comparisons of the sentence; otherwise they are not distinguishable.
 * - Without, an arm beats it, or stays below it, where that holds for the errors of both added up as if they
 *   were of different users; otherwise nothing was measured that could say it, which the sentence says.
 */
import type { RankingMeasure } from '../../measures/measure';
import { BASELINES, baselineName, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import type { Evaluation, Ranked, RunRecord } from '../../record/runRecord';
import { holm } from '../../statistics/hypothesis';
import { message, t, type Message } from '../../words/words';
import { lacks } from '../../record/shortened';
import { listed, sentenceCase, sentenceOfClauses } from '../format';
import { inPercent } from './rankingWords';

/** Of an arm to a baseline; `near`: neither above nor below, and not compared target by target. */
type Relation = 'above' | 'below' | 'alike' | 'near';

/** How an arm compares with a baseline. */
export interface Beside {
  readonly label: string;
  /** Arm − baseline. */
  readonly difference: number;
  readonly p: number;
  /** Whether targets were paired. */
  readonly paired: boolean;
}

export interface RankedBaseline {
  readonly id: RecordedBaseline;
  readonly ranked: Ranked;
  readonly value: number;
}

export interface BesideBaselines {
  /** None if the record has no baseline. */
  readonly sentence: string | null;
  /**
   * The first shown baseline that takes no training and that both arms stay below; `unknown` where that is
   * not in a link.
   */
  readonly bothBelowUntrained: 'zeroShot' | 'start' | 'unknown' | null;
  /** The shown baselines that both arms stay below, zero-shot first. */
  readonly bothBelow: readonly RankedBaseline[];
}

const ALPHA = 0.05;

export function besideBaselines(
  record: RunRecord,
  measure: RankingMeasure,
  k: number,
  population: Evaluation['population'],
  compare: (baseline: RankedBaseline) => readonly [Beside, Beside],
): BesideBaselines {
  const known = BASELINES.flatMap(({ id, name }) => {
    const baseline = record.baselines[id];
    const ranked = baseline?.[population];
    const value = ranked && measure.of(ranked, 'all', k);
    return ranked === undefined || value == null ? [] : [{ id, name, ranked, value }];
  });
  const strongest = known.filter(({ id }) => id !== 'zeroShot').sort((a, b) => b.value - a.value)[0];
  const shown = [...known.filter(({ id }) => id === 'zeroShot'), ...(strongest ? [strongest] : [])];
  if (shown.length === 0) return { sentence: null, bothBelowUntrained: null, bothBelow: [] };
  if (lacks(record, 'baselines')) {
    const baselines = listed(shown.map(({ name, value }) => `${name} (${inPercent(value)})`));
    return {
      sentence: t('How the arms compare with {baselines} cannot be told from the link.', { baselines }),
      bothBelowUntrained: 'unknown',
      bothBelow: [],
    };
  }
  const compared = shown.map((baseline) => compare(baseline));
  const corrected = holm(compared.flat().map(({ p }) => p));
  const related = compared.map((pair, i) =>
    pair.map((one, j) => ({ label: one.label, relation: relationOf(one, corrected[2 * i + j]!) })),
  );
  const clauses = shown.map(({ name, value }, i) => {
    const unpaired = related[i]!.some(({ relation }) => relation === 'near');
    const share = inPercent(value);
    return relationClause(related[i]!, {
      baseline: name,
      value: unpaired ? t('{value}; not measured target by target', { value: share }) : share,
    });
  });
  const bothBelow = shown.filter((_, i) => related[i]!.every(({ relation }) => relation === 'below'));
  return {
    sentence: sentenceCase(sentenceOfClauses(clauses)),
    bothBelowUntrained: (['zeroShot', 'start'] as const).find((one) => bothBelow.some(({ id }) => id === one)) ?? null,
    bothBelow,
  };
}

function relationOf({ difference, paired }: Beside, p: number): Relation {
  if (p < ALPHA) return difference > 0 ? 'above' : 'below';
  return paired ? 'alike' : 'near';
}

const BOTH: Readonly<Record<Relation, Message>> = {
  above: message('both beat {baseline} ({value})'),
  below: message('both stay below {baseline} ({value})'),
  alike: message('neither is distinguishable from {baseline} ({value})'),
  near: message('both are near {baseline} ({value})'),
};

/** As a clause: `both stay below item-kNN (35.8 %)`. */
export function bothBelowClause({ id, value }: Pick<RankedBaseline, 'id' | 'value'>): string {
  return t(BOTH.below, { baseline: baselineName(id), value: inPercent(value) });
}

/** `both beat zero-shot (9.2 %)`; `Action stays below zero-shot (9.2 %), while KARMA beats it`. */
function relationClause(
  related: readonly { readonly label: string; readonly relation: Relation }[],
  facts: { readonly baseline: string; readonly value: string },
): string {
  const [one, other] = related as [(typeof related)[number], (typeof related)[number]];
  if (one.relation === other.relation) return t(BOTH[one.relation], facts);
  return t(
    '{one} {relation, select, above {beats} below {stays below} near {is near} other {is not distinguishable from}} {baseline} ({value}), while {other} {relation2, select, above {beats it} below {stays below it} near {is near it} other {is not distinguishable from it}}',
    { one: one.label, relation: one.relation, other: other.label, relation2: other.relation, ...facts },
  );
}
