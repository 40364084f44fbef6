/**
 * What a run found, for someone who has never seen one: at most two sentences. The first says what the control loses and whether the treatment prevents
 * it, the second how they rank and which controls prevent it as well. The verdict has the numbers and the limits; both compare by the same rules. Pure.
 *
 * Rules [O], beside those of `verdict`:
 * - Language is lost, or heads lock onto items, where the verdict says that the value rises. A value that the record has for no base model is not mentioned.
 * - An arm prevents what the control loses if the value does not rise with it; where it rises with it as much as with the control, it does not; else its values are said.
 * - A loss that is d nats higher makes a text e^d times less likely, per token.
 */
import { shufflesText } from '../../recipe/sections/arms';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { armsOf, attentionsAt, evaluationsAt } from '../arms/armsOf';
import { isClicksAlone, readsRightText } from '../arms/armRole';
import { count, fixed, listed, sentenceCase, sentenceOfClauses } from '../format';
import { bothBelowClause } from '../verdict/besideBaselines';
import { inPercent, leadOf } from '../verdict/rankingWords';
import { languageReading, moveOf, sinkReading, type Reading } from '../verdict/summaryWords';
import { comparedAtKs, comparisonOf, type Comparison, type Measured } from '../verdict/verdict';

/** The run's finding at its end, or at the last step that all arms have reached. @returns one sentence or two */
export function findingOf(record: RunRecord): readonly string[] {
  const comparison = comparisonOf(record, null);
  if (comparison === null) return [alone(record)];
  const { control, treatment, others, attended } = comparison;
  const kept = (arm: Measured): Kept =>
    keptBy(record, arm, attended.find((one) => one.arm.id === arm.arm.id)?.evaluation ?? null);
  const [before, after] = [kept(control), kept(treatment)];
  const cures = others.filter((arm) => isCure(arm) && outcomeOf(before, kept(arm)) === 'prevents');
  return [
    sentenceOfClauses([lossClause(record, control, before), ...outcomeClause(treatment, before, after)].map(inPlace)),
    sentenceOfClauses(
      [
        rankingClause(record, comparison),
        ...comparison.beside.bothBelow.slice(0, 1).map(bothBelowClause),
        ...cureClause(cures),
      ].map(inPlace),
    ),
  ];
}

function inPlace(clause: string, at: number): string {
  return at === 0 ? sentenceCase(clause) : clause;
}

/** A measure of one arm beside the base model's. */
interface Moved {
  readonly base: number;
  readonly now: number;
  readonly rises: boolean;
  /** The smallest difference that counts as one. */
  readonly least: number;
}

/** What an arm did to language and to attention; null where that is not known. */
interface Kept {
  readonly language: Moved | null;
  readonly sinks: Moved | null;
}

function keptBy(record: RunRecord, { evaluation }: Pick<Measured, 'evaluation'>, attended: Evaluation | null): Kept {
  return { language: movedBy(languageReading(record), evaluation), sinks: attended && movedBy(sinkReading(record), attended) };
}

function movedBy(reading: Reading, evaluation: Evaluation): Moved | null {
  const { base, least, of } = reading;
  const now = of(evaluation);
  return base === null || now === null ? null : { base, now, least, rises: moveOf(reading, base, now) === 'raises' };
}

/** With one arm, or before the arms have a step in common. */
function alone(record: RunRecord): string {
  const arms = armsOf(record);
  const [arm] = arms;
  const evaluation = arm && evaluationsAt(arms, null).get(arm.id);
  if (arm === undefined || arms.length > 1 || evaluation === undefined)
    return t('Nothing has been compared yet: what the models have become shows after the first evaluation.');
  const measured = { arm, evaluation };
  const kept = keptBy(record, measured, attentionsAt(arms, null).get(arm.id) ?? null);
  return sentenceOfClauses([
    sentenceCase(lossClause(record, measured, kept)),
    t('with one arm there is nothing to compare it with'),
  ]);
}

function lossClause(record: RunRecord, control: Measured, { language, sinks }: Kept): string {
  const values = {
    clicks: control.arm.spec && isClicksAlone(control.arm.spec) ? 'yes' : 'no',
    arm: control.arm.label,
    own: record.base.values.domainNll === undefined ? 'items' : 'domain',
    times: language ? timesOf(language) : '',
    heads: sinks ? headsShare(sinks.now) : '',
    before: sinks ? headsShare(sinks.base) : '',
  };
  if (language?.rises && sinks?.rises)
    return t(
      '{clicks, select, yes {trained on clicks alone ({arm}), the model} other {with {arm} the model}} loses language ({own, select, items {item texts get} other {ordinary text gets}} {times} times less likely, per token) and {heads} of its attention heads lock onto one item',
      values,
    );
  if (language?.rises)
    return t(
      '{clicks, select, yes {trained on clicks alone ({arm}), the model} other {with {arm} the model}} loses language: {own, select, items {item texts get} other {ordinary text gets}} {times} times less likely, per token',
      values,
    );
  if (sinks?.rises)
    return t(
      '{clicks, select, yes {trained on clicks alone ({arm}), {heads} of the model’s} other {with {arm} {heads} of the model’s}} attention heads lock onto one item, {before} did before',
      values,
    );
  if (language && sinks)
    return t(
      '{clicks, select, yes {trained on clicks alone ({arm}), the model} other {with {arm} the model}} keeps its language, and no more of its attention heads lock onto one item than before',
      values,
    );
  return t(
    '{clicks, select, yes {trained on clicks alone ({arm}), the model} other {with {arm} the model}} {known, select, language {keeps its language; its attention was not measured} sinks {has no more attention heads locked onto one item than before; its language was not measured} other {was not compared with what it was before}}',
    { ...values, known: language ? 'language' : sinks ? 'sinks' : 'none' },
  );
}

/** How many times less likely a text has become, per token. */
function timesOf({ base, now }: Moved): string {
  const times = Math.exp(now - base);
  return times < 10 ? fixed(times, 1) : count(Number(times.toPrecision(2)));
}

/** A share of heads as the maps show it, without a decimal. */
export function headsShare(share: number): string {
  return t('{share}\u00a0%', { share: fixed(100 * share, 0) });
}

type Outcome = 'prevents' | 'fails' | 'partly' | 'nothing';

/** What an arm does to the losses of the control; `nothing` if neither loses anything that is known of both. */
function outcomeOf(control: Kept, arm: Kept): Outcome {
  const pairs = (['language', 'sinks'] as const).flatMap((what) => {
    const [before, after] = [control[what], arm[what]];
    return before && after && (before.rises || after.rises) ? [{ before, after }] : [];
  });
  if (pairs.length === 0) return 'nothing';
  if (pairs.every(({ after }) => !after.rises)) return 'prevents';
  return pairs.every(({ before, after }) => after.rises && before.now - after.now < before.least) ? 'fails' : 'partly';
}

function outcomeClause(treatment: Measured, before: Kept, after: Kept): string[] {
  const values = { arm: treatment.arm.label, text: hasTextLoss(treatment) ? 'yes' : 'no' };
  const lost = Number(before.language?.rises ?? false) + Number(before.sinks?.rises ?? false);
  switch (outcomeOf(before, after)) {
    case 'nothing':
      return lost > 0
        ? []
        : [t('so there is nothing that {text, select, yes {a text loss ({arm})} other {{arm}}} could prevent', values)];
    case 'prevents':
      return [
        t('{text, select, yes {a text loss ({arm})} other {{arm}}} prevents {n, plural, one {it} other {both}}', {
          ...values,
          n: lost,
        }),
      ];
    case 'fails':
      return [
        t('{text, select, yes {a text loss ({arm})} other {{arm}}} does not prevent {n, plural, one {it} other {both}}', {
          ...values,
          n: Math.max(1, lost),
        }),
      ];
    case 'partly':
      return [
        t(
          'with {text, select, yes {a text loss ({arm})} other {{arm}}} it is {what, select, both {{times} times and {heads}} language {{times} times} other {{heads} of the heads}}',
          {
            ...values,
            what: after.language && after.sinks ? 'both' : after.language ? 'language' : 'sinks',
            times: after.language ? timesOf(after.language) : '',
            heads: after.sinks ? headsShare(after.sinks.now) : '',
          },
        ),
      ];
  }
}

function hasTextLoss({ arm: { spec } }: Measured): boolean {
  return spec !== null && readsRightText(spec);
}

function rankingClause(record: RunRecord, { control, treatment, measure, k }: Comparison): string {
  const [one, other] = [treatment.arm.label, control.arm.label];
  const pool = measure.id === 'pool-hr' ? 'yes' : 'no';
  const at = comparedAtKs(record, measure, treatment, control);
  if (!at.some((of) => of.k === k))
    return t('whether {one} recommends better than {other} cannot be told: this record is without the ranks of single users', {
      one,
      other,
    });
  const { form, lead } = leadOf(at, k);
  const values = {
    ...{ one, other, form, pool, k: count(lead.k), a: inPercent(lead.own), b: inPercent(lead.other) },
  };
  return t(
    '{form, select, alike {recommendations get neither better nor worse} better {in this run {one} recommends better} worse {in this run {one} recommends worse} other {in this run {one} recommends better at some list lengths, worse at others}} ({a} of next items in the top {k}{pool, select, yes { of their candidates} other {}}, {b} with {other})',
    values,
  );
}

/** Arms that may do what the treatment does without its texts: texts of random items, and terms that read none. */
function isCure(measured: Measured): boolean {
  return measured.arm.spec !== null && measured.arm.spec.shuffle !== 'target' && !hasTextLoss(measured);
}

function cureClause(cures: readonly Measured[]): string[] {
  if (cures.length === 0) return [];
  const named = cures.map(({ arm: { label, spec } }) => {
    if (spec && shufflesText(spec)) return t('the text of random items');
    return spec && spec.lambdaKl > 0 ? t('a KL penalty') : label;
  });
  return [t('{arms} {n, plural, one {protects} other {protect}} as well', { arms: listed(named), n: cures.length })];
}
