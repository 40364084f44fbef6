/**
 * What a run found, in three sentences: ranking, attention, language. Each is made only from the record by the rules below;
 * what one run cannot say is listed beside them. Pure.
 *
 * Rules [O]:
 * - Two arms differ in ranking if the 95 % interval of the paired difference of HR@K over users excludes 0.
 * - An arm beats a baseline, or stays below it, if their 95 % bootstrap intervals over users do not overlap.
 * - Attention and language have one value per model, which is given beside the base model's, and called a rise or a fall only if
 *   the displayed digits differ.
 */
import { rankedBaseline, type RankingMeasure } from '../../measures/measure';
import { measureName, rankingMeasure } from '../../measures/measures';
import { BASELINES } from '../../measures/ranking/baselineNames';
import { ONLY_GIVEN, ranksGivenPools } from '../../record/poolSizes';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { count, digitsOf, fixed, listed, percent, sentenceCase, signed } from '../format';
import { armsOf, comparedArms, evaluationAt, type FigureArm } from '../figure/armsOf';
import { pairedHitDifference } from '../figure/ranking/rankingData';
import { firstTokenReading, languageReading, sinkReading, type Reading } from './readings';

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

/** @param step a step of the run, or null for the latest; null if no two arms have been measured at the same step */
export function verdictOf(record: RunRecord, step: number | null): Verdict | null {
  const arms = armsOf(record);
  const pair = comparedArms(arms, null);
  if (pair === null) return null;
  const at = lastCommonStep(pair, step);
  if (at === null) return null;
  const found = arms.flatMap((arm): Measured[] => {
    const evaluation = evaluationAt(arm.record, at);
    return evaluation?.step === at ? [{ arm, evaluation }] : [];
  });
  const of = (arm: FigureArm): Measured => found.find((one) => one.arm.id === arm.id)!;
  const [treatment, control] = [of(pair[0]), of(pair[1])];
  const others = found.filter(({ arm }) => arm.id !== treatment.arm.id && arm.id !== control.arm.id);
  return {
    when: whenAndWhom(record, treatment.evaluation),
    sentences: [
      { topic: 'ranking', text: rankingSentences(record, treatment, control, others) },
      { topic: 'attention', text: attentionSentences(record, [control, treatment, ...others]) },
      { topic: 'language', text: readingSentence(languageReading(record), [control, treatment, ...others]) },
    ],
    limits: limitsOf(record, treatment.evaluation),
  };
}

interface Measured {
  readonly arm: FigureArm;
  readonly evaluation: Evaluation;
}

/** The last step, not after the one given, at which both arms were measured on the same population. */
function lastCommonStep([a, b]: readonly [FigureArm, FigureArm], step: number | null): number | null {
  const steps = new Set(b.record.evaluations.map((one) => one.step));
  const common = a.record.evaluations.map((one) => one.step).filter((one) => steps.has(one) && (step === null || one <= step));
  return common.length === 0 ? null : Math.max(...common);
}

function whenAndWhom({ spec }: RunRecord, { step, population, ranking }: Evaluation): string {
  const whose = population === 'all' ? 'test' : spec.evaluation.watch;
  const users = `${count(ranking.all.n)} ${population === 'all' ? '' : 'sampled '}${whose} users`;
  if (step === 0) return `Before training, on ${users}`;
  const of = step < spec.training.steps ? ` of ${count(spec.training.steps)}` : '';
  return `After ${count(step)}${of} ${step === 1 ? 'step' : 'steps'}, on ${users}`;
}

function rankingSentences(record: RunRecord, treatment: Measured, control: Measured, others: readonly Measured[]): string {
  const k = verdictK(record);
  const measure = rankingMeasure('hr');
  const hr = ({ evaluation }: Measured): number => evaluation.ranking.all.hr[k] ?? 0;
  const [a, b] = [hr(treatment), hr(control)];
  const [one, other] = [treatment.arm.label, control.arm.label];
  const name = measureName(measure, k);
  const values = `${name} is ${percent(a)}\u00a0% against ${percent(b)}\u00a0%`;
  const paired = pairedHitDifference(treatment.evaluation, control.evaluation, k, 'all');
  const told = paired === null ? '' : `, ${signed(100 * paired.difference, 1)} points ${interval(paired, 100, 1)}`;
  const unpaired = treatment.evaluation.ranks.length === 0 && treatment.evaluation.ranking.all.n > 0;
  const compared = unpaired
    ? `${values}, ${one} before ${other}: without the ranks of single users, whether they differ cannot be told.`
    : paired === null || (paired.low <= 0 && paired.high >= 0)
      ? `${one} and ${other} are not distinguishable in ranking: ${values}${told}.`
      : `${one} ranks the next item ${paired.difference > 0 ? 'better' : 'worse'} than ${other}: ${values}${told}.`;
  const more = others.map((measured) => `${measured.arm.label} has ${percent(hr(measured))}\u00a0%.`);
  return [compared, ...more, ...baselineSentence(record, [control, treatment], measure, k)].join(' ');
}

function interval({ low, high }: { readonly low: number; readonly high: number }, scale: number, digits: number): string {
  const shown = digitsOf({ low: scale * low, high: scale * high }, digits);
  return `[${fixed(scale * low, shown)}, ${fixed(scale * high, shown)}]`;
}

export type Relation = 'above' | 'below' | 'overlaps';

/** Zero-shot, and the strongest of the other baselines, beside both arms. */
function baselineSentence(record: RunRecord, arms: readonly Measured[], measure: RankingMeasure, k: number): string[] {
  return besideBaselines(record, measure, k, arms[0]!.evaluation.population, ({ bounds }) =>
    arms.map(({ arm, evaluation }) => {
      const [low, high] = evaluation.ranking.all.hrInterval[k] ?? [0, 1];
      return { label: arm.label, relation: low > bounds[1] ? 'above' : high < bounds[0] ? 'below' : 'overlaps' };
    }),
  );
}

export interface RankedBaseline {
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
  relationsTo: (baseline: RankedBaseline) => readonly { readonly label: string; readonly relation: Relation }[],
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
    relationClause(relationsTo(baseline), `${label} (${percent(baseline.value)}\u00a0%)`),
  );
  return clauses.length === 0 ? [] : [`${sentenceCase(clauses.join('; '))}.`];
}

const VERBS: Readonly<Record<Relation, readonly [one: string, both: string, neither: string]>> = {
  above: ['beats', 'both beat', 'beat'],
  below: ['stays below', 'both stay below', 'stay below'],
  overlaps: ['is not distinguishable from', 'neither is distinguishable from', 'are not distinguishable from'],
};

/** `both beat zero-shot (9.2 %)`; `KARMA beats, Action stays below zero-shot (9.2 %)`. */
function relationClause(relations: readonly { readonly label: string; readonly relation: Relation }[], baseline: string): string {
  const [first] = relations;
  if (relations.length > 1 && relations.every(({ relation }) => relation === first?.relation)) {
    return `${VERBS[first!.relation][1]} ${baseline}`;
  }
  const parts = relations.map(({ label, relation }) => `${label} ${VERBS[relation][0]}`);
  return `${listed(parts)} ${baseline}`;
}

function attentionSentences(record: RunRecord, arms: readonly Measured[]): string {
  const sinks = readingSentence(sinkReading(record), arms);
  const first = firstTokenReading(record);
  return first.base === null ? sinks : `${sinks} ${readingSentence(first, arms)}`;
}

/** `Action raises the share … from 2 % in the base model to 51 %; KARMA lowers it to 1 %.` */
function readingSentence(reading: Reading, arms: readonly Measured[]): string {
  const { subject, text, base, of } = reading;
  const known = arms.flatMap(({ arm, evaluation }) => {
    const value = of(evaluation);
    return value === null ? [] : [{ label: arm.label, value }];
  });
  if (known.length === 0) return `${sentenceCase(subject)} has not been measured.`;
  if (base === null) {
    return `${sentenceCase(subject)} is ${listed(known.map(({ label, value }) => `${text(value)} with ${label}`))}.`;
  }
  const moves = known.map(({ label, value }, i) => {
    const [now, before] = [text(value), text(base)];
    const it = i === 0 ? subject : 'it';
    const verb = now === before ? 'leaves' : value > base ? 'raises' : 'lowers';
    const from = i === 0 && verb !== 'leaves' ? ` from ${before} in the base model` : '';
    const to = verb === 'leaves' ? (i === 0 ? `at the base model’s ${now}` : `at ${now}`) : `to ${now}`;
    return `${label} ${verb} ${it}${from} ${to}`;
  });
  return `${moves.join('; ')}.`;
}

export const SIMULATED = 'The behaviour in the sample log is simulated.';
export const ONE_RATE = 'One recipe does not show whether each arm has its best learning rate.';

function limitsOf(record: RunRecord, { step, population, ranking }: Evaluation): string[] {
  const { spec, complete, data } = record;
  const limits = ['One seed: another may reverse this. The interval covers the sampling of users, not the seed.'];
  if (!complete && step < spec.training.steps) {
    limits.push(`The arms have completed ${count(step)} of ${count(spec.training.steps)} steps.`);
  }
  if (population === 'sample') {
    limits.push(`A sample of ${count(ranking.all.n)} users; the final figures are on all test users.`);
  }
  if (data.id === 'sample') limits.push(SIMULATED);
  if (ranksGivenPools(spec)) limits.push(ONLY_GIVEN);
  limits.push(ONE_RATE);
  return limits;
}

/** The verdict as plain text, for exports. */
export function verdictText({ when, sentences, limits }: Verdict): string {
  return `${when}: ${sentences.map(({ text }) => text).join(' ')} ${limits.join(' ')}`;
}
