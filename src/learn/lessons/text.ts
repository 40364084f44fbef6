/** Lesson 4: what a control can decide. */
import { message } from '../../words/words';
import { namedArm } from '../../recipe/namedArms';
import { PRESETS } from '../../recipe/presets';
import type { RunSpec } from '../../recipe/runSpec';
import type { Predicate } from '../evidence';
import type { Lesson } from '../lesson';
import {
  above,
  all,
  alike,
  atLeastTimes,
  base,
  baseline,
  constant,
  final,
  hitDifference,
  negative,
  not,
  wayTo,
  written,
} from '../quantities';
import { claim, fact, say, term } from '../words';
import { ACTION, HR, hrAtK, K, KARMA, SHUFFLED, sinkRateTerm, SINKS } from './common';

const RUN = 'strong';
const KL = 'kl';
const RANDOM = 'random-target';
const sinks = {
  base: base(RUN, SINKS),
  action: final(RUN, ACTION, SINKS),
  karma: final(RUN, KARMA, SINKS),
  shuffled: final(RUN, SHUFFLED, SINKS),
  kl: final(RUN, KL, SINKS),
  random: final(RUN, RANDOM, SINKS),
};
const drift = {
  action: final(RUN, ACTION, 'domainDrift'),
  karma: final(RUN, KARMA, 'domainDrift'),
  shuffled: final(RUN, SHUFFLED, 'domainDrift'),
  kl: final(RUN, KL, 'domainDrift'),
  random: final(RUN, RANDOM, 'domainDrift'),
};
/** On item texts, which the text losses train on. */
const itemDrift = { action: final(RUN, ACTION, 'lmDrift'), shuffled: final(RUN, SHUFFLED, 'lmDrift') };
const sinksKept = wayTo(sinks.shuffled, sinks.action, sinks.karma);
const driftKept = wayTo(drift.shuffled, drift.action, drift.karma);
const added = { hr: hitDifference(RUN, KARMA, SHUFFLED, K), deep: hitDifference(RUN, KARMA, SHUFFLED, 50) };
const klHr = hitDifference(RUN, KL, ACTION, K);
const randomHr = hitDifference(RUN, RANDOM, ACTION, K);
const NONE = constant(0);

/** How much of the way from Action to KARMA shuffled text goes in language. */
function goes(from: number, to: number): Predicate {
  return (evidence) => {
    const share = driftKept.value(evidence);
    return share === null ? null : share >= from && share < to;
  };
}

const HALVES = ['gen', 'rec'] as const;
/** Another control without any text. */
const WITHOUT_TEXT = namedArm('l2');

/** The recipe Strong with halves of the method, and another control without text. */
function controls(): RunSpec {
  const { spec } = PRESETS.find(({ id }) => id === RUN)!;
  return { ...spec, arms: [...(['action', 'karma', ...HALVES] as const).map((name) => namedArm(name)), WITHOUT_TEXT] };
}

export const text: Lesson = {
  id: 'text',
  title: message('Any text will do?'),
  minutes: 12,
  goals: [
    say('Design a control that takes away one thing and leaves the rest.'),
    say('Say what a result means once its control is known.'),
  ],
  steps: [
    {
      id: 'predict-control',
      title: message('A question about the cause'),
      says: [
        say(
          'KARMA must write the text of the next item. The idea: this ties the prediction to what the item means. If that is the reason, the text must be the right one.',
        ),
        say(
          'So take a control. *Shuffled text* has the same losses, the same texts and the same cost, but each text belongs to a random other item. In the run *Strong* the loss on texts that no arm trains on (<domainDrift>domain drift</domainDrift>) changed by {driftAction} with Action, and by {driftKarma} with KARMA.',
          { domainDrift: term('domainDrift'), driftAction: drift.action, driftKarma: drift.karma },
        ),
      ],
      figure: {
        run: RUN,
        panels: ['collapse'],
        charts: ['domainDrift', SINKS],
        arms: [ACTION, KARMA, SHUFFLED],
        play: true,
      },
      predict: {
        kind: 'pick',
        question: {
          id: 'where-shuffled',
          asks: say('Where will shuffled text end?'),
          options: [
            {
              text: say('Near Action: a wrong text cannot help'),
              right: goes(-9, 0.25),
              answer: say('It ends at {driftShuffled}.', { driftShuffled: drift.shuffled }),
            },
            {
              text: say('About half way'),
              right: goes(0.25, 0.75),
              answer: say('It ends at {driftShuffled}.', { driftShuffled: drift.shuffled }),
            },
            {
              text: say('Near KARMA: any text will do'),
              right: goes(0.75, 9),
              answer: say('It ends at {driftShuffled}.', { driftShuffled: drift.shuffled }),
            },
          ],
        },
      },
      then: [
        claim(
          all(goes(0.75, 9), (evidence) => {
            const share = sinksKept.value(evidence);
            return share === null ? null : share >= 0.75;
          }),
          say(
            'Of the way from Action to KARMA, shuffled text goes {driftKept} in language and {sinksKept} in the <sinkRate>item-sink rate</sinkRate>. The effect does not come from the right text.',
            { driftKept, sinksKept, sinkRate: sinkRateTerm },
          ),
          say(
            'Of the way from Action to KARMA, shuffled text goes {driftKept} in language and {sinksKept} in the <sinkRate>item-sink rate</sinkRate>.',
            { driftKept, sinksKept, sinkRate: sinkRateTerm },
          ),
        ),
      ],
    },
    {
      id: 'language',
      title: message('Why the wrong text helps'),
      says: [
        say(
          '<lmDrift>LM drift</lmDrift> is the rise of the model’s loss on item texts. Below zero, a model has even learned something.',
          {
            lmDrift: term('lmDrift'),
          },
        ),
        claim(
          all(above(itemDrift.action, NONE), not(above(itemDrift.shuffled, NONE))),
          say(
            'Shuffled text ends at {itemShuffled}: better than before training, where Action has lost {itemAction}. After the first prompt shuffled text writes {writtenShuffled}, KARMA {writtenKarma}.',
            {
              itemShuffled: itemDrift.shuffled,
              itemAction: itemDrift.action,
              writtenShuffled: written(RUN, SHUFFLED, 0),
              writtenKarma: written(RUN, KARMA, 0),
            },
          ),
          say('Shuffled text ends at {itemShuffled}, Action at {itemAction}.', {
            itemShuffled: itemDrift.shuffled,
            itemAction: itemDrift.action,
          }),
        ),
      ],
      figure: {
        run: RUN,
        panels: ['texts', 'collapse'],
        prompt: 0,
        charts: ['lmDrift'],
        arms: [ACTION, KARMA, SHUFFLED],
        play: true,
      },
      check: {
        id: 'why-any-text',
        asks: say('Why can the texts of wrong items keep the language?'),
        options: [
          {
            text: say('They are still sentences of the shop: predicting their words is ordinary language modelling.'),
            right: true,
            answer: say('A text need not fit the prediction to hold a language model in place.'),
          },
          {
            text: say('By chance many random items are similar to the right one.'),
            right: false,
            answer: say('The shop has thousands of items; a random one is hardly ever similar.'),
          },
          {
            text: say('The arm takes fewer steps.'),
            right: false,
            answer: say('All arms take the same steps on the same users.'),
          },
        ],
      },
    },
    {
      id: 'added',
      title: message('What the right text adds'),
      says: [
        say('What is left for the right text is the difference of KARMA and shuffled text. Does it at least help ranking?'),
        claim(
          all(alike(added.hr), alike(added.deep)),
          say(
            'In {hrAtK} it is {addedHr} over users, at K = {deep} it is {addedDeep}. Both intervals hold zero: nothing that the right text adds to ranking can be shown.',
            { addedHr: added.hr, hrAtK, deep: constant(50), addedDeep: added.deep },
          ),
          say('In {hrAtK} it is {addedHr} over users, at K = {deep} it is {addedDeep}.', {
            addedHr: added.hr,
            hrAtK,
            deep: constant(50),
            addedDeep: added.deep,
          }),
        ),
      ],
      figure: { run: RUN, panels: ['ranking'], arms: [ACTION, KARMA, SHUFFLED], measure: 'hr', k: K, play: true },
      check: {
        id: 'not-shown',
        asks: say('Does this prove that the right text adds nothing?'),
        options: [
          {
            text: say('Yes, the interval holds zero.'),
            right: false,
            answer: say('The interval also holds other values. It says how large an effect could still hide.'),
          },
          {
            text: say('No: an effect inside the interval is not excluded.'),
            right: true,
            answer: say('“Not shown” is not “shown to be nothing”. More users and more seeds would narrow it.'),
          },
        ],
      },
    },
    {
      id: 'no-text',
      title: message('Is text needed at all?'),
      says: [say('Shuffled text is still text. One more control would say whether text is needed at all.')],
      figure: {
        run: RUN,
        panels: ['collapse', 'ranking'],
        charts: ['domainDrift', SINKS],
        arms: [ACTION, KARMA, KL],
        measure: 'hr',
        k: K,
        play: true,
      },
      predict: {
        kind: 'pick',
        question: {
          id: 'missing-control',
          asks: say('Which one?'),
          options: [
            {
              text: say('KARMA with a larger λ'),
              right: false,
              answer: say('That makes the same term stronger. It does not take the text away.'),
            },
            {
              text: say('A penalty that asks for no text of the next item and only holds the model near its start'),
              right: true,
              answer: say('If that does as well, the effect is about holding on, not about what KARMA writes.'),
            },
            {
              text: say('More users'),
              right: false,
              answer: say('That changes the data for all arms, and tells nothing about text.'),
            },
          ],
        },
      },
      then: [
        claim(
          all(
            above(drift.action, drift.kl),
            above(constant(0.1), drift.kl),
            atLeastTimes(sinks.action, 2, sinks.kl),
            alike(klHr),
          ),
          say(
            'The arm *+KL* has Action’s loss and a penalty on every change of the base model’s next-word probabilities on item texts. Its domain drift is {driftKl}, its item-sink rate {sinksKl} (Action {sinksAction}), and in {hrAtK} it differs from Action by {klHr}. The plain cure does it as well.',
            { driftKl: drift.kl, sinksKl: sinks.kl, sinksAction: sinks.action, hrAtK, klHr },
          ),
          say(
            'The arm *+KL* penalises changes of the base model’s next-word probabilities. Its domain drift is {driftKl}, its item-sink rate {sinksKl}, and in {hrAtK} it differs from Action by {klHr}.',
            { driftKl: drift.kl, sinksKl: sinks.kl, hrAtK, klHr },
          ),
        ),
      ],
    },
    {
      id: 'nothing-to-learn',
      title: message('Nothing to learn'),
      says: [
        say(
          'A last control asks about the damage itself. *Random targets* is Action, but the items that it must predict are those of other users: there is nothing to learn.',
        ),
        claim(
          all(above(drift.random, drift.action), negative(randomHr), above(sinks.action, sinks.random)),
          say(
            'It loses even more language than Action: {driftRandom} against {driftAction}. So language can be lost to steps alone, with nothing learned in return: in {hrAtK} it differs from Action by {randomHr}, and ends at {hrRandom}, where the untrained start had {start}. Its item-sink rate, {sinksRandom}, stays below that of Action, {sinksAction}.',
            {
              driftRandom: drift.random,
              driftAction: drift.action,
              hrAtK,
              randomHr,
              hrRandom: final(RUN, RANDOM, HR),
              start: baseline(RUN, 'start', K),
              sinksRandom: sinks.random,
              sinksAction: sinks.action,
            },
          ),
          say(
            'Its domain drift is {driftRandom}, that of Action {driftAction}; in {hrAtK} it differs from Action by {randomHr}.',
            {
              driftRandom: drift.random,
              driftAction: drift.action,
              hrAtK,
              randomHr,
            },
          ),
        ),
      ],
      figure: {
        run: RUN,
        panels: ['texts', 'collapse', 'ranking'],
        prompt: 0,
        charts: ['domainDrift', SINKS],
        arms: [ACTION, RANDOM],
        measure: 'hr',
        k: K,
        play: true,
      },
      check: {
        id: 'sentence',
        asks: say('Which sentence do these controls allow?'),
        options: [
          {
            text: say('KARMA keeps the language because it understands the items.'),
            right: false,
            answer: say('Texts of random items keep it as well.'),
          },
          {
            text: say(
              'Training on clicks alone costs language here; KARMA prevents it, and so do random texts and a KL penalty.',
            ),
            right: all(
              above(drift.action, NONE),
              ...[drift.karma, drift.shuffled, drift.kl].map((one) => above(constant(0.1), one)),
            ),
            answer: say('That is one seed. The controls stand beside the method, as they should in every report.'),
          },
          {
            text: say('KARMA has no effect.'),
            right: false,
            answer: say('It has a clear one. It is its explanation that the controls take away.'),
          },
        ],
      },
      offer: {
        says: say(
          'No run is recorded for more controls: the two halves of KARMA, {gen} and {rec}, and {name}, which holds the weights near their start. The recipe has them beside Action and KARMA: press Run, and compare.',
          {
            gen: fact(() => namedArm('gen').label),
            rec: fact(() => namedArm('rec').label),
            name: fact(() => WITHOUT_TEXT.label),
          },
        ),
        button: message('Open the recipe'),
        opens: { preset: RUN, spec: controls() },
      },
    },
  ],
  takeAway: claim(
    all(goes(0.75, 9), above(constant(0.1), drift.kl)),
    say('A control decides what a result means: here any text keeps the language, and so does a penalty without the text.'),
    say('A control decides what a result means: here shuffled text goes {driftKept} of the way.', { driftKept }),
  ),
  challenge: say('Open the recipe Strong, and find the smallest λ of +KL that still keeps the language.'),
};
