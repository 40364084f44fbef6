/**
 * The verdict over several seeds of one recipe, from final values. Pure.
 *
 * Rules [O], beside those of `rankingWords`, `besideBaselines` and `checks`:
 * - Arms are compared at every K by the paired t-test over seeds.
 * - A baseline has the same targets in every seed, but would rank others otherwise: its error over users
 *   counts beside the arm's over seeds.
 * - Values are those of the seeds that both compared arms have.
 * - Attention is that of all test users, the base model's too, whose mean is over the same seeds; it rises or
 *   falls if the 95 % t-interval over seeds of the paired difference excludes 0 and the change is large
 *   enough to be one (`moveOf`). In records of earlier versions the base model was measured on sampled users
 *   alone, so there attention is that of each seed's sampled users: histories of test targets are one event
 *   longer, and in them sinks are rarer whatever an arm does.
 * - Language rises or falls if the 95 % t-interval over seeds excludes the base model's value, and by as
 *   much.
 */
import type { RankingMeasure } from '../../measures/measure';
import { rankingAt } from '../../measures/measures';
import { comparedEvaluations, oneOf } from '../../record/comparedEvaluations';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { differencesOverSeeds, type BySeed } from '../../statistics/comparison';
import { pairedTTest } from '../../statistics/hypothesis';
import { halfWidthError, shareError, unpairedP } from '../../statistics/shareError';
import { mean, meanInterval, signOf, standardError, type MeanInterval } from '../../statistics/statistics';
import { comparedArms } from '../arms/armsOf';
import { message, t, type Message } from '../../words/words';
import { count, listed, sentenceOfClauses, sentences } from '../format';
import { pairedWithBaseline } from '../series/rankingData';
import type { ArmOverSeeds } from './armsOverSeeds';
import { besideBaselines, type Beside, type RankedBaseline } from './besideBaselines';
import { limitsOf } from './checks';
import { textWeight } from '../arms/armRole';
import type { CheckedArm } from './checks/check';
import { inPercent, rankedSentences, type AtK } from './rankingWords';
import { firstTokenReading, languageReading, moveOf, sinkReading, type MeasureReading } from './summaryWords';
import { rankedWords, targetUserCount } from './checks/targetWords';
import { candidatesOf, unmeasured, verdictK, verdictMeasure, withArmValues, type RunVerdict } from './verdict';

/**
 * @param record a run of the recipe: its baselines, its base model, its words
 * @param hidden seeds of the recipe that were run and are hidden
 * @returns null if fewer than two arms, or fewer than two seeds of both compared arms, are known
 */
export function verdictOverSeeds(
  record: RunRecord,
  arms: readonly ArmOverSeeds[],
  hidden: readonly number[] = [],
): RunVerdict | null {
  const pair = comparedArms(arms, null);
  if (pair === null) return null;
  const seeds = [...pair[0].bySeed.keys()].filter((seed) => pair[1].bySeed.has(seed)).sort((a, b) => a - b);
  if (seeds.length < 2) return null;
  const [treatment, control] = [ofSeeds(pair[0], seeds), ofSeeds(pair[1], seeds)];
  const others = arms.filter((arm) => !pair.includes(arm)).map((arm) => ofSeeds(arm, seeds));
  const ordered = [control, treatment, ...others];
  const evaluations = comparedEvaluations(record.arms, null);
  const evaluation = oneOf(evaluations);
  const k = verdictK(record);
  const measure = verdictMeasure(evaluation, k);
  const beside = besideBaselines(record, measure, k, 'all', (baseline) => {
    const of = (arm: ArmOverSeeds): Beside => besideOf(baseline, arm, evaluations.get(arm.id), measure, k);
    return [of(control), of(treatment)];
  });
  const rateOf = (arm: ArmOverSeeds, at: number): MeanInterval | null => overSeeds(arm, of(measure, at));
  const checked = (arm: ArmOverSeeds): CheckedArm => ({
    ...{ id: arm.id, label: arm.label, spec: arm.spec, trained: record.arms.find(({ id }) => id === arm.id) },
    range: (at) => {
      const found = rateOf(arm, at);
      return found?.low == null || found.high === null ? null : [found.low, found.high];
    },
  });
  const more = others.flatMap((arm) => {
    const found = rateOf(arm, k);
    return found === null ? [] : [t('{arm} has {value}.', { arm: arm.label, value: inPercent(found.mean) })];
  });
  return {
    when: t('Over {n} seeds ({seeds}), after {steps} steps, on {users}', {
      n: count(seeds.length),
      seeds: listed(seeds.map(String)),
      steps: count(record.spec.training.steps),
      users: evaluation === null ? t('{n} test users', { n: count(0) }) : rankedWords(record, evaluation),
    }),
    sentences: [
      {
        topic: 'ranking',
        text: sentences([...comparedSentences(record, measure, k, treatment, control), ...more, beside.sentence ?? '']),
      },
      { topic: 'attention', text: attention(record, ordered) },
      { topic: 'language', text: reading(languageReading(record), ordered) },
    ],
    limits: limitsOf({
      ...{ record, seeds, hidden, evaluation, attended: ordered.every(hasBase) ? null : evaluation },
      ...{ treatment: checked(treatment), control: checked(control), others: others.map(checked) },
      tuned: treatment.tuned && control.tuned,
      candidates: candidatesOf(record, evaluation, measure),
      bothBelowUntrained: beside.bothBelowUntrained,
    }),
  };
}

/** An arm's values of these seeds. */
function ofSeeds(arm: ArmOverSeeds, seeds: readonly number[]): ArmOverSeeds {
  const only = (values: ArmOverSeeds['bySeed']): ArmOverSeeds['bySeed'] =>
    new Map([...values].filter(([seed]) => seeds.includes(seed)));
  return { ...arm, bySeed: only(arm.bySeed), sampled: only(arm.sampled), base: only(arm.base) };
}

/** The arm with its values on the sampled users. */
function sampledOnly(arm: ArmOverSeeds): ArmOverSeeds {
  return { ...arm, bySeed: arm.sampled };
}

/** The two arms at every K of the record that both were measured at. */
function comparedSentences(
  { spec }: RunRecord,
  measure: RankingMeasure,
  k: number,
  treatment: ArmOverSeeds,
  control: ArmOverSeeds,
): string[] {
  const at = spec.evaluation.ks.flatMap((own): AtK[] => {
    const { id, name } = rankingAt(measure, 'all', own);
    const [a, b] = [overSeeds(treatment, of(measure, own)), overSeeds(control, of(measure, own))];
    const differences = differencesOverSeeds(valuesOf(treatment, id), valuesOf(control, id));
    if (a === null || b === null || differences.length === 0) return [];
    const { mean: difference, low, high } = meanInterval(differences);
    return [
      {
        ...{ k: own, measure: name, own: a.mean, other: b.mean, difference, low, high },
        p: pairedTTest(differences)?.p ?? null,
      },
    ];
  });
  if (at.some((one) => one.k === k)) return rankedSentences({ one: treatment.label, other: control.label, at, k, over: 'seeds' });
  return [t('{measure} was not measured.', { measure: rankingAt(measure, 'all', k).name })];
}

function of(measure: RankingMeasure, k: number): MeasureReading['from'] {
  const { id } = rankingAt(measure, 'all', k);
  return (values) => values[id] ?? null;
}

/**
 * An arm beside a baseline: the error of the arm over seeds, and that of the two over users, paired by target
 * if the record has the baseline's ranks.
 */
function besideOf(
  { ranked, value }: RankedBaseline,
  arm: ArmOverSeeds,
  evaluation: Evaluation | undefined,
  measure: RankingMeasure,
  k: number,
): Beside {
  const values = [...arm.bySeed.values()].flatMap((one) => of(measure, k)(one) ?? []);
  const centre = values.length === 0 ? value : mean(values);
  const found = evaluation ? pairedWithBaseline(evaluation, ranked, k, measure) : null;
  const users = targetUserCount(evaluation ?? ranked);
  const overUsers = found === null ? [shareError(centre, users), shareError(value, users)] : [halfWidthError(found)];
  const error = standardError(values) ?? 0;
  return {
    ...{ label: arm.label, difference: centre - value, paired: found !== null },
    p: unpairedP(centre - value, [{ error, df: values.length - 1 }, ...overUsers]),
  };
}

function valuesOf({ bySeed }: ArmOverSeeds, id: string): BySeed {
  return new Map([...bySeed].flatMap(([seed, values]) => (values[id] === undefined ? [] : [[seed, values[id]] as const])));
}

function relationOf({ low, high }: MeanInterval, value: number): Relation {
  const sign = low === null || high === null ? 0 : signOf({ low: low - value, high: high - value });
  return sign === 0 ? 'overlaps' : sign > 0 ? 'above' : 'below';
}

function attention(record: RunRecord, arms: readonly ArmOverSeeds[]): string {
  const onTest = arms.every(hasBase);
  const attended = onTest ? arms : arms.map(sampledOnly);
  const first = firstTokenReading(record);
  const sinks = reading(sinkReading(record), attended, onTest);
  return first.base === null ? sinks : sentences([sinks, reading(first, attended, onTest)]);
}

/** Whether the base model was measured on the users of the final evaluation, in every seed. */
function hasBase({ bySeed, base }: ArmOverSeeds): boolean {
  return [...bySeed.keys()].every((seed) => Object.keys(base.get(seed) ?? {}).length > 0);
}

/** By the interval alone. */
type Relation = 'above' | 'below' | 'overlaps';

/**
 * `Action raises the share … from 2 % in the base model to 51 % [48 %, 54 %]; KARMA does not measurably
 * change it: 2 % [1 %, 4 %].`
 */
function reading(of: MeasureReading, arms: readonly ArmOverSeeds[], paired = false): string {
  const { subject, text, from } = of;
  const known = arms.flatMap((arm) => {
    const found = overSeeds(arm, from);
    if (found === null) return [];
    const before = paired ? (overSeeds({ bySeed: arm.base }, from)?.mean ?? null) : of.base;
    const move = before === null ? 'leaves' : moveOf(of, before, found.mean);
    const isMove = move === 'raises' || move === 'lowers';
    const relation =
      before === null || !isMove
        ? 'overlaps'
        : paired
          ? relationOf(meanInterval(differencesOverSeeds(readings(arm.bySeed, from), readings(arm.base, from))), 0)
          : relationOf(found, before);
    const practised = of.practised && textWeight(arm.spec) > 0;
    const now = `${text(found.mean)} ${intervalText(found, text)}`.trim();
    return [{ label: arm.label, before, relation: relation === 'below' && practised ? 'practised' : relation, now }] as const;
  });
  const [first] = known;
  if (first === undefined) return unmeasured(subject);
  const { before } = first;
  if (before === null)
    return withArmValues(
      subject,
      known.map(({ label, now }) => ({ label, value: now })),
    );
  return sentenceOfClauses(
    known.map(({ label, relation, now }, i) =>
      i === 0
        ? t(MOVES[relation], { arm: label, subject, before: text(before), now })
        : t(MOVES_IT[relation], { arm: label, now }),
    ),
  );
}

function readings(values: ArmOverSeeds['bySeed'], from: MeasureReading['from']): BySeed {
  return new Map(
    [...values].flatMap(([seed, one]) => {
      const value = from(one);
      return value === null ? [] : [[seed, value] as const];
    }),
  );
}

const MOVES: Readonly<Record<Relation | 'practised', Message>> = {
  overlaps: message('{arm} does not measurably change {subject} (base model {before}): {now}'),
  above: message('{arm} raises {subject} from {before} in the base model to {now}'),
  below: message('{arm} lowers {subject} from {before} in the base model to {now}'),
  practised: message('{arm} lowers {subject} from {before} in the base model to {now}, having practised such texts'),
};

/** Of arms after the first. */
const MOVES_IT: Readonly<Record<Relation | 'practised', Message>> = {
  overlaps: message('{arm} does not measurably change it: {now}'),
  above: message('{arm} raises it to {now}'),
  below: message('{arm} lowers it to {now}'),
  practised: message('{arm} lowers it to {now}, having practised such texts'),
};

function intervalText({ low, high }: Pick<MeanInterval, 'low' | 'high'>, text: (value: number) => string): string {
  return low === null || high === null ? '' : `[${text(low)}, ${text(high)}]`;
}

function overSeeds({ bySeed }: Pick<ArmOverSeeds, 'bySeed'>, from: MeasureReading['from']): MeanInterval | null {
  const values = [...bySeed.values()].flatMap((one) => from(one) ?? []);
  return values.length === 0 ? null : meanInterval(values);
}
