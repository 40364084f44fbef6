/**
 * What a run found, in three sentences: ranking, attention, language. Each is made only from the record by the rules below;
 * what one run cannot say is listed beside them. Pure.
 *
 * Rules [O]:
 * - Two arms differ in ranking if the 95 % interval of the paired difference of HR@K over users excludes 0.
 * - An arm beats a baseline, or stays below it, by the paired 95 % interval and the randomisation test over targets; in records without the baseline's ranks, if
 *   their bootstrap intervals do not overlap, else it was not measured. It works if it beats the best training-free baseline.
 * - Attention is that of the sampled users, on whom alone the base model was measured.
 * - Attention and language have one value per model, which is given beside the base model's, and called a rise or a fall only if
 *   the displayed digits differ.
 */
import { rankedBaseline, type RankingMeasure } from '../../measures/measure';
import { measureName, rankingMeasure } from '../../measures/measures';
import { baselineName, BASELINES, type RecordedBaseline } from '../../measures/ranking/baselineNames';
import type { ComparedEvaluations } from '../../record/comparedEvaluations';
import { cutSentence } from '../../record/measuringCut';
import { ONLY_GIVEN, ranksGivenPools } from '../../record/poolSizes';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { message, t, type Message } from '../../words/words';
import { count, digitsOf, fixed, listed, percent, sentenceCase, sentenceOfClauses, sentences, signed } from '../format';
import { armsOf, attentionsAt, comparedArms, evaluationsAt, type FigureArm } from '../arms/armsOf';
import { againstBaseline, againstBest } from '../series/bestBaseline';
import { pairedHitDifference } from '../series/rankingData';
import { firstTokenReading, languageReading, sinkReading, type Reading } from './summaryWords';

export type Topic = 'ranking' | 'attention' | 'language';

export interface Verdict {
  /** The step that it is about, and whose targets were ranked: “After 200 steps, on 3,000 test users”. */
  readonly when: string;
  readonly sentences: readonly { readonly topic: Topic; readonly text: string }[];
  /** What cannot be concluded from this, one sentence each. */
  readonly limits: readonly string[];
}

/** K of the verdict if the run has it, else its first. */
const USUAL_K = 10;

/** The K that a verdict refers to. */
export function verdictK({ spec }: Pick<RunRecord, 'spec'>): number {
  const { ks } = spec.evaluation;
  return ks.includes(USUAL_K) ? USUAL_K : (ks[0] ?? USUAL_K);
}

/** The hit rate that a verdict refers to: in the candidate pools if users were ranked in pools of more than K items, else over the whole catalogue. */
export function verdictMeasure(evaluation: Evaluation | null, k: number): RankingMeasure {
  const inPools = rankingMeasure('pool-hr');
  return evaluation && inPools.of(evaluation, 'all', k) !== null ? inPools : rankingMeasure('hr');
}

/** @param step a step of the run, or null for the latest; null if the arms have not been measured on the same targets after the same step */
export function verdictOf(record: RunRecord, step: number | null): Verdict | null {
  const arms = armsOf(record);
  const pair = comparedArms(arms, null);
  if (pair === null) return null;
  const [first, second] = pair;
  const ordered = [second, first, ...arms.filter((arm) => !pair.includes(arm))];
  const measured = measuredBy(ordered, evaluationsAt(arms, step));
  const [control, treatment, ...others] = measured;
  if (control?.arm !== second || treatment?.arm !== first) return null;
  const attended = measuredBy(ordered, attentionsAt(arms, step));
  return {
    when: whenAndWhom(record, treatment.evaluation),
    sentences: [
      { topic: 'ranking', text: rankingSentences(record, treatment, control, others) },
      { topic: 'attention', text: attentionSentences(record, attended) },
      { topic: 'language', text: readingSentence(languageReading(record), measured) },
    ],
    limits: limitsOf(record, treatment.evaluation, attended[0]?.evaluation ?? treatment.evaluation),
  };
}

interface Measured {
  readonly arm: FigureArm;
  readonly evaluation: Evaluation;
}

function measuredBy(arms: readonly FigureArm[], evaluations: ComparedEvaluations): Measured[] {
  return arms.flatMap((arm) => {
    const evaluation = evaluations.get(arm.id);
    return evaluation === undefined ? [] : [{ arm, evaluation }];
  });
}

function whenAndWhom({ spec }: RunRecord, { step, population, ranking }: Evaluation): string {
  const n = count(ranking.all.n);
  const users =
    population === 'all'
      ? t('{n} test users', { n })
      : spec.evaluation.watch === 'test'
        ? t('{n} sampled test users', { n })
        : t('{n} sampled validation users', { n });
  if (step === 0) return t('Before training, on {users}', { users });
  const after = { n: step, step: count(step), users };
  return step < spec.training.steps
    ? t('After {step} of {steps} {n, plural, one {step} other {steps}}, on {users}', {
        ...after,
        steps: count(spec.training.steps),
      })
    : t('After {n, plural, one {{step} step} other {{step} steps}}, on {users}', after);
}

function rankingSentences(record: RunRecord, treatment: Measured, control: Measured, others: readonly Measured[]): string {
  const k = verdictK(record);
  const measure = verdictMeasure(treatment.evaluation, k);
  const hr = ({ evaluation }: Measured): number => measure.of(evaluation, 'all', k) ?? 0;
  const [a, b] = [hr(treatment), hr(control)];
  const facts = {
    one: treatment.arm.label,
    other: control.arm.label,
    measure: measureName(measure, k),
    a: inPercent(a),
    b: inPercent(b),
  };
  const { ranksOf } = measure;
  const paired = pairedHitDifference(treatment.evaluation, control.evaluation, k, 'all', ranksOf);
  const unpaired = ranksOf?.(treatment.evaluation).length === 0 && treatment.evaluation.ranking.all.n > 0;
  const compared = unpaired
    ? t(
        '{measure} is {a} against {b}, {one} before {other}: without the ranks of single users, whether they differ cannot be told.',
        facts,
      )
    : paired === null
      ? t('{one} and {other} are not distinguishable in ranking: {measure} is {a} against {b}.', facts)
      : t(RANKED[paired.low <= 0 && paired.high >= 0 ? 'alike' : paired.difference > 0 ? 'better' : 'worse'], {
          ...facts,
          points: signed(100 * paired.difference, 1),
          interval: interval(paired, 100, 1),
        });
  const more = others.map((measured) => t('{arm} has {value}.', { arm: measured.arm.label, value: inPercent(hr(measured)) }));
  return sentences([
    compared,
    ...more,
    ...baselineSentence(record, [control, treatment], measure, k),
    ...worksSentence(record, [control, treatment], measure, k),
  ]);
}

const RANKED = {
  alike: message(
    '{one} and {other} are not distinguishable in ranking: {measure} is {a} against {b}, {points} points {interval}.',
  ),
  better: message('{one} ranks the next item better than {other}: {measure} is {a} against {b}, {points} points {interval}.'),
  worse: message('{one} ranks the next item worse than {other}: {measure} is {a} against {b}, {points} points {interval}.'),
} as const;

/** With the sign, which does not wrap. */
export function inPercent(share: number): string {
  return t('{share}\u00a0%', { share: percent(share) });
}

function interval({ low, high }: { readonly low: number; readonly high: number }, scale: number, digits: number): string {
  const shown = digitsOf({ low: scale * low, high: scale * high }, digits);
  return `[${fixed(scale * low, shown)}, ${fixed(scale * high, shown)}]`;
}

export type Relation = 'above' | 'below' | 'overlaps';
type BaselineRelation = Relation | 'unmeasured';

/** An arm beside a baseline. */
export interface Related {
  readonly label: string;
  readonly relation: BaselineRelation;
}

/** Zero-shot, and the strongest of the other baselines, beside both arms. */
function baselineSentence(
  record: RunRecord,
  [control, treatment]: readonly [Measured, Measured],
  measure: RankingMeasure,
  k: number,
): string[] {
  return besideBaselines(record, measure, k, control.evaluation.population, ({ id, bounds }) => {
    const related = ({ arm, evaluation }: Measured): Related => {
      const { outcome } = againstBaseline(evaluation, record.baselines[id]!, measure, k);
      if (outcome !== 'unmeasured') return { label: arm.label, relation: RELATIONS[outcome] };
      const [low, high] = measure.interval?.(evaluation, 'all', k) ?? [0, 1];
      return { label: arm.label, relation: low > bounds[1] ? 'above' : high < bounds[0] ? 'below' : 'unmeasured' };
    };
    return [related(control), related(treatment)];
  });
}

const RELATIONS = { works: 'above', below: 'below', alike: 'overlaps' } as const;

/** Whether the arms work: against the best training-free baseline. None if the ranks of single users are missing. */
function worksSentence(
  record: RunRecord,
  [control, treatment]: readonly [Measured, Measured],
  measure: RankingMeasure,
  k: number,
): string[] {
  const [one, other] = [control, treatment].map(({ evaluation }) => againstBest(record, evaluation, measure, k));
  if (!one || !other || control.evaluation.ranks.length === 0) return [];
  if (one.outcome === 'unmeasured' || other.outcome === 'unmeasured')
    return [t('Whether an arm works, beating the best training-free baseline at K = {k}, was not measured.', { k })];
  const facts = { k, baseline: baselineName(one.baseline), value: inPercent(one.value) };
  const working = [one, other].map(({ outcome }) => outcome === 'works');
  if (working[0] && working[1])
    return [t('Both arms work at K = {k}: they beat {baseline} ({value}), the best training-free baseline.', facts)];
  if (!working[0] && !working[1])
    return [t('Neither arm works at K = {k}: neither beats {baseline} ({value}), the best training-free baseline.', facts)];
  const [works, fails] = working[0] ? [control, treatment] : [treatment, control];
  return [
    t('{one} works at K = {k}: it beats {baseline} ({value}), the best training-free baseline; {other} does not.', {
      ...facts,
      one: works.arm.label,
      other: fails.arm.label,
    }),
  ];
}

export interface RankedBaseline {
  readonly id: RecordedBaseline;
  readonly value: number;
  /** 95 % bootstrap interval over users. */
  readonly bounds: readonly [number, number];
}

/** Zero-shot and the strongest of the other baselines in a sentence; none if the record has neither. */
export function besideBaselines(
  record: RunRecord,
  measure: RankingMeasure,
  k: number,
  population: Evaluation['population'],
  relationsTo: (baseline: RankedBaseline) => readonly [Related, Related],
): string[] {
  const known = BASELINES.flatMap(({ id, name: label }) => {
    const baseline = record.baselines[id];
    const ranked = baseline && rankedBaseline(baseline, population);
    const value = ranked && measure.of(ranked, 'all', k);
    const bounds = ranked && measure.interval?.(ranked, 'all', k);
    return value === undefined || value === null || bounds == null ? [] : [{ id, label, value, bounds }];
  });
  const strongest = known.filter(({ id }) => id !== 'zeroShot').sort((a, b) => b.value - a.value)[0];
  const shown = [...known.filter(({ id }) => id === 'zeroShot'), ...(strongest ? [strongest] : [])];
  const clauses = shown.map(({ label, ...baseline }) =>
    relationClause(relationsTo(baseline), { baseline: label, value: inPercent(baseline.value) }),
  );
  return clauses.length === 0 ? [] : [sentenceCase(sentenceOfClauses(clauses))];
}

const BOTH: Readonly<Record<BaselineRelation, Message>> = {
  unmeasured: message('whether either arm differs from {baseline} ({value}) was not measured'),
  above: message('both beat {baseline} ({value})'),
  below: message('both stay below {baseline} ({value})'),
  overlaps: message('neither is distinguishable from {baseline} ({value})'),
};

/** `both beat zero-shot (9.2 %)`; `Action stays below zero-shot (9.2 %), while KARMA beats it`. */
function relationClause(
  [one, other]: readonly [Related, Related],
  facts: { readonly baseline: string; readonly value: string },
): string {
  if (one.relation === other.relation) return t(BOTH[one.relation], facts);
  return t(
    '{one} {relation, select, above {beats} below {stays below} unmeasured {was not compared target by target with} other {is not distinguishable from}} {baseline} ({value}), while {other} {relation2, select, above {beats it} below {stays below it} unmeasured {was not compared with it target by target} other {is not distinguishable from it}}',
    { one: one.label, relation: one.relation, other: other.label, relation2: other.relation, ...facts },
  );
}

function attentionSentences(record: RunRecord, arms: readonly Measured[]): string {
  const sinks = readingSentence(sinkReading(record), arms);
  const first = firstTokenReading(record);
  return first.base === null ? sinks : sentences([sinks, readingSentence(first, arms)]);
}

/** `Action raises the share … from 2 % in the base model to 51 %; KARMA lowers it to 1 %.` */
function readingSentence(reading: Reading, arms: readonly Measured[]): string {
  const { subject, text, base, of } = reading;
  const known = arms.flatMap(({ arm, evaluation }) => {
    const value = of(evaluation);
    return value === null ? [] : [{ label: arm.label, value }];
  });
  if (known.length === 0) return unmeasured(subject);
  if (base === null)
    return withArmValues(
      subject,
      known.map(({ label, value }) => ({ label, value: text(value) })),
    );
  return sentenceOfClauses(
    known.map(({ label, value }, i) => {
      const [now, before] = [text(value), text(base)];
      const verb = now === before ? 'leaves' : value > base ? 'raises' : 'lowers';
      return i === 0 ? t(MOVES[verb], { arm: label, subject, before, now }) : t(MOVES_IT[verb], { arm: label, now });
    }),
  );
}

const MOVES = {
  leaves: message('{arm} leaves {subject} at the base model’s {now}'),
  raises: message('{arm} raises {subject} from {before} in the base model to {now}'),
  lowers: message('{arm} lowers {subject} from {before} in the base model to {now}'),
} as const;

/** Of arms after the first. */
const MOVES_IT = {
  leaves: message('{arm} leaves it at {now}'),
  raises: message('{arm} raises it to {now}'),
  lowers: message('{arm} lowers it to {now}'),
} as const;

/** @param subject of a reading */
export function unmeasured(subject: string): string {
  return t('{subject} has not been measured.', { subject: sentenceCase(subject) });
}

/** For records whose base model has no value. */
export function withArmValues(subject: string, known: readonly { readonly label: string; readonly value: string }[]): string {
  const values = listed(known.map(({ label, value }) => t('{value} with {arm}', { value, arm: label })));
  return t('{subject} is {values}.', { subject: sentenceCase(subject), values });
}

export const SIMULATED = message('The behaviour in the sample log is simulated.');
export const ONE_RATE = message('One recipe does not show whether each arm has its best learning rate.');

function limitsOf(record: RunRecord, { step, population, ranking }: Evaluation, attention: Evaluation): string[] {
  const { spec, complete, data, cut } = record;
  const limits = [t('One seed: another may reverse this. The interval covers the sampling of users, not the seed.')];
  if (!complete && step < spec.training.steps) {
    limits.push(t('These are the numbers of step {step} of {steps}.', { step: count(step), steps: count(spec.training.steps) }));
  }
  if (population === 'sample') {
    limits.push(t('A sample of {n} users; the final figures are on all test users.', { n: count(ranking.all.n) }));
  }
  if (population === 'all' && attention.userSinks && attention.population === 'sample') {
    limits.push(
      t('Attention is compared on the {n} sampled users on whom the base model was measured.', {
        n: count(attention.userSinks.users),
      }),
    );
  }
  if (cut) limits.push(cutSentence(cut));
  if (data.id === 'sample') limits.push(t(SIMULATED));
  if (ranksGivenPools(spec)) limits.push(t(ONLY_GIVEN));
  limits.push(t(ONE_RATE));
  return limits;
}

/** The verdict as plain text, for exports. */
export function verdictText({ when, sentences: said, limits }: Verdict): string {
  return `${when}: ${said.map(({ text }) => text).join(' ')} ${limits.join(' ')}`;
}
