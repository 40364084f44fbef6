/**
 * What a run found, in three sentences: ranking, attention, language. Each is made only from the record by
 * the rules below, of `rankingWords` and of `besideBaselines`; what would mislead beside them is found by
 * `checks`. Pure.
 *
 * Rules [O]:
 * - Arms are compared at every K of the record by the exact paired test over users (`statistics/pairedHits`).
 * - Attention is that of the sampled users, on whom alone the base model was measured.
 * - Attention and language have one value per model, which is given beside the base model's, and called a
 *   rise or a fall only if the displayed digits differ and the change is at least a point, 0.01 of a weight,
 *   or 0.02 nats.
 */
import type { RankingMeasure } from '../../measures/measure';
import { measureName, rankingMeasure } from '../../measures/measures';
import type { ComparedEvaluations } from '../../record/comparedEvaluations';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { shareError, unpairedP } from '../../statistics/shareError';
import { message, t } from '../../words/words';
import { count, listed, sentenceCase, sentenceOfClauses, sentences } from '../format';
import { armsOf, attentionsAt, comparedArms, evaluationsAt, type FigureArm } from '../arms/armsOf';
import { pairedHitDifference, pairedWithBaseline } from '../series/rankingData';
import { besideBaselines, type Beside, type BesideBaselines, type RankedBaseline } from './besideBaselines';
import { limitsOf } from './checks';
import { adapterAnswer, coldAnswer } from './ownQuestion';
import { textWeight } from '../arms/armRole';
import type { CheckedArm } from './checks/check';
import { inPercent, rankedSentences, type AtK } from './rankingWords';
import { firstTokenReading, languageReading, moveOf, practisedMove, sinkReading, type MeasureReading } from './summaryWords';
import { rankedWords, targetUserCount } from './checks/targetWords';

/** `question`: what the recipe varies beside the compared arms, if it does. */
export type VerdictTopic = 'question' | 'ranking' | 'attention' | 'language';

export interface RunVerdict {
  /** The step that it is about, and whose targets were ranked: “After 200 steps, on 3,000 test users”. */
  readonly when: string;
  readonly sentences: readonly { readonly topic: VerdictTopic; readonly text: string }[];
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

/**
 * The hit rate that a verdict refers to: in the candidate pools if users were ranked in pools of more than K
 * items, else over the whole catalogue.
 */
export function verdictMeasure(evaluation: Evaluation | null, k: number): RankingMeasure {
  const inPools = rankingMeasure('pool-hr');
  return evaluation && inPools.of(evaluation, 'all', k) !== null ? inPools : rankingMeasure('hr');
}

/** Items among which a target is ranked, by the verdict's measure. */
export function candidatesOf({ data }: RunRecord, evaluation: Evaluation | null, { id }: RankingMeasure): number {
  return id === 'pool-hr' ? (evaluation?.pool?.size ?? data.items) : data.items;
}

/**
 * @param step a step of the run, or null for the latest; null if the arms have not been measured on the same
 * targets after the same step
 * @param hidden seeds of the recipe that were run and are hidden
 */
export function verdictOf(record: RunRecord, step: number | null, hidden: readonly number[] = []): RunVerdict | null {
  const comparison = comparisonOf(record, step);
  if (comparison === null) return null;
  const { control, treatment, others, attended, k, measure, beside } = comparison;
  const { evaluation } = treatment;
  const measured = [control, treatment, ...others];
  const checked = (of: FigureArmEvaluation): CheckedArm => ({
    ...{ id: of.arm.id, label: of.arm.label, spec: of.arm.spec, trained: of.arm.record },
    range: (at) => measure.interval(of.evaluation, 'all', at) ?? null,
  });
  const asked = sentences([
    adapterAnswer(record, [control.arm, ...others.map(({ arm }) => arm)], evaluation.step),
    coldAnswer(record, measured, measure, k),
  ]);
  return {
    when: whenAndWhom(record, evaluation),
    sentences: [
      ...(asked === '' ? [] : [{ topic: 'question' as const, text: asked }]),
      {
        topic: 'ranking',
        text: sentences([
          ...comparedSentences(record, measure, k, treatment, control),
          ...others.map((of) => t('{arm} has {value}.', { arm: of.arm.label, value: inPercent(hitRate(of, measure, k)) })),
          beside.sentence ?? '',
        ]),
      },
      { topic: 'attention', text: attentionSentences(record, attended) },
      { topic: 'language', text: readingSentence(languageReading(record), measured) },
    ],
    limits: limitsOf({
      ...{ record, seeds: null, hidden, evaluation, attended: attended[0]?.evaluation ?? evaluation },
      ...{ treatment: checked(treatment), control: checked(control), others: others.map(checked) },
      tuned: false,
      candidates: candidatesOf(record, evaluation, measure),
      bothBelowUntrained: beside.bothBelowUntrained,
    }),
  };
}

/** Two arms of a run, the others, and what they are compared by. */
export interface ArmComparison {
  readonly control: FigureArmEvaluation;
  readonly treatment: FigureArmEvaluation;
  readonly others: readonly FigureArmEvaluation[];
  /** All of them, with the evaluations whose attention is read. */
  readonly attended: readonly FigureArmEvaluation[];
  readonly k: number;
  readonly measure: RankingMeasure;
  readonly beside: BesideBaselines;
}

/**
 * @param step as of `verdictOf`; null if the arms have not been measured on the same targets after the same
 * step
 */
export function comparisonOf(record: RunRecord, step: number | null): ArmComparison | null {
  const arms = armsOf(record);
  const pair = comparedArms(arms, null);
  if (pair === null) return null;
  const [first, second] = pair;
  const ordered = [second, first, ...arms.filter((arm) => !pair.includes(arm))];
  const [control, treatment, ...others] = measuredBy(ordered, evaluationsAt(arms, step));
  if (control?.arm !== second || treatment?.arm !== first) return null;
  const k = verdictK(record);
  const measure = verdictMeasure(treatment.evaluation, k);
  const beside = besideBaselines(record, measure, k, treatment.evaluation.population, (baseline) => [
    besideOf(baseline, control, measure, k),
    besideOf(baseline, treatment, measure, k),
  ]);
  return { control, treatment, others, attended: measuredBy(ordered, attentionsAt(arms, step)), k, measure, beside };
}

/** An arm, and an evaluation of it. */
export interface FigureArmEvaluation {
  readonly arm: FigureArm;
  readonly evaluation: Evaluation;
}

function measuredBy(arms: readonly FigureArm[], evaluations: ComparedEvaluations): FigureArmEvaluation[] {
  return arms.flatMap((arm) => {
    const evaluation = evaluations.get(arm.id);
    return evaluation === undefined ? [] : [{ arm, evaluation }];
  });
}

function whenAndWhom(record: RunRecord, evaluation: Evaluation): string {
  const { spec } = record;
  const { step } = evaluation;
  const users = rankedWords(record, evaluation);
  if (step === 0) return t('Before training, on {users}', { users });
  const after = { n: step, step: count(step), users };
  return step < spec.training.steps
    ? t('After {step} of {steps} {n, plural, one {step} other {steps}}, on {users}', {
        ...after,
        steps: count(spec.training.steps),
      })
    : t('After {n, plural, one {{step} step} other {{step} steps}}, on {users}', after);
}

/** Unscaled; 0 where an evaluation lacks the measure. */
export function hitRate({ evaluation }: FigureArmEvaluation, measure: RankingMeasure, k: number): number {
  return measure.of(evaluation, 'all', k) ?? 0;
}

/** The two arms at every K of the record; without the K of which ranks by user do not tell. */
export function comparedAtKs(
  { spec }: Pick<RunRecord, 'spec'>,
  measure: RankingMeasure,
  treatment: FigureArmEvaluation,
  control: FigureArmEvaluation,
): AtK[] {
  return spec.evaluation.ks.flatMap((own): AtK[] => {
    if (measure.of(treatment.evaluation, 'all', own) === null) return [];
    const found = pairedHitDifference(treatment.evaluation, control.evaluation, own, 'all', measure.ranksOf);
    const [a, b] = [hitRate(treatment, measure, own), hitRate(control, measure, own)];
    return found === null ? [] : [{ k: own, measure: measureName(measure, own), own: a, other: b, ...found }];
  });
}

function comparedSentences(
  record: RunRecord,
  measure: RankingMeasure,
  k: number,
  treatment: FigureArmEvaluation,
  control: FigureArmEvaluation,
): string[] {
  const [one, other] = [treatment.arm.label, control.arm.label];
  const at = comparedAtKs(record, measure, treatment, control);
  if (at.some((of) => of.k === k)) return rankedSentences({ one, other, at, k, over: 'users' });
  return [
    t(
      '{measure} is {a} against {b}, {one} before {other}: without the ranks of single users, whether they differ cannot be told.',
      {
        ...{ one, other, measure: measureName(measure, k) },
        a: inPercent(hitRate(treatment, measure, k)),
        b: inPercent(hitRate(control, measure, k)),
      },
    ),
  ];
}

/** An arm beside a baseline: paired by target if the record has the baseline's ranks. */
function besideOf(
  { ranked, value }: RankedBaseline,
  { arm, evaluation }: FigureArmEvaluation,
  measure: RankingMeasure,
  k: number,
): Beside {
  const own = measure.of(evaluation, 'all', k) ?? 0;
  const found = pairedWithBaseline(evaluation, ranked, k, measure);
  if (found !== null) return { label: arm.label, difference: found.difference, p: found.p, paired: true };
  const users = targetUserCount(evaluation);
  return {
    ...{ label: arm.label, difference: own - value, paired: false },
    p: unpairedP(own - value, [shareError(own, users), shareError(value, users)]),
  };
}

function attentionSentences(record: RunRecord, arms: readonly FigureArmEvaluation[]): string {
  const sinks = readingSentence(sinkReading(record), arms);
  const first = firstTokenReading(record);
  return first.base === null ? sinks : sentences([sinks, readingSentence(first, arms)]);
}

/** `Action raises the share … from 2 % in the base model to 51 %; KARMA lowers it to 1 %.` */
function readingSentence(reading: MeasureReading, arms: readonly FigureArmEvaluation[]): string {
  const { subject, text, base, of, practised } = reading;
  const known = arms.flatMap(({ arm, evaluation }) => {
    const value = of(evaluation);
    return value === null ? [] : [{ label: arm.label, value, texts: arm.spec !== null && textWeight(arm.spec) > 0 }];
  });
  if (known.length === 0) return unmeasured(subject);
  if (base === null)
    return withArmValues(
      subject,
      known.map(({ label, value }) => ({ label, value: text(value) })),
    );
  const moved = known.map((arm) => ({ ...arm, move: practisedMove(moveOf(reading, base, arm.value), practised && arm.texts) }));
  return sentenceOfClauses(
    moved.map(({ label, value, move }, i) => {
      const [now, before] = [text(value), text(base)];
      return i === 0 ? t(MOVES[move], { arm: label, subject, before, now }) : t(MOVES_IT[move], { arm: label, now });
    }),
  );
}

const MOVES = {
  leaves: message('{arm} leaves {subject} at the base model’s {now}'),
  near: message('{arm} hardly changes {subject}, from {before} in the base model to {now}'),
  raises: message('{arm} raises {subject} from {before} in the base model to {now}'),
  lowers: message('{arm} lowers {subject} from {before} in the base model to {now}'),
  practises: message('{arm} lowers {subject} from {before} in the base model to {now}, having practised such texts'),
} as const;

/** Of arms after the first. */
const MOVES_IT = {
  leaves: message('{arm} leaves it at {now}'),
  near: message('{arm} hardly changes it: {now}'),
  raises: message('{arm} raises it to {now}'),
  lowers: message('{arm} lowers it to {now}'),
  practises: message('{arm} lowers it to {now}, having practised such texts'),
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

/** The verdict as plain text, for exports. */
export function verdictText({ when, sentences: said, limits }: RunVerdict): string {
  return `${when}: ${said.map(({ text }) => text).join(' ')} ${limits.join(' ')}`;
}
