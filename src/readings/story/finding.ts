/**
 * What was found, for someone who has never seen a run: first what the control loses, whether the treatment
 * prevents it, and which controls do so as well; then how they rank, and what training adds. Of all runs of
 * the grid behind the run on the page; where there is none, of that run, which is said. Pure.
 *
 * Rules [O], beside those of `storyFacts`:
 * - A value that is not known of the base model is not mentioned.
 * - An arm prevents what the control loses if the value does not rise with it; nearly, if it rises by at most
 *   a fifth of what it rises with the control; not, if it rises by as much.
 */
import { shufflesText } from '../../recipe/sections/arms';
import type { ArmSpec } from '../../recipe/runSpec';
import type { RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { armsOf, attentionsAt, evaluationsAt } from '../arms/armsOf';
import { isClicksAlone, readsRightText } from '../arms/armRole';
import { count, fixed, listed, sentenceCase, sentenceOfClauses, sentences, signed } from '../format';
import { bothBelowClause, type RankedBaseline } from '../verdict/besideBaselines';
import { adapterAnswer } from '../verdict/ownQuestion';
import type { GridRuns } from './gridRuns';
import { keptBy, storyFacts, type ArmFacts, type Kept, type Moved, type RankingFacts, type TrainingFacts } from './storyFacts';

/**
 * The finding, at the end of the run or at the last step that all arms have reached.
 * @returns what was lost and prevented; then, if arms were compared, how they rank
 */
export function findingOf(record: RunRecord, grid: GridRuns | null): readonly string[] {
  const facts = storyFacts(record, grid);
  if (facts === null) return [alone(record)];
  const { control, treatment, others, ranking, training, below, runs } = facts;
  return [
    sentences([
      lossSentence(control),
      outcomeSentence(control, treatment, others),
      grid === null ? adapterAnswer(record, [control.arm, ...others.map(({ arm }) => arm)], Infinity) : '',
    ]),
    sentences([rankingSentence(ranking, treatment, control, runs), baselineSentence(training, below)]),
  ];
}

/** With one arm, or before the arms have a step in common. */
function alone(record: RunRecord): string {
  const arms = armsOf(record);
  const [arm] = arms;
  const evaluation = arm && evaluationsAt(arms, null).get(arm.id);
  if (arm === undefined || arms.length > 1 || evaluation === undefined)
    return t('Nothing has been compared yet: what the models have become shows after the first evaluation.');
  const kept = keptBy(record, evaluation, attentionsAt(arms, null).get(arm.id) ?? null);
  return sentences([lossSentence({ arm, ...kept }), t('With one arm there is nothing to compare it with.')]);
}

function lossSentence({ arm, language, sinks }: ArmFacts): string {
  const values = {
    clicks: arm.spec && isClicksAlone(arm.spec) ? 'yes' : 'no',
    arm: arm.label,
    known: language ? (sinks ? 'both' : 'language') : sinks ? 'sinks' : 'none',
  };
  if (language?.rises && sinks?.rises)
    return t(
      '{clicks, select, yes {Trained on clicks alone ({arm}), the model} other {With {arm} the model}} forgets language, and more of its attention heads get stuck.',
      values,
    );
  if (language?.rises)
    return t(
      '{clicks, select, yes {Trained on clicks alone ({arm}), the model} other {With {arm} the model}} forgets language{known, select, both {, but no more of its attention heads get stuck than before} other {}}.',
      values,
    );
  if (sinks?.rises)
    return t(
      '{clicks, select, yes {Trained on clicks alone ({arm}), the model} other {With {arm} the model}} {known, select, both {keeps its language, but} other {changes:}} more of its attention heads get stuck.',
      values,
    );
  return t(
    '{clicks, select, yes {Trained on clicks alone ({arm}), the model} other {With {arm} the model}} {known, select, both {keeps its language, and no more of its attention heads get stuck than before} language {keeps its language; its attention was not measured} sinks {has no more attention heads stuck than before; its language was not measured} other {was not compared with what it was before}}.',
    values,
  );
}

/** A share of heads as the maps show it, without a decimal. */
export function headsShare(share: number): string {
  return t('{share}\u00a0%', { share: fixed(100 * share, 0) });
}

/** The same of runs: from the smallest to the largest. */
export function headsRange([low, high]: Moved['range']): string {
  const [from, to] = [fixed(100 * low, 0), fixed(100 * high, 0)];
  return from === to ? headsShare(low) : t('{from} to {to}\u00a0%', { from, to });
}

type Outcome = 'prevents' | 'nearly' | 'partly' | 'fails' | 'nothing';

/** Share of the control's rise that is as good as none. */
const NEARLY = 0.2;

/**
 * What an arm does to the losses of the control; `nothing` if neither loses anything that is known of both.
 */
export function outcomeOf(control: Kept, arm: Kept): Outcome {
  const pairs = (['language', 'sinks'] as const).flatMap((what) => {
    const [before, after] = [control[what], arm[what]];
    return before && after && (before.rises || after.rises) ? [{ before, after }] : [];
  });
  if (pairs.length === 0) return 'nothing';
  if (pairs.every(({ after }) => !after.rises)) return 'prevents';
  if (
    pairs.every(
      ({ before, after }) => !after.rises || (before.rises && after.now - after.base <= NEARLY * (before.now - before.base)),
    )
  )
    return 'nearly';
  return pairs.every(({ before, after }) => after.rises && before.now - after.now < before.least) ? 'fails' : 'partly';
}

function outcomeSentence(control: ArmFacts, treatment: ArmFacts, others: readonly ArmFacts[]): string {
  const lost = Number(control.language?.rises ?? false) + Number(control.sinks?.rises ?? false);
  const outcome = outcomeOf(control, treatment);
  const cures = (wanted: Outcome): string[] =>
    others.filter((arm) => isCure(arm) && outcomeOf(control, arm) === wanted).map(({ arm }) => cureName(arm));
  const [as, nearly] = [cures('prevents'), cures('nearly')];
  const values = {
    arm: treatment.arm.label,
    text: hasTextLoss(treatment.arm.spec) ? 'yes' : 'no',
    n: Math.max(1, lost),
    cures: as.length > 0 ? (nearly.length > 0 ? 'both' : 'as') : nearly.length > 0 ? 'nearly' : 'none',
    as: listed(as),
    many: as.length,
    nearly: listed(nearly),
    manyNearly: nearly.length,
  };
  switch (outcome) {
    case 'nothing':
      return lost > 0
        ? ''
        : t('So there is nothing that {text, select, yes {a text loss ({arm})} other {{arm}}} could prevent.', values);
    case 'prevents':
    case 'nearly':
      return t(
        '{text, select, yes {A text loss ({arm})} other {{arm}}} prevents {n, plural, one {it} other {both}}{cures, select, both {, and so {many, plural, one {does} other {do}} {as} and, nearly, {nearly}} as {, and so {many, plural, one {does} other {do}} {as}} nearly {, and {nearly} nearly {manyNearly, plural, one {does} other {do}}} other {}}.',
        values,
      );
    case 'fails':
      return t(
        '{text, select, yes {A text loss ({arm})} other {{arm}}} does not prevent {n, plural, one {it} other {either}}.',
        values,
      );
    case 'partly':
      return t('{text, select, yes {A text loss ({arm})} other {{arm}}} prevents part of it.', values);
  }
}

function hasTextLoss(spec: ArmSpec | null): boolean {
  return spec !== null && readsRightText(spec);
}

/**
 * Arms that may do what the treatment does without its texts: texts of random items, and terms that read
 * none.
 */
function isCure({ arm: { spec } }: ArmFacts): boolean {
  return spec !== null && spec.shuffle !== 'target' && !hasTextLoss(spec);
}

function cureName({ label, spec }: ArmFacts['arm']): string {
  if (spec && shufflesText(spec)) return t('the text of random items');
  return spec && spec.lambdaKl > 0 ? t('a plain penalty on forgetting (KL)') : label;
}

function rankingSentence(ranking: RankingFacts | null, { arm: own }: ArmFacts, { arm: other }: ArmFacts, runs: number): string {
  const [one, control] = [own.label, other.label];
  if (ranking === null)
    return t('Whether {one} recommends better than {control} cannot be told: this record is without the ranks of single users.', {
      one,
      control,
    });
  const { form, k, pool, interval } = ranking;
  const values = {
    ...{ one, control, form, k: count(k), pool: pool ? 'yes' : 'no', points: signed(100 * (ranking.own - ranking.other), 1) },
    runs: count(runs),
    low: interval ? signed(100 * interval[0], 1) : '',
    high: interval ? signed(100 * interval[1], 1) : '',
    spread: interval ? 'yes' : 'no',
  };
  return runs === 1
    ? t(
        'In this one run {form, select, alike {neither recommends better} better {{one} recommends better} worse {{one} recommends worse} other {{one} recommends better at some list lengths, worse at others}}: the share of next items in the top {k}{pool, select, yes { of their candidates} other {}} differs by {points} points ({one} − {control}).',
        values,
      )
    : t(
        '{form, select, alike {Neither recommends better} better {{one} recommends better} other {{one} recommends worse}}: the share of next items in the top {k}{pool, select, yes { of their candidates} other {}} {spread, select, yes {differs by {low} to {high} points ({one} − {control}, {runs} runs)} other {is the same in {runs} runs}}.',
        values,
      );
}

/** What training adds to the arms' start; without one, a baseline that both stay below. */
function baselineSentence(training: TrainingFacts | null, below: RankedBaseline | null): string {
  if (training === null) return below === null ? '' : sentenceOfClauses([sentenceCase(bothBelowClause(below))]);
  const { gain, sign, best } = training;
  const values = {
    points: fixed(Math.abs(100 * gain), 1),
    gain: sign === 1 ? 'adds' : sign === -1 ? 'takes' : 'none',
    best: best.id === 'start' ? 'start' : 'other',
    name: best.name,
  };
  return t(
    'Training {gain, select, adds {adds {points} points to} takes {takes {points} points from} other {does not measurably change}} what the untrained model reaches{best, select, start {, itself the best baseline} other {; the best baseline is {name}}}.',
    values,
  );
}
