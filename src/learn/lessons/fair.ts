/** Lesson 3: compare arms with each at its best. */
import type { Lesson } from '../lesson';
import {
  above,
  all,
  alike,
  bestRate,
  constant,
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

const RUN = 'tuned';
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
  title: 'Was it fair?',
  minutes: 12,
  goals: [
    say`See how one setting, the same for all, can decide a comparison.`,
    say`Tell a method that widens what works from one that raises the best.`,
  ],
  steps: [
    {
      id: 'action-over-rates',
      title: 'The rate was too high',
      says: [
        say`In *Watch it collapse* both arms trained at the rate ${rateOf('collapse')}. That is ${ratio(rateOf('collapse'), rateOf(RUN))} times ${rateOf(RUN)}, at which they rank best on validation targets. So what happens in between?`,
        say`These runs were made beforehand: the same shop, ${seedCount} seeds at each rate. ${hrAtK} without any training (${term('zeroShot', 'zero-shot')}) is ${zeroShot}. On the axes, small rates are written like ${constant(0.004)}, which is ${placeText(0.004)}.`,
      ],
      figure: { panels: ['sweep'], arms: [ACTION] },
      predict: {
        kind: 'curve',
        over: 'sweep',
        arm: ACTION,
        measure: HR,
        asks: say`Draw how well Action ranks at each learning rate.`,
        why: {
          id: 'why-falls',
          asks: say`Why does the curve of Action fall at high rates?`,
          options: [
            {
              text: say`Its steps are too long: they destroy what the base model knew before the task is learned.`,
              right: true,
              answer: say`Yes. You saw it: language and attention break down in the first steps, and ranking with them.`,
            },
            {
              text: say`At a high rate there are too few steps to learn from.`,
              right: false,
              answer: say`No. All runs took the same number of steps.`,
            },
            {
              text: say`Chance: a seed went wrong.`,
              right: false,
              answer: say`No. Each point is the mean of ${seedCount} seeds, and the interval at the highest rate is narrow.`,
            },
          ],
        },
      },
      then: [
        claim(
          above(meanAt(ACTION, 0.004, HR), meanAt(ACTION, 'largest', HR)),
          say`Action ranks at ${meanAt(ACTION, 0.004, HR)} with the rate ${placeText(0.004)}, and at ${top.action} with ${placeText('largest')}, where zero-shot has ${zeroShot}.`,
          say`Action has ${meanAt(ACTION, 0.004, HR)} at ${placeText(0.004)} and ${top.action} at ${placeText('largest')}.`,
        ),
      ],
    },
    {
      id: 'karma-over-rates',
      title: 'And KARMA?',
      says: [say`KARMA saw the same batches at the same rates. You know that it ends ahead of Action at the highest one.`],
      figure: { panels: ['sweep'], arms: [ACTION, KARMA] },
      predict: {
        kind: 'curve',
        over: 'sweep',
        arm: KARMA,
        measure: HR,
        asks: say`Now draw how well KARMA ranks at each learning rate.`,
        why: {
          id: 'where-differ',
          asks: say`At how many of the rates can the arms be told apart in ${hrAtK}?`,
          options: [
            {
              text: say`At none`,
              right: alike(difference),
              answer: say`At the highest rate the difference is ${difference}.`,
            },
            {
              text: say`At the highest alone`,
              right: all(positive(difference), ...below.map(alike)),
              answer: say`At the highest rate it is ${difference}. At ${placeText(BELOW[0])} it is ${below[0]!}: the interval holds zero.`,
            },
            {
              text: say`At all of them`,
              right: not(all(...below.map(alike))),
              answer: say`At ${placeText(BELOW[1])} the difference is ${below[1]!}: the interval holds zero.`,
            },
          ],
        },
      },
    },
    {
      id: 'own-best',
      title: 'Each at its own best',
      says: [
        claim(
          all(positive(difference), ...below.map(alike)),
          say`The lead of KARMA is there at ${placeText('largest')} and nowhere else: ${difference}. At half that rate it is ${below[0]!}, then ${below[1]!} and ${below[2]!}.`,
          say`KARMA − Action from the highest rate down: ${difference}, ${below[0]!}, ${below[1]!}, ${below[2]!}.`,
        ),
        say`A fair comparison gives each arm the rate that suits it, chosen on validation targets and not on those that it is judged by. Action is best at ${bestRate(ACTION)}, KARMA at ${bestRate(KARMA)}.`,
        claim(
          alike(best),
          say`There Action has ${meanAtBest(ACTION, HR)} and KARMA ${meanAtBest(KARMA, HR)}. The difference, ${best}, is not distinguishable from zero.`,
          say`There Action has ${meanAtBest(ACTION, HR)} and KARMA ${meanAtBest(KARMA, HR)}. The difference is ${best}.`,
        ),
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'choose-rate',
        asks: say`Why not choose the rate by the test targets?`,
        options: [
          {
            text: say`The arm with more rates to choose from would look better by luck.`,
            right: true,
            answer: say`Right. Picking the largest of several noisy numbers overstates it. Choose on one set of targets, report on another.`,
          },
          {
            text: say`Test targets are harder.`,
            right: false,
            answer: say`They may be, but that is no reason. The reason is that a choice and its judgement must not share their noise.`,
          },
          {
            text: say`It makes no difference.`,
            right: false,
            answer: say`It does: the largest of several noisy numbers is too large on average.`,
          },
        ],
      },
    },
    {
      id: 'one-run',
      title: 'One tuned run',
      says: [
        say`This is the recorded run *Tuned*: the arms at the rate ${rateOf(RUN)}, one seed, ${recipeNumber(RUN, ({ training }) => training.steps)} steps.`,
        claim(
          alike(single),
          say`Action ends at ${hr.action}, KARMA at ${hr.karma}. The paired difference over users is ${single}: this run cannot tell them apart either.`,
          say`Action ends at ${hr.action}, KARMA at ${hr.karma}. The paired difference over users is ${single}.`,
        ),
      ],
      figure: { run: RUN, panels: ['ranking', 'attention'], arms: [ACTION, KARMA], measure: 'hr', k: K, play: true },
    },
    {
      id: 'what-stays',
      title: 'What stays',
      says: [say`So ranking is a draw. Attention looks sound in both arms. What about the language?`],
      figure: { run: RUN, panels: ['texts', 'collapse'], charts: ['domainDrift'], arms: [ACTION, KARMA], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'language-tuned',
          asks: say`At its best rate, does Action keep the language of the base model?`,
          options: [
            {
              text: say`Yes, as KARMA does`,
              right: not(above(drift.action, drift.karma)),
              answer: say`Its loss on texts that no arm trains on changed by ${drift.action}, that of KARMA by ${drift.karma}.`,
            },
            {
              text: say`No, it forgets part of it`,
              right: above(drift.action, drift.karma),
              answer: say`Its loss on texts that no arm trains on changed by ${drift.action}, that of KARMA by ${drift.karma}.`,
            },
          ],
        },
      },
      then: [
        claim(
          all(above(drift.action, drift.karma), not(alike(bestDrift))),
          say`Action goes on from the first prompt with ${written(RUN, ACTION, 0)}, KARMA with ${written(RUN, KARMA, 0)}. Over the seeds, each arm at its best rate, the difference in ${term('lmDrift', 'LM drift')} is ${bestDrift}.`,
          say`Action goes on from the first prompt with ${written(RUN, ACTION, 0)}, KARMA with ${written(RUN, KARMA, 0)}. The difference in ${term('lmDrift', 'LM drift')} over the seeds is ${bestDrift}.`,
        ),
      ],
    },
    {
      id: 'conclude',
      title: 'What you may write',
      says: [
        say`The text terms make training more forgiving: a rate that ruins Action leaves KARMA working. They keep the language at every rate. At the tuned rate they do not rank better.`,
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'sentence',
        asks: say`Which sentence do these runs allow?`,
        options: [
          {
            text: say`KARMA improves the ranking.`,
            right: false,
            answer: say`Only where the rate is too high for Action. At each arm’s best rate the difference is ${best}.`,
          },
          {
            text: say`KARMA works over a wider range of rates, at no measurable gain in the best ranking.`,
            right: all(positive(difference), alike(best)),
            answer: say`Yes. Both halves matter: leave out the second, and the reader expects a better recommender.`,
          },
          {
            text: say`KARMA is useless.`,
            right: false,
            answer: say`No. It keeps the language, and it forgives a rate that is ${ratio(rateOf('collapse'), rateOf(RUN))} times too high. Who cannot tune may want that.`,
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(positive(difference), alike(best)),
    say`Compare arms where each is at its best: a regulariser that widens what works is worth something, and is not the same as a better optimum.`,
    say`Compare arms where each is at its best: in the runs shown the difference there is ${best}, at the highest rate ${difference}.`,
  ),
  challenge: say`Find a learning rate at which Action still works and KARMA does not rank distinguishably better.`,
};
