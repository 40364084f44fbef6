/**
 * The verdict over several seeds of one recipe, from final values. Pure.
 *
 * Rules [O]:
 * - Two arms differ in ranking if the 95 % t-interval over seeds of the paired difference of HR@K excludes 0.
 * - An arm beats a baseline, or stays below it, if the 95 % t-interval over seeds of its HR@K lies above, or below, the baseline's value.
 * - Attention and language rise or fall if the 95 % t-interval over seeds excludes the base model's value and the displayed digits differ.
 */
import { rankingAt, rankingMeasure } from '../../measures/measures';
import { ONLY_GIVEN, ranksGivenPools } from '../../record/poolSizes';
import type { RunRecord } from '../../record/runRecord';
import { differencesOverSeeds, type BySeed } from '../../statistics/comparison';
import { meanInterval, signOf, type MeanInterval } from '../../statistics/statistics';
import { comparedArms } from '../figure/armsOf';
import { count, digitsOf, fixed, listed, percent, sentenceCase, signed } from '../format';
import type { ArmOverSeeds } from './armsOverSeeds';
import { firstTokenReading, languageReading, sinkReading, type Reading } from './readings';
import { besideBaselines, ONE_RATE, SIMULATED, verdictK, type Relation, type Verdict } from './verdict';

/**
 * @param record a run of the recipe: its baselines, its base model, its words
 * @returns null if fewer than two arms, or fewer than two seeds of both compared arms, are known
 */
export function verdictOverSeeds(record: RunRecord, arms: readonly ArmOverSeeds[]): Verdict | null {
  const pair = comparedArms(arms, null);
  if (pair === null) return null;
  const [treatment, control] = pair;
  const seeds = [...treatment.bySeed.keys()].filter((seed) => control.bySeed.has(seed)).sort((a, b) => a - b);
  if (seeds.length < 2) return null;
  const others = arms.filter((arm) => arm !== treatment && arm !== control);
  const ordered = [control, treatment, ...others];
  const { spec, data } = record;
  const users = record.arms[0]?.evaluations.at(-1)?.ranking.all.n ?? 0;
  return {
    when: `Over ${count(seeds.length)} seeds (${listed(seeds.map(String))}), after ${count(spec.training.steps)} steps, on ${count(users)} test users`,
    sentences: [
      { topic: 'ranking', text: ranking(record, treatment, control, others) },
      { topic: 'attention', text: attention(record, ordered) },
      { topic: 'language', text: reading(languageReading(record), ordered) },
    ],
    limits: [
      `Means over ${count(seeds.length)} seeds with 95 % t-intervals; all seeds have the same log and the same test users, so another log may differ.`,
      ...(seeds.length < FEW ? [`Intervals of fewer than ${count(FEW)} seeds are wide and assume normality.`] : []),
      ...(data.id === 'sample' ? [SIMULATED] : []),
      ...(ranksGivenPools(spec) ? [ONLY_GIVEN] : []),
      ONE_RATE,
    ],
  };
}

const FEW = 5;

function ranking(record: RunRecord, treatment: ArmOverSeeds, control: ArmOverSeeds, others: readonly ArmOverSeeds[]): string {
  const k = verdictK(record);
  const hr = rankingMeasure('hr');
  const { id, name } = rankingAt(hr, 'all', k);
  const of = (arm: ArmOverSeeds): MeanInterval | null => overSeeds(arm, (values) => values[id] ?? null);
  const [own, other] = [of(treatment), of(control)];
  if (own === null || other === null) return `${name} was not measured.`;
  const { mean, low, high } = meanInterval(differencesOverSeeds(valuesOf(treatment, id), valuesOf(control, id)));
  const digits = low === null || high === null ? 1 : digitsOf({ low: 100 * low, high: 100 * high }, 1);
  const values = `${name} is ${percent(own.mean)}\u00a0% against ${percent(other.mean)}\u00a0% on average, ${signed(100 * mean, 1)} points ${intervalText({ low, high }, (value) => fixed(100 * value, digits))}`;
  const [one, two] = [treatment.label, control.label];
  const compared =
    signOf({ low, high }) !== 0
      ? `${one} ranks the next item ${mean > 0 ? 'better' : 'worse'} than ${two}: ${values}.`
      : `${one} and ${two} are not distinguishable in ranking: ${values}.`;
  const more = others.flatMap((arm) => {
    const found = of(arm);
    return found === null ? [] : [`${arm.label} has ${percent(found.mean)}\u00a0%.`];
  });
  const beside = besideBaselines(record, hr, k, 'all', ({ value }) =>
    [control, treatment].map((arm) => ({ label: arm.label, relation: relationOf(of(arm), value) })),
  );
  return [compared, ...more, ...beside].join(' ');
}

function valuesOf({ bySeed }: ArmOverSeeds, id: string): BySeed {
  return new Map([...bySeed].flatMap(([seed, values]) => (values[id] === undefined ? [] : [[seed, values[id]] as const])));
}

function relationOf(found: MeanInterval | null, value: number): Relation {
  if (found?.low == null || found.high === null) return 'overlaps';
  return found.low > value ? 'above' : found.high < value ? 'below' : 'overlaps';
}

function attention(record: RunRecord, arms: readonly ArmOverSeeds[]): string {
  const first = firstTokenReading(record);
  const sinks = reading(sinkReading(record), arms);
  return first.base === null ? sinks : `${sinks} ${reading(first, arms)}`;
}

/** `Action raises the share … from 2 % in the base model to 51 % [48 %, 54 %]; KARMA does not measurably change it: 2 % [1 %, 4 %].` */
function reading({ subject, text, base, from }: Reading, arms: readonly ArmOverSeeds[]): string {
  const known = arms.flatMap((arm) => {
    const found = overSeeds(arm, from);
    return found === null ? [] : [{ label: arm.label, found }];
  });
  if (known.length === 0) return `${sentenceCase(subject)} has not been measured.`;
  const value = (found: MeanInterval): string => `${text(found.mean)} ${intervalText(found, text)}`.trim();
  if (base === null)
    return `${sentenceCase(subject)} is ${listed(known.map(({ label, found }) => `${value(found)} with ${label}`))}.`;
  const moves = known.map(({ label, found }, i) => {
    const it = i === 0 ? subject : 'it';
    const from0 = i === 0 ? ` from ${text(base)} in the base model` : '';
    // Equal displayed values are not called a change.
    const relation = text(found.mean) === text(base) ? 'overlaps' : relationOf(found, base);
    if (relation === 'overlaps')
      return `${label} does not measurably change ${it}${i === 0 ? ` (base model ${text(base)})` : ''}: ${value(found)}`;
    return `${label} ${relation === 'above' ? 'raises' : 'lowers'} ${it}${from0} to ${value(found)}`;
  });
  return `${moves.join('; ')}.`;
}

function intervalText({ low, high }: Pick<MeanInterval, 'low' | 'high'>, text: (value: number) => string): string {
  return low === null || high === null ? '' : `[${text(low)}, ${text(high)}]`;
}

function overSeeds({ bySeed }: ArmOverSeeds, from: Reading['from']): MeanInterval | null {
  const values = [...bySeed.values()].flatMap((one) => from(one) ?? []);
  return values.length === 0 ? null : meanInterval(values);
}
