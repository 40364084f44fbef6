/**
 * Tasks, each checked on a run record alone. Conditions say what the record has, whether met or not. Pure.
 */
import { message, t } from '../words/words';
import { firstHalfSinkRate } from '../measures/entries/sinks';
import { lmDrift } from '../measures/entries/language';
import { rankingMeasure } from '../measures/measures';
import { armsOf, attentionsAt, evaluationsAt, type FigureArm } from '../readings/arms/armsOf';
import { pairedHitDifference } from '../readings/series/rankingData';
import { compact, count, fixed, listed, percent, signed } from '../readings/format';
import { termsOf } from '../recipe/terms';
import { PRESETS, type PresetId } from '../recipe/presets';
import type { RecordedId } from '../recipe/recordedFiles';
import { shufflesText, type ArmSpec, type RunSpec } from '../recipe/runSpec';
import { differingPaths } from '../recipe/specPath';
import type { Evaluation, RunRecord } from '../record/runRecord';
import { constant, lateLoss, percentText } from './quantities';
import { say, term, type LessonWords } from './words';

export interface Found {
  /** Null if the record does not say. */
  readonly met: boolean | null;
  /** What the record has, in the active language. */
  readonly text: string;
}

export type Condition = (record: RunRecord) => Found;

export interface Challenge {
  readonly id: string;
  readonly title: string;
  readonly task: LessonWords;
  readonly conditions: readonly Condition[];
  readonly hints: readonly LessonWords[];
  /** A recipe that is to meet it. */
  readonly solution: RunSpec;
  readonly preset: PresetId;
  /** The recorded run that meets it. */
  readonly recorded: RecordedId;
  /** What meeting it shows. */
  readonly shows: LessonWords;
}

const K = 10;
const DEEP = 50;
/** Multiple of the base model’s item-sink rate that counts as a collapse. */
const COLLAPSED = 5;
const LOST_POINTS = 1;
const FEW_STEPS = 100;
const LITTLE_DRIFT = 0.5;
const TIMES = 2;
/** Share by which an action loss is clearly lower. */
const LOWER = 0.1;
/** Ratio of LoRA ranks. */
const LARGER = 4;

interface Measured {
  readonly arm: FigureArm;
  readonly evaluation: Evaluation;
  /** Whose attention is read: on the users on whom the base model was measured. */
  readonly attended: Evaluation;
}

/** The arms, each with its evaluation of the same targets. */
function measured(record: RunRecord): Measured[] {
  const arms = armsOf(record);
  const evaluations = evaluationsAt(arms, null);
  const attended = attentionsAt(arms, null);
  return arms.flatMap((arm) => {
    const evaluation = evaluations.get(arm.id);
    return evaluation ? [{ arm, evaluation, attended: attended.get(arm.id) ?? evaluation }] : [];
  });
}

const action = (record: RunRecord): Measured | null =>
  measured(record).find(({ arm }) => arm.spec !== null && isPlain(arm.spec)) ?? null;
/** The action loss alone, on the usual sequences. */
const isPlain = (arm: ArmSpec): boolean => termsOf(arm).length === 0 && !arm.sinkToken;
const hasText = (arm: ArmSpec): boolean => arm.lambdaGen + arm.lambdaRec > 0 && !shufflesText(arm);
const hitRate = ({ evaluation }: Measured, k = K): number | null => evaluation.values[`hr@${k}`] ?? null;
const sinks = ({ attended }: Measured): number | null => firstHalfSinkRate.of(attended);
const drift = ({ evaluation }: Measured): number | null => lmDrift.of(evaluation);
const others = (record: RunRecord, wanted: (spec: ArmSpec) => boolean): Measured[] =>
  measured(record).filter(({ arm }) => arm.spec !== null && wanted(arm.spec));
const noAction = (): Found => ({ met: null, text: t('The run has no arm that learns by the action loss alone.') });

/** The last step was taken, and all test users were ranked. */
const complete: Condition = ({ complete: met, arms, spec }) => ({
  met,
  text: met
    ? t('The run is complete: {steps} steps.', { steps: count(spec.training.steps) })
    : t('The run is at step {step} of {steps}.', {
        step: count(Math.min(...arms.map(({ steps }) => steps.step.at(-1) ?? 0))),
        steps: count(spec.training.steps),
      }),
});

/**
 * Whether the condition holds for some arm: the first for which it does, else the first for which it does
 * not.
 */
function some(found: readonly Found[], none: string): Found {
  return found.find(({ met }) => met === true) ?? found[0] ?? { met: null, text: t(none) };
}

function compare(
  value: number | null,
  holds: (value: number) => boolean,
  text: (value: number) => string,
  missing: string,
): Found {
  return value === null ? { met: null, text: t(missing) } : { met: holds(value), text: text(value) };
}

const collapses: Condition = (record) => {
  const one = action(record);
  const before = firstHalfSinkRate.base(record);
  if (one === null || before === null) return noAction();
  return compare(
    sinks(one),
    (value) => value >= COLLAPSED * before,
    (value) =>
      t('Item-sink rate of {arm}: {rate}, base model {base}.', {
        arm: one.arm.label,
        rate: fixed(value, 3),
        base: fixed(before, 3),
      }),
    message('Attention was not measured.'),
  );
};

/** Training and objective differ from the recipe Strong only in the learning rate. */
const rateAlone: Condition = ({ spec }) => {
  const other = differingPaths(spec, presetSpec('strong')).filter(
    (path) =>
      (path.startsWith('training.') || path.startsWith('objective.') || path.startsWith('lora.')) &&
      path !== 'training.learningRate',
  );
  return {
    met: other.length === 0,
    text:
      other.length === 0
        ? t('Of training, objective and LoRA only the learning rate may differ from Strong: {rate}.', {
            rate: compact(spec.training.learningRate),
          })
        : t('Other settings differ from Strong as well: {settings}.', { settings: listed(other) }),
  };
};

const fewerSinks: Condition = (record) => {
  const one = action(record);
  const before = firstHalfSinkRate.base(record);
  if (one === null || before === null) return noAction();
  const own = hitRate(one, DEEP);
  return some(
    others(record, hasText).map((arm) => {
      const [rate, hr] = [sinks(arm), hitRate(arm, DEEP)];
      if (rate === null || hr === null || own === null)
        return { met: null, text: t('{arm} lacks a measure.', { arm: arm.arm.label }) };
      const lost = 100 * (own - hr);
      return {
        met: rate < before && lost <= LOST_POINTS,
        text: t('{arm}: item-sink rate {rate} (base model {base}), HR@{k} {hr}\u00a0% against {own}\u00a0%, {lost} points.', {
          arm: arm.arm.label,
          rate: fixed(rate, 3),
          base: fixed(before, 3),
          k: DEEP,
          hr: percent(hr),
          own: percent(own),
          lost: signed(-lost, 1),
        }),
      };
    }),
    message('The run has no arm with a text loss.'),
  );
};

interface Interval {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

const holdsZero = ({ low, high }: Interval): boolean => low <= 0 && high >= 0;

/** A difference with its bounds, as texts write them. */
function bounds({ difference, low, high }: Interval): {
  readonly difference: string;
  readonly low: string;
  readonly high: string;
} {
  return { difference: signed(100 * difference, 1), low: fixed(100 * low, 1), high: fixed(100 * high, 1) };
}

/** That HR@K of an arm with text losses cannot be told from that of Action, on the same users. */
function alikeOn(split: 'all' | 'cold'): Condition {
  return (record) => {
    const one = action(record);
    if (one === null) return noAction();
    return some(
      others(record, hasText).map((arm) => {
        const found = pairedHitDifference(arm.evaluation, one.evaluation, K, split);
        if (found === null) return { met: null, text: t('The arms have no users to compare.') };
        const values = {
          k: K,
          arm: arm.arm.label,
          control: one.arm.label,
          ...bounds(found),
        };
        return {
          met: holdsZero(found),
          text:
            split === 'cold'
              ? t('HR@{k} of {arm} − {control} on items that nobody was trained on: {difference} [{low}, {high}] points.', values)
              : t('HR@{k} of {arm} − {control}: {difference} [{low}, {high}] points.', values),
        };
      }),
      message('The run has no arm with a text loss.'),
    );
  };
}

const draw = alikeOn('all');
const drawOutside = alikeOn('cold');

function keepsLanguage(wanted: (spec: ArmSpec) => boolean, none: string): Condition {
  return (record) =>
    some(
      others(record, wanted).map((arm) =>
        compare(
          drift(arm),
          (value) => value <= 0,
          (value) =>
            t('LM drift of {arm}: {drift} nats per token; it must not be above 0.', {
              arm: arm.arm.label,
              drift: signed(value, 2),
            }),
          message('Language was not measured.'),
        ),
      ),
      none,
    );
}

const forgets: Condition = (record) => {
  const one = action(record);
  if (one === null) return noAction();
  return compare(
    drift(one),
    (value) => value > 0,
    (value) =>
      t('LM drift of {arm}: {drift} nats per token; it must be above 0.', { arm: one.arm.label, drift: signed(value, 2) }),
    message('Language was not measured.'),
  );
};

const aboveZeroShot: Condition = (record) => {
  const zero = rankingMeasure('hr').of(record.baselines.zeroShot.all, 'all', K);
  if (zero === null) return { met: null, text: t('Zero-shot was not ranked.') };
  return some(
    measured(record)
      .filter(({ evaluation }) => evaluation.population === 'all')
      .map(({ arm, evaluation }) => {
        const low = evaluation.intervals[`hr@${K}`]?.[0] ?? null;
        return compare(
          low,
          (value) => value > zero,
          (value) =>
            t('HR@{k} of {arm} is at least {low}\u00a0% by its interval, zero-shot {zeroShot}\u00a0%.', {
              k: K,
              arm: arm.label,
              low: percent(value),
              zeroShot: percent(zero),
            }),
          message('HR has no interval.'),
        );
      }),
    message('All users have not been ranked yet.'),
  );
};

const few: Condition = ({ spec }) => ({
  met: spec.training.steps <= FEW_STEPS,
  text: t('The recipe takes {steps} steps; {allowed} are allowed.', {
    steps: count(spec.training.steps),
    allowed: count(FEW_STEPS),
  }),
});

/** Trained on clicks, and held by something other than text. */
const isHeld = (arm: ArmSpec): boolean =>
  arm.lambdaGen + arm.lambdaRec + arm.lambdaItem + arm.lambdaImg === 0 && arm.shuffle === 'none' && !isPlain(arm);

const heldWithoutText: Condition = (record) => {
  const one = action(record);
  const own = one && drift(one);
  if (one === null || own === null) return noAction();
  return some(
    others(record, isHeld).map((arm) => {
      const [value, found] = [drift(arm), pairedHitDifference(arm.evaluation, one.evaluation, K, 'all')];
      if (value === null || found === null) return { met: null, text: t('{arm} lacks a measure.', { arm: arm.arm.label }) };
      return {
        met: value <= LITTLE_DRIFT && own > LITTLE_DRIFT && holdsZero(found),
        text: t(
          'LM drift of {arm}: {drift} nats per token, of {control}: {own}; at most {allowed} is allowed. HR@{k}: {difference} [{low}, {high}] points.',
          {
            arm: arm.arm.label,
            control: one.arm.label,
            drift: signed(value, 2),
            own: signed(own, 2),
            allowed: LITTLE_DRIFT,
            k: K,
            ...bounds(found),
          },
        ),
      };
    }),
    message('The run has no arm that is held near its start without text.'),
  );
};

function sinkFactor(wanted: (spec: ArmSpec) => boolean, none: string): Condition {
  return (record) => {
    const one = action(record);
    const own = one && sinks(one);
    if (one === null || own === null) return noAction();
    return some(
      others(record, wanted).map((arm) =>
        compare(
          sinks(arm),
          (value) => own >= TIMES * value,
          (value) =>
            t('Item-sink rate: {a} {rateA}, {b} {rateB}; the first must be {times} times the second.', {
              a: one.arm.label,
              rateA: fixed(own, 3),
              b: arm.arm.label,
              rateB: fixed(value, 3),
              times: TIMES,
            }),
          message('Attention was not measured.'),
        ),
      ),
      none,
    );
  };
}

const lowerLossRanksNoBetter: Condition = (record) => {
  const all = measured(record).flatMap((one) => {
    const loss = lateLoss(one.arm.record);
    return loss === null ? [] : [{ ...one, loss }];
  });
  const pairs = all.flatMap((a) => all.filter((b) => a.loss <= (1 - LOWER) * b.loss).map((b) => ({ a, b })));
  return some(
    pairs.map(({ a, b }) => {
      const found = pairedHitDifference(a.evaluation, b.evaluation, K, 'all');
      if (found === null) return { met: null, text: t('The arms have no users to compare.') };
      return {
        met: found.low <= 0,
        text: t(
          'Action loss of the last steps: {a} {lossA}, {b} {lossB}; HR@{k} of {a} − {b}: {difference} [{low}, {high}] points.',
          {
            a: a.arm.label,
            lossA: fixed(a.loss, 3),
            b: b.arm.label,
            lossB: fixed(b.loss, 3),
            k: K,
            ...bounds(found),
          },
        ),
      };
    }),
    message('The run has no two arms whose action losses are so far apart.'),
  );
};

const heldOut: Condition = ({ data }) => {
  const closed = data.heldOut?.length ?? 0;
  return {
    met: closed > 0,
    text:
      closed > 0
        ? t('{n} departments were closed in training.', { n: count(closed) })
        : t('No department was closed in training.'),
  };
};

const largerAdapter: Condition = (record) => {
  const plain = others(record, isPlain).map((one) => ({ ...one, rank: one.arm.spec?.rank ?? record.spec.lora.rank }));
  const pairs = plain.flatMap((large) =>
    plain.filter((small) => large.rank >= LARGER * small.rank).map((small) => ({ large, small })),
  );
  return some(
    pairs.map(({ large, small }) => {
      const found = pairedHitDifference(large.evaluation, small.evaluation, K, 'all');
      if (found === null) return { met: null, text: t('The arms have no users to compare.') };
      return {
        met: holdsZero(found),
        text: t('HR@{k} of rank {rankA} − rank {rankB}: {difference} [{low}, {high}] points.', {
          rankA: large.rank,
          rankB: small.rank,
          k: K,
          ...bounds(found),
        }),
      };
    }),
    message('It takes two arms that learn by the action loss alone, with different LoRA ranks.'),
  );
};

function presetSpec(id: PresetId): RunSpec {
  return PRESETS.find((preset) => preset.id === id)!.spec;
}

export const CHALLENGES: readonly Challenge[] = [
  {
    id: 'break',
    title: message('Break it'),
    task: say(
      'Make an arm without text losses collapse by the learning rate alone: an <firstHalfSinkRate>item-sink rate</firstHalfSinkRate> of {collapsed} times the base model’s or more.',
      { firstHalfSinkRate: term('firstHalfSinkRate'), collapsed: constant(COLLAPSED) },
    ),
    conditions: [complete, rateAlone, collapses],
    hints: [say('Start from the recipe Strong.'), say('Double the rate, and once more.')],
    ...{ preset: 'collapse', solution: presetSpec('collapse'), recorded: 'collapse' },
    shows: say('One number of the recipe can decide how far attention breaks down.'),
  },
  {
    id: 'draw',
    title: message('A draw that is none'),
    task: say(
      'Find a recipe at which ranking cannot be told apart, while Action has {times} times as many sinks as an arm with text losses.',
      { times: constant(TIMES) },
    ),
    conditions: [complete, draw, sinkFactor(hasText, message('The run has no arm with a text loss.'))],
    hints: [say('A rate that suits both arms.')],
    ...{ preset: 'strong', solution: presetSpec('strong'), recorded: 'strong' },
    shows: say('Attention and ranking are different questions.'),
  },
  {
    id: 'sinks',
    title: message('Fewer sinks than before'),
    task: say(
      'An arm with text losses ends below the base model’s item-sink rate and loses at most {lostPoints} point of HR@{deep} against Action.',
      { lostPoints: constant(LOST_POINTS), deep: constant(DEEP) },
    ),
    conditions: [complete, fewerSinks],
    hints: [say('Text losses keep sinks away at a rate that suits ranking.')],
    ...{ preset: 'rank', solution: presetSpec('rank'), recorded: 'rank' },
    shows: say('Training can leave attention cleaner than it found it.'),
  },
  {
    id: 'wrong-text',
    title: message('The wrong text'),
    task: say('Keep the language with the texts of random items, while Action forgets.'),
    conditions: [complete, forgets, keepsLanguage(shufflesText, message('The run has no arm with the text of a random item.'))],
    hints: [say('Add the arm Shuffled text.')],
    ...{ preset: 'strong', solution: presetSpec('strong'), recorded: 'strong' },
    shows: say('Language modelling keeps a language, whatever the text.'),
  },
  {
    id: 'no-text',
    title: message('Without any text'),
    task: say(
      'Let an arm without text losses forget at most {littleDrift} nats a token where Action forgets more, while their ranking cannot be told apart.',
      { littleDrift: constant(LITTLE_DRIFT) },
    ),
    conditions: [complete, heldWithoutText],
    hints: [say('What else keeps a model near its start?'), say('Add the arm +KL.')],
    ...{ preset: 'strong', solution: presetSpec('strong'), recorded: 'strong' },
    shows: say('Text losses should be compared with a plain cure.'),
  },
  {
    id: 'short',
    title: message('In a hurry'),
    task: say('Rank above zero-shot after at most {fewSteps} steps.', { fewSteps: constant(FEW_STEPS) }),
    conditions: [complete, few, aboveZeroShot],
    hints: [
      say('Heads that are the features themselves rank before the first step.'),
      say('More test users make smaller differences distinguishable.'),
    ],
    ...{
      preset: 'quick',
      solution: presetSpec('quick'),
      recorded: 'quick',
    },
    shows: say('How training starts can matter more than how long it goes on.'),
  },
  {
    id: 'loss',
    title: message('Lower loss, no better ranking'),
    task: say(
      'Find two arms of which one ends with an action loss that is lower by {lower} or more, and does not rank distinguishably better.',
      { lower: constant(LOWER, percentText) },
    ),
    conditions: [complete, lowerLossRanksNoBetter],
    hints: [say('Train long on few users.')],
    ...{ preset: 'few', solution: presetSpec('few'), recorded: 'few' },
    shows: say('Lower loss is not better ranking.'),
  },
  {
    id: 'outside',
    title: message('Outside the store'),
    task: say(
      'Close departments in training, and find an arm with text losses whose ranking of their items cannot be told from that of Action.',
    ),
    conditions: [complete, heldOut, drawOutside],
    hints: [say('Held-out categories are a field of the log.')],
    ...{ preset: 'unseen', solution: presetSpec('unseen'), recorded: 'unseen' },
    shows: say('Test where nobody was trained, and compare with zero-shot before you are glad.'),
  },
  {
    id: 'large',
    title: message('Larger and no better'),
    task: say('Train Action with two LoRA ranks, one at least {times} times the other, whose ranking cannot be told apart.', {
      times: constant(LARGER),
    }),
    conditions: [complete, largerAdapter],
    hints: [say('An arm can have a rank of its own.')],
    ...{ preset: 'rank', solution: presetSpec('rank'), recorded: 'rank' },
    shows: say('More weights do not by themselves rank better. One seed, though.'),
  },
];

/** Whether a record meets a challenge, condition by condition. */
export function checkChallenge(
  { conditions }: Challenge,
  record: RunRecord,
): { readonly met: boolean; readonly found: readonly Found[] } {
  const found = conditions.map((condition) => condition(record));
  return { met: found.every(({ met }) => met === true), found };
}
