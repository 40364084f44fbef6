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
  constant,
  differenceAt,
  differenceAtBest,
  final,
  hitDifference,
  meanAt,
  negative,
  not,
  placeText,
  seedCount,
  shareOf,
  written,
} from '../quantities';
import { claim, fact, say, term } from '../words';
import { ACTION, HR, hrAtK, K, KARMA, SHUFFLED, sinkRate, SINKS } from './common';

const RUN = 'strong';
const sinks = {
  action: meanAt(ACTION, 'largest', SINKS),
  karma: meanAt(KARMA, 'largest', SINKS),
  shuffled: meanAt(SHUFFLED, 'largest', SINKS),
};
const sinksKept = shareOf(differenceAt(SHUFFLED, ACTION, 'largest', SINKS), differenceAt(KARMA, ACTION, 'largest', SINKS));
const hrKept = shareOf(differenceAt(SHUFFLED, ACTION, 'largest', HR), differenceAt(KARMA, ACTION, 'largest', HR));
const added = {
  hr: differenceAt(KARMA, SHUFFLED, 'largest', HR),
  hrBest: differenceAtBest(KARMA, SHUFFLED, HR),
  sinks: differenceAt(KARMA, SHUFFLED, 'largest', SINKS),
};
const drift = { action: meanAt(ACTION, 'largest', 'lmDrift'), shuffled: meanAt(SHUFFLED, 'largest', 'lmDrift') };
const single = hitDifference(RUN, KARMA, SHUFFLED, K);
const gen = differenceAt('gen', ACTION, 'largest', SINKS);
const rec = differenceAt('rec', ACTION, 'largest', SINKS);

/** The share of the difference between Action and KARMA that shuffled text achieves. */
function goes(from: number, to: number): Predicate {
  return (evidence) => {
    const share = sinksKept.value(evidence);
    return share === null ? null : share >= from && share < to;
  };
}

/** A control without any text. */
const WITHOUT_TEXT = namedArm('l2');

/** The recipe Collapse with all controls of this lesson, and the missing one. */
function controls(): RunSpec {
  const { spec } = PRESETS.find(({ id }) => id === 'collapse')!;
  return {
    ...spec,
    arms: [...(['action', 'karma', 'shuffled', 'gen', 'rec'] as const).map((name) => namedArm(name)), WITHOUT_TEXT],
  };
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
          'So take a control. *Shuffled text* has the same losses, the same texts and the same cost, but each text belongs to a random other item. At the highest rate the <sinkRate>item-sink rate</sinkRate> of Action is {sinksAction}, that of KARMA {sinksKarma}, in the mean of {seedCount} seeds.',
          { sinkRate, sinksAction: sinks.action, sinksKarma: sinks.karma, seedCount },
        ),
      ],
      figure: { panels: ['sweep'] },
      predict: {
        kind: 'pick',
        question: {
          id: 'where-shuffled',
          asks: say('Where will shuffled text end?'),
          options: [
            {
              text: say('Near Action: a wrong text cannot help'),
              right: goes(-9, 0.25),
              answer: say('It ends at {sinksShuffled}.', { sinksShuffled: sinks.shuffled }),
            },
            {
              text: say('About half way'),
              right: goes(0.25, 0.75),
              answer: say('It ends at {sinksShuffled}.', { sinksShuffled: sinks.shuffled }),
            },
            {
              text: say('Near KARMA: any text will do'),
              right: goes(0.75, 9),
              answer: say('It ends at {sinksShuffled}. That is {sinksKept} of the way from Action to KARMA.', {
                sinksShuffled: sinks.shuffled,
                sinksKept,
              }),
            },
          ],
        },
      },
      then: [
        claim(
          goes(0.75, 9),
          say(
            'Shuffled text goes {sinksKept} of the way in attention, and {hrKept} of the way in {hrAtK}. Most of the effect does not come from the right text.',
            { sinksKept, hrKept, hrAtK },
          ),
          say('Shuffled text goes {sinksKept} of the way in attention, and {hrKept} of the way in {hrAtK}.', {
            sinksKept,
            hrKept,
            hrAtK,
          }),
        ),
      ],
    },
    {
      id: 'language',
      title: message('The language, too'),
      says: [
        say(
          '<lmDrift>LM drift</lmDrift> is the rise of the model’s loss on item texts. At the highest rate it is {driftAction} for Action. Below zero, a model has even learned something.',
          { lmDrift: term('lmDrift'), driftAction: drift.action },
        ),
        claim(
          all(above(drift.action, drift.shuffled), not(above(drift.shuffled, constant(0)))),
          say(
            'At the highest rate shuffled text ends at {driftShuffled}: better than before training, where Action has lost {driftAction}.',
            { driftShuffled: drift.shuffled, driftAction: drift.action },
          ),
          say('At the highest rate shuffled text ends at {driftShuffled}, Action at {driftAction}.', {
            driftShuffled: drift.shuffled,
            driftAction: drift.action,
          }),
        ),
      ],
      figure: { panels: ['sweep'] },
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
        say(
          'What is left for the right text is the difference of KARMA and shuffled text. Each seed gives one difference, and their spread an interval.',
        ),
        claim(
          all(alike(added.hr), alike(added.sinks)),
          say(
            'At {rate} it is {addedHr} in {hrAtK} and {addedSinks} in the <sinkRate>item-sink rate</sinkRate>. Both intervals hold zero: with {seedCount} seeds nothing that the right text adds can be shown.',
            { rate: placeText('largest'), addedHr: added.hr, hrAtK, addedSinks: added.sinks, sinkRate, seedCount },
          ),
          say('At {rate} it is {addedHr} in {hrAtK} and {addedSinks} in the <sinkRate>item-sink rate</sinkRate>.', {
            rate: placeText('largest'),
            addedHr: added.hr,
            hrAtK,
            addedSinks: added.sinks,
            sinkRate,
          }),
        ),
        claim(
          alike(added.hrBest),
          say('Each arm at its best rate: {addedHrBest}, not distinguishable either.', { addedHrBest: added.hrBest }),
          say('Each arm at its best rate: {addedHrBest}.', { addedHrBest: added.hrBest }),
        ),
      ],
      figure: { panels: ['sweep'] },
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
            answer: say('“Not shown” is not “shown to be nothing”. More seeds would narrow it.'),
          },
        ],
      },
    },
    {
      id: 'one-run',
      title: message('In one run'),
      says: [
        say(
          'The recorded run *Tuned* has all three arms. After the first prompt KARMA writes {writtenKarma}, and shuffled text {writtenShuffled}.',
          { writtenKarma: written(RUN, KARMA, 0), writtenShuffled: written(RUN, SHUFFLED, 0) },
        ),
        claim(
          alike(single),
          say(
            'In {hrAtK}, KARMA − shuffled is {single} over users: not distinguishable. KARMA ends at {valueKarma}, shuffled text at {valueShuffled}.',
            { hrAtK, single, valueKarma: final(RUN, KARMA, HR), valueShuffled: final(RUN, SHUFFLED, HR) },
          ),
          say(
            'In {hrAtK}, KARMA − shuffled is {single} over users: KARMA ends at {valueKarma}, shuffled text at {valueShuffled}.',
            { hrAtK, single, valueKarma: final(RUN, KARMA, HR), valueShuffled: final(RUN, SHUFFLED, HR) },
          ),
        ),
      ],
      figure: { run: RUN, panels: ['texts', 'collapse', 'ranking'], prompt: 0, charts: [SINKS, 'domainDrift'], play: true },
    },
    {
      id: 'other-controls',
      title: message('Take one term away'),
      says: [
        say(
          'Another control leaves one of the two text terms out: *+gen* only writes the text, *+rec* only decodes the prediction.',
        ),
        claim(
          all(negative(gen), negative(rec)),
          say(
            'At the highest rate each alone lowers the <sinkRate>item-sink rate</sinkRate> of Action: the difference is {gen} with +gen and {rec} with +rec. Neither is needed for the other’s effect.',
            { sinkRate, gen, rec },
          ),
          say('At the highest rate +gen changes the <sinkRate>item-sink rate</sinkRate> of Action by {gen}, +rec by {rec}.', {
            sinkRate,
            gen,
            rec,
          }),
        ),
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'missing-control',
        asks: say('Which control is still missing, if you want to know whether text is needed at all?'),
        options: [
          {
            text: say('KARMA with a larger λ'),
            right: false,
            answer: say('That makes the same term stronger. It does not take the text away.'),
          },
          {
            text: say('A regulariser without text, such as stronger weight decay or a lower rate for some layers'),
            right: true,
            answer: say(
              'If that did as well, the effect would be about regularising, not about language. Weight decay is a field of the recipe.',
            ),
          },
          {
            text: say('More users'),
            right: false,
            answer: say('That changes the data for all arms, and tells nothing about text.'),
          },
        ],
      },
      offer: {
        says: say(
          'Build it. {name} holds the weights near their start, without any text. The recipe has it at the highest rate beside Action, KARMA, shuffled text, +gen and +rec: set its λ, press Run, and compare.',
          { name: fact(() => WITHOUT_TEXT.label) },
        ),
        button: message('Open the recipe'),
        opens: { preset: 'collapse', spec: controls() },
      },
    },
  ],
  takeAway: claim(
    goes(0.75, 9),
    say(
      'A control decides what a result means: here most of the effect comes from training on text as such, not on the right text.',
    ),
    say('A control decides what a result means: here shuffled text goes {sinksKept} of the way.', { sinksKept }),
  ),
  challenge: say(
    'Open the recipe Strong, leave Action and Shuffled text, and choose a rate at which shuffled text ranks distinguishably better than Action.',
  ),
};
