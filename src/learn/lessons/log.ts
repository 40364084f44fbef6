/** Lesson 8: from one's own file to a defensible conclusion. */
import { message } from '../../words/words';
import { PRESETS } from '../../recipe/presets';
import type { Lesson } from '../lesson';
import {
  above,
  alike,
  all,
  baseline,
  baselineDifference,
  final,
  hitDifference,
  logNumber,
  positive,
  recipeNumber,
} from '../quantities';
import { claim, say } from '../words';
import { ACTION, HR, hrAtK, K, KARMA } from './common';

const RUN = 'quick';
const hr = { action: final(RUN, ACTION, HR), karma: final(RUN, KARMA, HR) };
const knn = baseline(RUN, 'itemKnn', K);
const popular = baseline(RUN, 'popularity', K);
const start = baseline(RUN, 'start', K);
const gained = baselineDifference(RUN, ACTION, 'start', K);
const overKnn = baselineDifference(RUN, ACTION, 'itemKnn', K);
const difference = hitDifference(RUN, KARMA, ACTION, K);

export const log: Lesson = {
  id: 'log',
  title: message('Your own log'),
  minutes: 15,
  goals: [
    say('Bring a log of your own, and know what to distrust in it.'),
    say('Write the sentence that your result allows, and not more.'),
  ],
  steps: [
    {
      id: 'file',
      title: message('What a log must have'),
      says: [
        say(
          'Three columns suffice: who, what, and when. A title for every item is what the language model reads; without it the model has nothing but names. MovieLens, Amazon Reviews, Steam and others are recognised.',
        ),
        say(
          'Drop a file anywhere on the page, or press Open above. Nothing is uploaded: it stays in this tab. If you have none now, go on with the shop of the other lessons: {users} users, {items} items, {interactions} clicks.',
          { users: logNumber(RUN, 'users'), items: logNumber(RUN, 'items'), interactions: logNumber(RUN, 'interactions') },
        ),
      ],
      figure: { run: RUN, panels: ['verdict'] },
    },
    {
      id: 'audit',
      title: message('Distrust it first'),
      says: [
        say(
          'The dialog that opens a log ends with an audit. Read it before you train. Do later events leak into training? Do a few items make up most clicks? Can the next item be read off the last one? Are there users with one click, or with thousands?',
        ),
        say('Beside this text is the audit of the shop, as its run record keeps it.'),
      ],
      figure: { run: RUN, panels: ['audit'] },
      check: {
        id: 'leak',
        asks: say('Test clicks are older than some training clicks of other users. Why does it matter?'),
        options: [
          {
            text: say('The model may learn from the future what was popular then.'),
            right: true,
            answer: say('In use there is no future to learn from, so the score is too good.'),
          },
          {
            text: say('It does not matter, since the users differ.'),
            right: false,
            answer: say('What was in fashion is the same for all users.'),
          },
          { text: say('Training takes longer.'), right: false, answer: say('The score is what suffers.') },
        ],
      },
    },
    {
      id: 'baselines',
      title: message('What must be beaten?'),
      says: [
        say(
          'Before a large model, ask what simple ones do. *Popularity* gives everyone the same list. *Item-kNN* counts who took what together. And the *untrained start* is the ranking from which the arms begin, before any step.',
        ),
      ],
      figure: { run: RUN, panels: ['ranking', 'rankingOverK'], measure: 'hr', k: K },
      predict: {
        kind: 'pick',
        question: {
          id: 'strongest',
          asks: say('In the run *Quick*, who has the highest {hrAtK}?', { hrAtK }),
          options: [
            {
              text: say('The fine-tuned language model, ahead of its untrained start'),
              right: all(positive(gained), above(hr.action, knn)),
              answer: say('Action has {hrAction}, the untrained start {start}. The difference is {gained}.', {
                hrAction: hr.action,
                start,
                gained,
              }),
            },
            {
              text: say('The fine-tuned language model and its untrained start: they cannot be told apart'),
              right: all(alike(gained), above(hr.action, knn), above(start, knn), above(knn, popular)),
              answer: say('Action has {hrAction}, the untrained start {start}, item-kNN {knn}, popularity {popular}.', {
                hrAction: hr.action,
                start,
                knn,
                popular,
              }),
            },
            {
              text: say('Item-kNN'),
              right: above(knn, hr.action),
              answer: say('Item-kNN has {knn}, Action {hrAction}.', { knn, hrAction: hr.action }),
            },
          ],
        },
      },
      then: [
        claim(
          all(positive(overKnn), above(start, knn)),
          say(
            'Action beats item-kNN by {overKnn}, and looks good. But its untrained start does so too: what training added is {gained}. A claim that fine-tuning recommends well must name the start as well as the counting.',
            { overKnn, gained },
          ),
          say('Action − item-kNN is {overKnn}, Action − untrained start {gained}.', { overKnn, gained }),
        ),
      ],
    },
    {
      id: 'quick',
      title: message('A quick run, then seeds'),
      says: [
        say('Start with *Quick*: {steps} steps tell whether everything works, on two processor cores as well.', {
          steps: recipeNumber(RUN, ({ training }) => training.steps),
        }),
        claim(
          alike(difference),
          say(
            'They tell no more. In the recorded one KARMA − Action in {hrAtK} is {difference}: not distinguishable. Then plan: choose the rate for each arm, and run at least three seeds in *Grid*.',
            { hrAtK, difference },
          ),
          say(
            'In the recorded one KARMA − Action in {hrAtK} is {difference}. Then plan: choose the rate for each arm, and run at least three seeds in *Grid*.',
            { hrAtK, difference },
          ),
        ),
      ],
      figure: { run: RUN, panels: ['ranking', 'losses'], measure: 'hr', k: K, play: true },
      check: {
        id: 'loss-rank',
        asks: say('The training loss of one arm is lower. Does it rank better?'),
        options: [
          {
            text: say('Yes: the loss is about the next item.'),
            right: false,
            answer: say(
              'Not for that reason. The loss is on training batches. Users at test time are another matter, and so are ranks.',
            ),
          },
          {
            text: say('Not necessarily: look at the ranking of test users.'),
            right: true,
            answer: say('Lower loss is not better ranking.'),
          },
        ],
      },
      offer: {
        says: say('Put *Quick* on the page, with the log that you opened, and press Run.'),
        button: message('Open the recipe Quick'),
        opens: { preset: RUN, spec: PRESETS.find(({ id }) => id === RUN)!.spec },
      },
    },
    {
      id: 'write',
      title: message('Write it down'),
      says: [
        say(
          '*Methods* writes the paragraph that a paper needs from what was run, not from memory. *Export* saves run, recipe and models, so that others can repeat it, and its *Reproducibility checklist* answers from the run what reviewers ask.',
        ),
        claim(
          alike(difference),
          say(
            'The verdict beside this text says what the run *Quick* allows: KARMA {hrKarma}, Action {hrAction}, not distinguishable; one seed; behaviour simulated. Everything stronger would be yours, not the run’s.',
            { hrKarma: hr.karma, hrAction: hr.action },
          ),
          say(
            'The verdict beside this text says what the run *Quick* allows: KARMA {hrKarma}, Action {hrAction}, a difference of {difference}; one seed; behaviour simulated.',
            { hrKarma: hr.karma, hrAction: hr.action, difference },
          ),
        ),
      ],
      figure: { run: RUN, panels: ['verdict'] },
      check: {
        id: 'checklist',
        asks: say('Which of these belongs into every report of such a comparison?'),
        options: [
          {
            text: say('Seeds, how the rate was chosen, the baselines, and an interval'),
            right: true,
            answer: say('With these a reader can judge the rest.'),
          },
          { text: say('The best seed'), right: false, answer: say('The best of several is luck. Report all of them.') },
          { text: say('The final training loss'), right: false, answer: say('It does no harm, and says little about ranking.') },
        ],
      },
    },
  ],
  takeAway: say('Write the sentence that the verdict allows: with its baselines, its seeds and its interval.'),
  challenge: say('Bring a log, run Quick, and find out which baseline your language model beats.'),
};
