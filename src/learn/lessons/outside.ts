/** Lesson 6: what an arm keeps where it was never trained. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import {
  above,
  alike,
  all,
  baseline,
  constant,
  final,
  heldOutCount,
  hitDifference,
  not,
  recipeNumber,
  targetsOf,
} from '../quantities';
import { claim, say, term } from '../words';
import { ACTION, arms, hrAtK, K, KARMA } from './common';

const RUN = 'unseen';
const inside = {
  action: final(RUN, ACTION, `warm-hr@${K}`),
  karma: final(RUN, KARMA, `warm-hr@${K}`),
  zero: baseline(RUN, 'zeroShot', K, 'warm'),
};
const outside = {
  action: final(RUN, ACTION, `cold-hr@${K}`),
  karma: final(RUN, KARMA, `cold-hr@${K}`),
  zero: baseline(RUN, 'zeroShot', K, 'cold'),
};
const whole = { action: final(RUN, ACTION, `hr@${K}`), zero: baseline(RUN, 'zeroShot', K) };
const knn = baseline(RUN, 'itemKnn', K, 'cold');
const help = hitDifference(RUN, KARMA, ACTION, K, 'cold');

export const outsideLesson: Lesson = {
  id: 'outside',
  title: message('Where does it leave the store?'),
  minutes: 10,
  goals: [
    say('Test a model where its training data end.'),
    say('Explain how fine-tuning can cost what the base model could already do.'),
  ],
  steps: [
    {
      id: 'predict-outside',
      title: message('Closed departments'),
      says: [
        say(
          'For this run {departments} departments of the shop were closed during training: no item of them was a target, and none stood in a training history. At test time they are open. Of the test users, {targets} have their next item there.',
          { departments: heldOutCount(RUN), targets: targetsOf(RUN, 'cold') },
        ),
        say(
          'The base model knows those items by their texts. Without any training (<zeroShot>zero-shot</zeroShot>) its {hrAtK} is {outsideZero} there, and {insideZero} in the open departments.',
          { zeroShot: term('zeroShot'), hrAtK, outsideZero: outside.zero, insideZero: inside.zero },
        ),
      ],
      figure: { run: RUN, panels: ['ranking'], measure: 'hr', k: K, split: 'cold' },
      predict: {
        kind: 'pick',
        question: {
          id: 'outside-rank',
          asks: say('After {steps} steps in the open departments, how well does Action rank in the closed ones?', {
            steps: recipeNumber(RUN, ({ training }) => training.steps),
          }),
          options: [
            {
              text: say('Better than zero-shot: it has learned to recommend'),
              right: above(outside.action, outside.zero),
              answer: say('It has {outsideAction}, zero-shot {outsideZero}.', {
                outsideAction: outside.action,
                outsideZero: outside.zero,
              }),
            },
            {
              text: say('About as well: it learned nothing of them, and lost nothing'),
              right: all(not(above(outside.action, outside.zero)), above(outside.action, constant(0.05))),
              answer: say('It has {outsideAction}, zero-shot {outsideZero}.', {
                outsideAction: outside.action,
                outsideZero: outside.zero,
              }),
            },
            {
              text: say('Much worse: it unlearned what it could'),
              right: all(above(outside.zero, outside.action), not(above(outside.action, constant(0.05)))),
              answer: say('It has {outsideAction}, zero-shot {outsideZero}.', {
                outsideAction: outside.action,
                outsideZero: outside.zero,
              }),
            },
          ],
        },
      },
      then: [
        claim(
          above(outside.zero, outside.action),
          say(
            'In the closed departments {hrAtK} falls from {outsideZero} to {outsideAction}. Training made the model worse there than no training.',
            { hrAtK, outsideZero: outside.zero, outsideAction: outside.action },
          ),
          say('In the closed departments Action has {outsideAction}, zero-shot {outsideZero}.', {
            outsideAction: outside.action,
            outsideZero: outside.zero,
          }),
        ),
      ],
    },
    {
      id: 'inside',
      title: message('Inside, a success'),
      says: [
        claim(
          all(above(inside.action, inside.zero), above(whole.action, whole.zero)),
          say(
            'In the open departments Action goes from {insideZero} to {insideAction}. Over all targets it goes from {wholeZero} to {wholeAction}: one number over everything hides the loss.',
            { insideZero: inside.zero, insideAction: inside.action, wholeZero: whole.zero, wholeAction: whole.action },
          ),
          say(
            'In the open departments zero-shot has {insideZero}, Action {insideAction}. Over all targets it is {wholeZero} and {wholeAction}.',
            { insideZero: inside.zero, insideAction: inside.action, wholeZero: whole.zero, wholeAction: whole.action },
          ),
        ),
        say('Choose *cold* and *warm* among the targets above the chart, and compare the two pictures.'),
      ],
      figure: { run: RUN, panels: ['ranking'], measure: 'hr', k: K, split: 'warm' },
      check: {
        id: 'one-number',
        asks: say('A report gives {hrAtK} over all targets alone, and it rose. What may be hidden?', { hrAtK }),
        options: [
          {
            text: say('Nothing: the mean rose, so users are better off.'),
            right: false,
            answer: say('Some are. Others, whose next item is where nobody was trained, lose.'),
          },
          {
            text: say('A loss for some targets, outweighed by a gain for others'),
            right: true,
            answer: say('Split the targets by what training could know of them.'),
          },
        ],
      },
    },
    {
      id: 'karma-outside',
      title: message('Does KARMA stay?'),
      says: [
        say(
          'KARMA must keep its prediction readable as text, and the text of a closed department’s item is no different from others. One could hope that this keeps the way open.',
        ),
        claim(
          all(above(outside.zero, outside.karma), alike(help)),
          say(
            'It cannot be shown here. KARMA has {outsideKarma} there, Action {outsideAction}; the difference, {help}, is not distinguishable from zero. Both are far below zero-shot.',
            { outsideKarma: outside.karma, outsideAction: outside.action, help },
          ),
          say('KARMA has {outsideKarma} there, Action {outsideAction}, zero-shot {outsideZero}. KARMA − Action is {help}.', {
            outsideKarma: outside.karma,
            outsideAction: outside.action,
            outsideZero: outside.zero,
            help,
          }),
        ),
      ],
      figure: { run: RUN, panels: ['ranking', 'texts'], measure: 'hr', k: K, split: 'cold', play: true },
    },
    {
      id: 'why',
      title: message('Why it forgets'),
      says: [
        say(
          'Both <arms>arms</arms> train a projection of item texts and of histories so that the items of training fit. Items that never occur are not held anywhere: they move along with whatever moves the others.',
          { arms },
        ),
        say(
          'Kumar and colleagues showed this for image models: fine-tuning fits the training data by distorting features, and does worse than a frozen model on data from elsewhere.',
        ),
        say(
          'The figure draws items and users in one plane, before and after. Move the step. Do not expect to see the loss: the line under the figure says how little of h the plane holds.',
        ),
      ],
      figure: { run: RUN, panels: ['plane'], play: true },
      check: {
        id: 'remedy',
        asks: say('Which change would you try first to keep the closed departments?'),
        options: [
          {
            text: say('More training steps'),
            right: false,
            answer: say('They fit the open departments better, and move the others further.'),
          },
          {
            text: say('A lower rate, fewer steps, or fewer trained weights'),
            right: true,
            answer: say(
              'Whatever keeps the model near its start keeps what the start could do. It costs some of the gain inside.',
            ),
          },
          { text: say('A larger K'), right: false, answer: say('That changes the measure, not the model.') },
        ],
      },
    },
    {
      id: 'ids',
      title: message('It could be worse'),
      says: [
        say('Item-kNN recommends what the same users took. It knows items by their IDs alone.'),
        claim(
          above(outside.action, knn),
          say(
            'In the closed departments it has {knn}: an item without a past does not exist for it. A model that reads texts can at least begin.',
            { knn },
          ),
          say('In the closed departments it has {knn}, Action {outsideAction}.', { knn, outsideAction: outside.action }),
        ),
      ],
      figure: { run: RUN, panels: ['rankingOverK'], measure: 'hr', k: K, split: 'cold' },
    },
  ],
  takeAway: claim(
    all(above(outside.zero, outside.action), above(inside.action, inside.zero)),
    say('Fine-tuning can distort features that generalise: measure also where the training data end.'),
    say(
      'Measure also where the training data end: here Action has {outsideAction} outside and {insideAction} inside, zero-shot {outsideZero} and {insideZero}.',
      { outsideAction: outside.action, insideAction: inside.action, outsideZero: outside.zero, insideZero: inside.zero },
    ),
  ),
  challenge: say(
    'Open the recipe Unseen departments and find a setting that gains inside and stays at half of zero-shot or more outside.',
  ),
};
