/** Lesson 3: compare arms with each at its best. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import {
  above,
  all,
  alike,
  bestRate,
  differenceAt,
  differenceAtBest,
  final,
  hitDifference,
  meanAt,
  meanAtBest,
  not,
  placeText,
  positive,
  rateOf,
  ratio,
  recipeNumber,
  seedCount,
  sweepBase,
  written,
} from '../quantities';
import { claim, say, term } from '../words';
import { ACTION, HR, hrAtK, K, KARMA } from './common';

const RUN = 'strong';
const top = { action: meanAt(ACTION, 'largest', HR), karma: meanAt(KARMA, 'largest', HR) };
const difference = differenceAt(KARMA, ACTION, 'largest', HR);
/** The other rates of the sweep, from the largest down. */
const BELOW = [0.008, 0.004, 0.002] as const;
const below = BELOW.map((rate) => differenceAt(KARMA, ACTION, rate, HR));
const best = differenceAtBest(KARMA, ACTION, HR);
const hr = { action: final(RUN, ACTION, HR), karma: final(RUN, KARMA, HR) };
const single = hitDifference(RUN, KARMA, ACTION, K);
const drift = { action: final(RUN, ACTION, 'domainDrift'), karma: final(RUN, KARMA, 'domainDrift') };
const bestDrift = differenceAtBest(KARMA, ACTION, 'lmDrift');
const zeroShot = sweepBase(HR);

export const fair: Lesson = {
  id: 'fair',
  title: message('Was it fair?'),
  minutes: 12,
  goals: [
    say('See how one setting, the same for all, can decide a comparison.'),
    say('Tell a method that widens what works from one that raises the best.'),
  ],
  steps: [
    {
      id: 'action-over-rates',
      title: message('The rate was too high'),
      says: [
        say(
          'In *Watch it collapse* both arms trained at the rate {rate}. That is {times} times {rate2}, at which they rank best on validation targets. So what happens in between?',
          { rate: rateOf('collapse'), times: ratio(rateOf('collapse'), rateOf(RUN)), rate2: rateOf(RUN) },
        ),
        say(
          'These runs were made beforehand: the same shop, {seedCount} seeds at each rate. {hrAtK} without any training (<zeroShot>zero-shot</zeroShot>) is {zeroShot2}.',
          { seedCount, hrAtK, zeroShot: term('zeroShot'), zeroShot2: zeroShot },
        ),
      ],
      figure: { panels: ['sweep'], arms: [ACTION] },
      predict: {
        kind: 'curve',
        over: 'sweep',
        arm: ACTION,
        measure: HR,
        asks: say('Draw how well Action ranks at each learning rate.'),
        why: {
          id: 'why-falls',
          asks: say('Why does the curve of Action fall at high rates?'),
          options: [
            {
              text: say('Its steps are too long: they destroy what the base model knew before the task is learned.'),
              right: true,
              answer: say('You saw it: language and attention break down in the first steps, and ranking with them.'),
            },
            {
              text: say('At a high rate there are too few steps to learn from.'),
              right: false,
              answer: say('All runs took the same number of steps.'),
            },
            {
              text: say('Chance: a seed went wrong.'),
              right: false,
              answer: say('Each point is the mean of {seedCount} seeds, and the interval at the highest rate is narrow.', {
                seedCount,
              }),
            },
          ],
        },
      },
      then: [
        claim(
          above(meanAt(ACTION, 0.004, HR), meanAt(ACTION, 'largest', HR)),
          say(
            'Action ranks at {meanAction} with the rate {rate}, and at {topAction} with {rate2}, where zero-shot has {zeroShot}.',
            {
              meanAction: meanAt(ACTION, 0.004, HR),
              rate: placeText(0.004),
              topAction: top.action,
              rate2: placeText('largest'),
              zeroShot,
            },
          ),
          say('Action has {meanAction} at {rate} and {topAction} at {rate2}.', {
            meanAction: meanAt(ACTION, 0.004, HR),
            rate: placeText(0.004),
            topAction: top.action,
            rate2: placeText('largest'),
          }),
        ),
      ],
    },
    {
      id: 'karma-over-rates',
      title: message('And KARMA?'),
      says: [say('KARMA saw the same batches at the same rates. You know that it ends ahead of Action at the highest one.')],
      figure: { panels: ['sweep'], arms: [ACTION, KARMA] },
      predict: {
        kind: 'curve',
        over: 'sweep',
        arm: KARMA,
        measure: HR,
        asks: say('Now draw how well KARMA ranks at each learning rate.'),
        why: {
          id: 'where-differ',
          asks: say('At how many of the rates can the arms be told apart in {hrAtK}?', { hrAtK }),
          options: [
            {
              text: say('At none'),
              right: alike(difference),
              answer: say('At the highest rate the difference is {difference}.', { difference }),
            },
            {
              text: say('At the highest alone'),
              right: all(positive(difference), ...below.map(alike)),
              answer: say('At the highest rate it is {difference}. At {rate} it is {below0}: the interval holds zero.', {
                difference,
                rate: placeText(BELOW[0]),
                below0: below[0]!,
              }),
            },
            {
              text: say('At all of them'),
              right: not(all(...below.map(alike))),
              answer: say('At {rate} the difference is {below1}: the interval holds zero.', {
                rate: placeText(BELOW[1]),
                below1: below[1]!,
              }),
            },
          ],
        },
      },
    },
    {
      id: 'own-best',
      title: message('Each at its own best'),
      says: [
        claim(
          all(positive(difference), ...below.map(alike)),
          say(
            'The lead of KARMA is there at {rate} and nowhere else: {difference}. At half that rate it is {below0}, then {below1} and {below2}.',
            { rate: placeText('largest'), difference, below0: below[0]!, below1: below[1]!, below2: below[2]! },
          ),
          say('KARMA − Action from the highest rate down: {difference}, {below0}, {below1}, {below2}.', {
            difference,
            below0: below[0]!,
            below1: below[1]!,
            below2: below[2]!,
          }),
        ),
        say(
          'A fair comparison gives each arm the rate that suits it, chosen on validation targets and not on those that it is judged by. Action is best at {bestRateAction}, KARMA at {bestRateKarma}.',
          { bestRateAction: bestRate(ACTION), bestRateKarma: bestRate(KARMA) },
        ),
        claim(
          alike(best),
          say('There Action has {bestAction} and KARMA {bestKarma}. The difference, {best}, is not distinguishable from zero.', {
            bestAction: meanAtBest(ACTION, HR),
            bestKarma: meanAtBest(KARMA, HR),
            best,
          }),
          say('There Action has {bestAction} and KARMA {bestKarma}. The difference is {best}.', {
            bestAction: meanAtBest(ACTION, HR),
            bestKarma: meanAtBest(KARMA, HR),
            best,
          }),
        ),
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'choose-rate',
        asks: say('Why not choose the rate by the test targets?'),
        options: [
          {
            text: say('The arm with more rates to choose from would look better by luck.'),
            right: true,
            answer: say(
              'Picking the largest of several noisy numbers overstates it. Choose on one set of targets, report on another.',
            ),
          },
          {
            text: say('Test targets are harder.'),
            right: false,
            answer: say(
              'They may be, but that is no reason. The reason is that a choice and its judgement must not share their noise.',
            ),
          },
          {
            text: say('It makes no difference.'),
            right: false,
            answer: say('It does: the largest of several noisy numbers is too large on average.'),
          },
        ],
      },
    },
    {
      id: 'one-run',
      title: message('One tuned run'),
      says: [
        say('This is the recorded run *Tuned*: the arms at the rate {rate}, one seed, {steps} steps.', {
          rate: rateOf(RUN),
          steps: recipeNumber(RUN, ({ training }) => training.steps),
        }),
        claim(
          alike(single),
          say(
            'Action ends at {hrAction}, KARMA at {hrKarma}. The paired difference over users is {single}: this run cannot tell them apart either.',
            { hrAction: hr.action, hrKarma: hr.karma, single },
          ),
          say('Action ends at {hrAction}, KARMA at {hrKarma}. The paired difference over users is {single}.', {
            hrAction: hr.action,
            hrKarma: hr.karma,
            single,
          }),
        ),
      ],
      figure: { run: RUN, panels: ['ranking', 'attention'], arms: [ACTION, KARMA], measure: 'hr', k: K, play: true },
    },
    {
      id: 'what-stays',
      title: message('What stays'),
      says: [say('So ranking is a draw. Attention looks sound in both arms. What about the language?')],
      figure: { run: RUN, panels: ['texts', 'collapse'], prompt: 0, charts: ['domainDrift'], arms: [ACTION, KARMA], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'language-tuned',
          asks: say('At its best rate, does Action keep the language of the base model?'),
          options: [
            {
              text: say('Yes, as KARMA does'),
              right: not(above(drift.action, drift.karma)),
              answer: say('Its loss on texts that no arm trains on changed by {driftAction}, that of KARMA by {driftKarma}.', {
                driftAction: drift.action,
                driftKarma: drift.karma,
              }),
            },
            {
              text: say('No, it forgets part of it'),
              right: above(drift.action, drift.karma),
              answer: say('Its loss on texts that no arm trains on changed by {driftAction}, that of KARMA by {driftKarma}.', {
                driftAction: drift.action,
                driftKarma: drift.karma,
              }),
            },
          ],
        },
      },
      then: [
        claim(
          all(above(drift.action, drift.karma), not(alike(bestDrift))),
          say(
            'Action goes on from the first prompt with {writtenAction}, KARMA with {writtenKarma}. Over the seeds, each arm at its best rate, the difference in <lmDrift>LM drift</lmDrift> is {bestDrift}.',
            { writtenAction: written(RUN, ACTION, 0), writtenKarma: written(RUN, KARMA, 0), lmDrift: term('lmDrift'), bestDrift },
          ),
          say(
            'Action goes on from the first prompt with {writtenAction}, KARMA with {writtenKarma}. The difference in <lmDrift>LM drift</lmDrift> over the seeds is {bestDrift}.',
            { writtenAction: written(RUN, ACTION, 0), writtenKarma: written(RUN, KARMA, 0), lmDrift: term('lmDrift'), bestDrift },
          ),
        ),
      ],
    },
    {
      id: 'conclude',
      title: message('What you may write'),
      says: [
        say(
          'The text terms make training more forgiving: a rate that ruins Action leaves KARMA working. They keep the language at every rate. At the tuned rate they do not rank better.',
        ),
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'sentence',
        asks: say('Which sentence do these runs allow?'),
        options: [
          {
            text: say('KARMA improves the ranking.'),
            right: false,
            answer: say('Only where the rate is too high for Action. At each arm’s best rate the difference is {best}.', {
              best,
            }),
          },
          {
            text: say('KARMA works over a wider range of rates, at no measurable gain in the best ranking.'),
            right: all(positive(difference), alike(best)),
            answer: say('Both halves matter: leave out the second, and the reader expects a better recommender.'),
          },
          {
            text: say('KARMA is useless.'),
            right: false,
            answer: say(
              'It keeps the language, and it forgives a rate that is {times} times too high. Those who cannot tune it may want that.',
              { times: ratio(rateOf('collapse'), rateOf(RUN)) },
            ),
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(positive(difference), alike(best)),
    say(
      'Compare arms where each is at its best: a regulariser that widens what works is worth something, and is not the same as a better optimum.',
    ),
    say(
      'Compare arms where each is at its best: in the runs shown the difference there is {best}, at the highest rate {difference}.',
      { best, difference },
    ),
  ),
  challenge: say('Find a learning rate at which Action still works and KARMA does not rank distinguishably better.'),
};
