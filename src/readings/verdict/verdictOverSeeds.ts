/**
 * The verdict over several seeds of one recipe, from final values. Pure.
 *
 * Rules [O]:
 * - Two arms differ in ranking if the 95 % t-interval over seeds of the paired difference of HR@K excludes 0.
 * - An arm beats a baseline, or stays below it, if the 95 % t-interval over seeds of its HR@K lies above, or below, the baseline's value.
 * - Values are those of the seeds that both compared arms have.
 * - Attention is that of all test users, the base model's too, whose mean is over the same seeds; it rises or falls if the 95 % t-interval over seeds of
 *   the paired difference excludes 0 and the displayed digits differ. In records of earlier versions the base model was measured on sampled users alone, so
 *   there attention is that of each seed's sampled users: histories of test targets are one event longer, and in them sinks are rarer whatever an arm does.
 * - Attention and language rise or fall if the 95 % t-interval over seeds excludes the base model's value and the displayed digits differ.
 */
import { rankingAt } from '../../measures/measures';
import { baseUserSinks } from '../../measures/sinks/userSinks';
import { ONLY_GIVEN, ranksGivenPools } from '../../record/poolSizes';
import { comparedEvaluations, oneOf } from '../../record/comparedEvaluations';
import type { RunRecord } from '../../record/runRecord';
import { differencesOverSeeds, type BySeed } from '../../statistics/comparison';
import { meanInterval, signOf, type MeanInterval } from '../../statistics/statistics';
import { comparedArms } from '../arms/armsOf';
import { message, t, type Message } from '../../words/words';
import { count, digitsOf, fixed, listed, sentenceOfClauses, sentences, signed } from '../format';
import type { ArmOverSeeds } from './armsOverSeeds';
import { firstTokenReading, languageReading, sinkReading, type Reading } from './summaryWords';
import {
  besideBaselines,
  inPercent,
  ONE_RATE,
  SIMULATED,
  unmeasured,
  verdictK,
  verdictMeasure,
  withArmValues,
  type Related,
  type Relation,
  type Verdict,
} from './verdict';

/**
 * @param record a run of the recipe: its baselines, its base model, its words
 * @returns null if fewer than two arms, or fewer than two seeds of both compared arms, are known
 */
export function verdictOverSeeds(record: RunRecord, arms: readonly ArmOverSeeds[]): Verdict | null {
  const pair = comparedArms(arms, null);
  if (pair === null) return null;
  const seeds = [...pair[0].bySeed.keys()].filter((seed) => pair[1].bySeed.has(seed)).sort((a, b) => a - b);
  if (seeds.length < 2) return null;
  const [treatment, control] = [ofSeeds(pair[0], seeds), ofSeeds(pair[1], seeds)];
  const others = arms.filter((arm) => !pair.includes(arm)).map((arm) => ofSeeds(arm, seeds));
  const ordered = [control, treatment, ...others];
  const { spec, data } = record;
  const users = oneOf(comparedEvaluations(record.arms, null))?.ranking.all.n ?? 0;
  return {
    when: t('Over {n} seeds ({seeds}), after {steps} steps, on {users} test users', {
      n: count(seeds.length),
      seeds: listed(seeds.map(String)),
      steps: count(spec.training.steps),
      users: count(users),
    }),
    sentences: [
      { topic: 'ranking', text: ranking(record, treatment, control, others) },
      { topic: 'attention', text: attention(record, ordered) },
      { topic: 'language', text: reading(languageReading(record), ordered) },
    ],
    limits: [
      // A sample of the targets is drawn from the run's seed; given pools say themselves which are ranked.
      users < (data.targets ?? 0) && !ranksGivenPools(spec)
        ? t(
            'Means over {n} seeds with 95 % t-intervals; all seeds have the same log, but each ranks its own sample of {users} of the {targets} test targets, and baselines are those of one sample.',
            { n: count(seeds.length), users: count(users), targets: count(data.targets ?? 0) },
          )
        : t(
            'Means over {n} seeds with 95 % t-intervals; all seeds have the same log and the same test users, so another log may differ.',
            { n: count(seeds.length) },
          ),
      ...(seeds.length < FEW ? [t('Intervals of fewer than {n} seeds are wide and assume normality.', { n: count(FEW) })] : []),
      ...(ordered.every(hasBase) || baseUserSinks(record) === undefined
        ? []
        : [t('Attention is compared on the sampled users of each seed; the base model’s is that of one seed’s.')]),
      ...(data.id === 'sample' ? [t(SIMULATED)] : []),
      ...(ranksGivenPools(spec) ? [t(ONLY_GIVEN)] : []),
      t(ONE_RATE),
    ],
  };
}

const FEW = 5;

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

function ranking(record: RunRecord, treatment: ArmOverSeeds, control: ArmOverSeeds, others: readonly ArmOverSeeds[]): string {
  const k = verdictK(record);
  const hr = verdictMeasure(oneOf(comparedEvaluations(record.arms, null)), k);
  const { id, name } = rankingAt(hr, 'all', k);
  const of = (arm: ArmOverSeeds): MeanInterval | null => overSeeds(arm, (values) => values[id] ?? null);
  const [own, other] = [of(treatment), of(control)];
  if (own === null || other === null) return t('{measure} was not measured.', { measure: name });
  const { mean, low, high } = meanInterval(differencesOverSeeds(valuesOf(treatment, id), valuesOf(control, id)));
  const digits = low === null || high === null ? 1 : digitsOf({ low: 100 * low, high: 100 * high }, 1);
  const compared = t(RANKED[signOf({ low, high }) === 0 ? 'alike' : mean > 0 ? 'better' : 'worse'], {
    one: treatment.label,
    other: control.label,
    measure: name,
    a: inPercent(own.mean),
    b: inPercent(other.mean),
    points: signed(100 * mean, 1),
    // Without spread there is no interval.
    interval: low === null ? t('in every seed') : intervalText({ low, high }, (value) => fixed(100 * value, digits)),
  });
  const more = others.flatMap((arm) => {
    const found = of(arm);
    return found === null ? [] : [t('{arm} has {value}.', { arm: arm.label, value: inPercent(found.mean) })];
  });
  const beside = besideBaselines(record, hr, k, 'all', ({ value }) => {
    const related = (arm: ArmOverSeeds): Related => ({ label: arm.label, relation: relationOf(of(arm), value) });
    return [related(control), related(treatment)];
  });
  return sentences([compared, ...more, ...beside]);
}

const RANKED = {
  alike: message(
    '{one} and {other} are not distinguishable in ranking: {measure} is {a} against {b} on average, {points} points {interval}.',
  ),
  better: message(
    '{one} ranks the next item better than {other}: {measure} is {a} against {b} on average, {points} points {interval}.',
  ),
  worse: message(
    '{one} ranks the next item worse than {other}: {measure} is {a} against {b} on average, {points} points {interval}.',
  ),
} as const;

function valuesOf({ bySeed }: ArmOverSeeds, id: string): BySeed {
  return new Map([...bySeed].flatMap(([seed, values]) => (values[id] === undefined ? [] : [[seed, values[id]] as const])));
}

function relationOf(found: MeanInterval | null, value: number): Relation {
  if (found?.low == null || found.high === null) return 'overlaps';
  return found.low > value ? 'above' : found.high < value ? 'below' : 'overlaps';
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

/** `Action raises the share … from 2 % in the base model to 51 % [48 %, 54 %]; KARMA does not measurably change it: 2 % [1 %, 4 %].` */
function reading(of: Reading, arms: readonly ArmOverSeeds[], paired = false): string {
  const { subject, text, from } = of;
  const known = arms.flatMap((arm) => {
    const found = overSeeds(arm, from);
    if (found === null) return [];
    const before = paired ? (overSeeds({ bySeed: arm.base }, from)?.mean ?? null) : of.base;
    // Equal displayed values are not called a change.
    const relation =
      before === null || text(found.mean) === text(before)
        ? 'overlaps'
        : paired
          ? relationOf(meanInterval(differencesOverSeeds(readings(arm.bySeed, from), readings(arm.base, from))), 0)
          : relationOf(found, before);
    return [{ label: arm.label, before, relation, now: `${text(found.mean)} ${intervalText(found, text)}`.trim() }] as const;
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

function readings(values: ArmOverSeeds['bySeed'], from: Reading['from']): BySeed {
  return new Map(
    [...values].flatMap(([seed, one]) => {
      const value = from(one);
      return value === null ? [] : [[seed, value] as const];
    }),
  );
}

const MOVES: Readonly<Record<Relation, Message>> = {
  overlaps: message('{arm} does not measurably change {subject} (base model {before}): {now}'),
  above: message('{arm} raises {subject} from {before} in the base model to {now}'),
  below: message('{arm} lowers {subject} from {before} in the base model to {now}'),
};

/** Of arms after the first. */
const MOVES_IT: Readonly<Record<Relation, Message>> = {
  overlaps: message('{arm} does not measurably change it: {now}'),
  above: message('{arm} raises it to {now}'),
  below: message('{arm} lowers it to {now}'),
};

function intervalText({ low, high }: Pick<MeanInterval, 'low' | 'high'>, text: (value: number) => string): string {
  return low === null || high === null ? '' : `[${text(low)}, ${text(high)}]`;
}

function overSeeds({ bySeed }: Pick<ArmOverSeeds, 'bySeed'>, from: Reading['from']): MeanInterval | null {
  const values = [...bySeed.values()].flatMap((one) => from(one) ?? []);
  return values.length === 0 ? null : meanInterval(values);
}
