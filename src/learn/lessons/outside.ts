/** Lesson 6: what an arm keeps where it was never trained. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import {
  above,
  alike,
  all,
  atLeastTimes,
  baseline,
  baselineDifference,
  final,
  heldOutCount,
  hitDifference,
  negative,
  not,
  positive,
  recipeNumber,
  targetsOf,
} from '../quantities';
import { claim, say } from '../words';
import { ACTION, arms, hrAtK, K, KARMA } from './common';

const RUN = 'unseen';
const inside = {
  action: final(RUN, ACTION, `warm-hr@${K}`),
  karma: final(RUN, KARMA, `warm-hr@${K}`),
  start: baseline(RUN, 'start', K, 'warm'),
};
const outside = {
  action: final(RUN, ACTION, `cold-hr@${K}`),
  karma: final(RUN, KARMA, `cold-hr@${K}`),
  start: baseline(RUN, 'start', K, 'cold'),
};
const whole = { action: final(RUN, ACTION, `hr@${K}`), start: baseline(RUN, 'start', K) };
const lost = baselineDifference(RUN, ACTION, 'start', K, 'cold');
const lostKarma = baselineDifference(RUN, KARMA, 'start', K, 'cold');
const gained = baselineDifference(RUN, ACTION, 'start', K, 'warm');
const knn = baseline(RUN, 'itemKnn', K, 'cold');
const help = hitDifference(RUN, KARMA, ACTION, K, 'cold');

export const outsideLesson: Lesson = {
  id: 'outside',
  title: message('What about departments it never saw?'),
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
          'Their texts and categories are known all the same, and both <arms>arms</arms> begin with a ranking that needs no training. Of this untrained start {hrAtK} is {outsideStart} there, and {insideStart} in the open departments.',
          { arms, hrAtK, outsideStart: outside.start, insideStart: inside.start },
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
              text: say('Better than the untrained start: it has learned to recommend'),
              right: above(outside.action, outside.start),
              answer: say('It has {outsideAction}, the untrained start {outsideStart}.', {
                outsideAction: outside.action,
                outsideStart: outside.start,
              }),
            },
            {
              text: say('Somewhat worse: it gives up a little of what it could'),
              right: all(above(outside.start, outside.action), not(atLeastTimes(outside.start, 2, outside.action))),
              answer: say('It has {outsideAction}, the untrained start {outsideStart}.', {
                outsideAction: outside.action,
                outsideStart: outside.start,
              }),
            },
            {
              text: say('Less than half as well: it unlearned what it could'),
              right: atLeastTimes(outside.start, 2, outside.action),
              answer: say('It has {outsideAction}, the untrained start {outsideStart}.', {
                outsideAction: outside.action,
                outsideStart: outside.start,
              }),
            },
          ],
        },
      },
      then: [
        claim(
          negative(lost),
          say(
            'In the closed departments {hrAtK} falls from {outsideStart} to {outsideAction}: {lost}, with its interval over users. Training made the model somewhat worse there than no training.',
            { hrAtK, outsideStart: outside.start, outsideAction: outside.action, lost },
          ),
          say('In the closed departments Action has {outsideAction}, the untrained start {outsideStart}.', {
            outsideAction: outside.action,
            outsideStart: outside.start,
          }),
        ),
      ],
    },
    {
      id: 'inside',
      title: message('Inside, a success'),
      says: [
        claim(
          all(positive(gained), above(whole.action, whole.start)),
          say(
            'In the open departments Action goes from {insideStart} to {insideAction}. Over all targets it goes from {wholeStart} to {wholeAction}: one number over everything hides the loss.',
            { insideStart: inside.start, insideAction: inside.action, wholeStart: whole.start, wholeAction: whole.action },
          ),
          say(
            'In the open departments the untrained start has {insideStart}, Action {insideAction}. Over all targets it is {wholeStart} and {wholeAction}.',
            { insideStart: inside.start, insideAction: inside.action, wholeStart: whole.start, wholeAction: whole.action },
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
          all(above(outside.start, outside.karma), alike(help)),
          say(
            'It cannot be shown here. KARMA has {outsideKarma} there, Action {outsideAction}; the difference, {help}, is not distinguishable from zero. Below the untrained start, {outsideStart}, are both: Action by {lost}, KARMA by {lostKarma}.',
            { outsideKarma: outside.karma, outsideAction: outside.action, help, outsideStart: outside.start, lost, lostKarma },
          ),
          say(
            'KARMA has {outsideKarma} there, Action {outsideAction}, the untrained start {outsideStart}. KARMA − Action is {help}.',
            {
              outsideKarma: outside.karma,
              outsideAction: outside.action,
              outsideStart: outside.start,
              help,
            },
          ),
        ),
      ],
      figure: { run: RUN, panels: ['ranking', 'texts'], measure: 'hr', k: K, split: 'cold', play: true },
    },
    {
      id: 'why',
      title: message('Why it forgets'),
      says: [
        say(
          'Items are compared by features that stay as they are. What is trained is what the model adds to the mean of a history, so that the items of training come to lie near. Nothing in the loss holds those that never occur.',
        ),
        say(
          'Kumar and colleagues showed it for image models: fine-tuning fits the training data by distorting features, and does worse than a frozen model on data from elsewhere. Whether that is the reason here, this run does not say.',
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
            answer: say('They fit the open departments further, and nothing in them speaks for the others.'),
          },
          {
            text: say('A lower rate, fewer steps, or fewer trained weights'),
            right: true,
            answer: say(
              'Whatever keeps the model near its start keeps what the start could do. It may cost some of the gain inside.',
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
    all(negative(lost), positive(gained)),
    say('Fine-tuning can gain inside and lose outside: measure also where the training data end.'),
    say(
      'Measure also where the training data end: here Action has {outsideAction} outside and {insideAction} inside, the untrained start {outsideStart} and {insideStart}.',
      { outsideAction: outside.action, insideAction: inside.action, outsideStart: outside.start, insideStart: inside.start },
    ),
  ),
  challenge: say('Open the recipe Unseen departments and find a setting that gains inside and loses nothing outside.'),
};
