/** Lesson 3: compare arms at a rate that suits them, and say what is left. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import {
  above,
  all,
  alike,
  atLeastTimes,
  base,
  constant,
  final,
  hitDifference,
  negative,
  not,
  positive,
  rateOf,
  ratio,
  recipeNumber,
  written,
} from '../quantities';
import { claim, say, term } from '../words';
import { ACTION, HR, hrAtK, K, KARMA, sinkRateTerm, SINKS } from './common';

const RUN = 'strong';
const HIGH = 'collapse';
const hr = { action: final(RUN, ACTION, HR), karma: final(RUN, KARMA, HR) };
const difference = hitDifference(RUN, KARMA, ACTION, K);
const differenceHigh = hitDifference(HIGH, KARMA, ACTION, K);
const drift = {
  action: final(RUN, ACTION, 'domainDrift'),
  karma: final(RUN, KARMA, 'domainDrift'),
  high: final(HIGH, ACTION, 'domainDrift'),
};
const sinks = {
  base: base(RUN, SINKS),
  action: final(RUN, ACTION, SINKS),
  karma: final(RUN, KARMA, SINKS),
  high: final(HIGH, ACTION, SINKS),
};
/** On item texts, which KARMA trains on. */
const itemDrift = final(RUN, KARMA, 'lmDrift');
const NONE = constant(0);
const times = ratio(rateOf(HIGH), rateOf(RUN));

export const fair: Lesson = {
  id: 'fair',
  title: message('Was it fair?'),
  minutes: 12,
  goals: [
    say('Ask of every comparison whether its settings suit the arm that loses.'),
    say('Tell what a high rate did from what it only made larger.'),
  ],
  steps: [
    {
      id: 'language',
      title: message('The rate was too high'),
      says: [
        say(
          'In *Watch it collapse* both arms trained at the rate {rate}. That is {times} times {rate2}, a rate that suits ranking. Was Action ruined by its loss, or by a setting that nobody would choose?',
          { rate: rateOf(HIGH), times, rate2: rateOf(RUN) },
        ),
        say(
          'The recorded run *Strong* has the same arms at the lower rate: one seed, {steps} steps. In *Collapse* the loss of Action on texts that no arm trains on (<domainDrift>domain drift</domainDrift>) rose by {driftHigh}.',
          {
            steps: recipeNumber(RUN, ({ training }) => training.steps),
            domainDrift: term('domainDrift'),
            driftHigh: drift.high,
          },
        ),
      ],
      figure: { run: RUN, panels: ['texts', 'collapse'], prompt: 0, charts: ['domainDrift'], arms: [ACTION], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'language-strong',
          asks: say('At the lower rate, does Action keep the language of the base model?'),
          options: [
            {
              text: say('Yes: only the rate was to blame'),
              right: not(above(drift.action, NONE)),
              answer: say('Its loss on texts that no arm trains on changed by {driftAction}.', { driftAction: drift.action }),
            },
            {
              text: say('It loses less, but still forgets'),
              right: all(above(drift.action, NONE), above(drift.high, drift.action)),
              answer: say('Its loss on texts that no arm trains on changed by {driftAction}.', { driftAction: drift.action }),
            },
            {
              text: say('It forgets as much: the rate does not matter'),
              right: not(above(drift.high, drift.action)),
              answer: say('Its loss on texts that no arm trains on changed by {driftAction}.', { driftAction: drift.action }),
            },
          ],
        },
      },
      then: [
        claim(
          all(above(drift.action, NONE), above(drift.high, drift.action)),
          say(
            'The loss of Action still rises by {driftAction}, against {driftHigh} at the rate {times} times as high. The high rate made the damage larger; it is not its only cause.',
            { driftAction: drift.action, driftHigh: drift.high, times },
          ),
          say('The loss of Action changed by {driftAction}, at the high rate by {driftHigh}.', {
            driftAction: drift.action,
            driftHigh: drift.high,
          }),
        ),
      ],
    },
    {
      id: 'sinks',
      title: message('And attention?'),
      says: [
        say(
          'At the high rate the <sinkRate>item-sink rate</sinkRate> of Action ended at {sinksHigh}. The base model has {sinksBase}.',
          { sinkRate: sinkRateTerm, sinksHigh: sinks.high, sinksBase: sinks.base },
        ),
      ],
      figure: { run: RUN, panels: ['collapse', 'attention'], charts: [SINKS], arms: [ACTION], play: true },
      predict: {
        kind: 'curve',
        over: 'steps',
        run: RUN,
        arm: ACTION,
        measure: SINKS,
        asks: say('Draw the item-sink rate of Action at the lower rate.'),
        why: {
          id: 'what-follows',
          asks: say('Sinks grow at both rates. What follows?'),
          options: [
            {
              text: say('They are no accident of one extreme setting.'),
              right: true,
              answer: say('They grew at a rate that one would choose for ranking. One seed at each rate, though.'),
            },
            {
              text: say('Action cannot rank.'),
              right: false,
              answer: say('Sinks say nothing about ranking. That is measured two steps on.'),
            },
            {
              text: say('A lower rate still would not help.'),
              right: false,
              answer: say('It may: no such run is shown.'),
            },
          ],
        },
      },
      then: [
        claim(
          atLeastTimes(sinks.action, 2, sinks.base),
          say('It goes from {sinksBase} to {sinksAction}.', { sinksBase: sinks.base, sinksAction: sinks.action }),
          say('It goes from {sinksBase} to {sinksAction}: there is no strong rise here.', {
            sinksBase: sinks.base,
            sinksAction: sinks.action,
          }),
        ),
      ],
    },
    {
      id: 'karma',
      title: message('And KARMA?'),
      says: [
        say('KARMA saw the same batches at the same rate.'),
        claim(
          all(above(drift.action, drift.karma), not(above(drift.karma, NONE)), not(above(sinks.karma, sinks.base))),
          say(
            'It keeps both: its domain drift is {driftKarma}, its item-sink rate {sinksKarma}. After the first prompt Action writes {writtenAction}, KARMA {writtenKarma}.',
            {
              driftKarma: drift.karma,
              sinksKarma: sinks.karma,
              writtenAction: written(RUN, ACTION, 0),
              writtenKarma: written(RUN, KARMA, 0),
            },
          ),
          say(
            'Its domain drift is {driftKarma}, that of Action {driftAction}; its item-sink rate {sinksKarma}, that of Action {sinksAction}.',
            {
              driftKarma: drift.karma,
              driftAction: drift.action,
              sinksKarma: sinks.karma,
              sinksAction: sinks.action,
            },
          ),
        ),
        claim(
          not(above(itemDrift, NONE)),
          say(
            'Keeping the language need not mean answering as before: on the shop’s own texts KARMA has learned something, its loss changed by {itemDrift} (<lmDrift>LM drift</lmDrift>).',
            { itemDrift, lmDrift: term('lmDrift') },
          ),
          say('On the shop’s own texts its loss changed by {itemDrift} (<lmDrift>LM drift</lmDrift>).', {
            itemDrift,
            lmDrift: term('lmDrift'),
          }),
        ),
      ],
      figure: {
        run: RUN,
        panels: ['texts', 'collapse', 'attention'],
        prompt: 0,
        charts: [SINKS, 'domainDrift'],
        arms: [ACTION, KARMA],
        play: true,
      },
    },
    {
      id: 'ranking',
      title: message('So does KARMA rank better?'),
      says: [say('Action has lost language and attention. It was trained for ranking, and KARMA for three things at once.')],
      figure: { run: RUN, panels: ['ranking'], arms: [ACTION, KARMA], measure: 'hr', k: K, play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'who-ranks',
          asks: say('Which arm has the higher {hrAtK} at the end?', { hrAtK }),
          options: [
            {
              text: say('Action'),
              right: negative(difference),
              answer: say('The difference is {difference}, with its interval over users.', { difference }),
            },
            {
              text: say('KARMA'),
              right: positive(difference),
              answer: say('The difference is {difference}, with its interval over users.', { difference }),
            },
            {
              text: say('They cannot be told apart'),
              right: alike(difference),
              answer: say('The difference is {difference}, with its interval over users.', { difference }),
            },
          ],
        },
      },
      then: [
        claim(
          all(alike(difference), alike(differenceHigh)),
          say(
            'Action ends at {hrAction}, KARMA at {hrKarma}: {difference}. At the high rate it was {differenceHigh}. Neither run can tell the arms apart in ranking.',
            { hrAction: hr.action, hrKarma: hr.karma, difference, differenceHigh },
          ),
          say('Action ends at {hrAction}, KARMA at {hrKarma}: {difference}. At the high rate it was {differenceHigh}.', {
            hrAction: hr.action,
            hrKarma: hr.karma,
            difference,
            differenceHigh,
          }),
        ),
      ],
    },
    {
      id: 'conclude',
      title: message('What you may write'),
      says: [
        say(
          'A fair comparison gives each arm a rate that suits it, chosen on validation targets and not on those that it is judged by. Here both arms share one rate in each run, and each run is one seed. Beside this text is the verdict of *Collapse*, at the high rate.',
        ),
      ],
      figure: { run: HIGH, panels: ['verdict'] },
      check: {
        id: 'sentence',
        asks: say('Which sentence do these two runs allow?'),
        options: [
          {
            text: say('KARMA improves the ranking.'),
            right: false,
            answer: say('The differences are {difference} and, at the high rate, {differenceHigh}.', {
              difference,
              differenceHigh,
            }),
          },
          {
            text: say('At both rates KARMA keeps more of language and attention, at no measurable difference in ranking.'),
            right: all(
              above(drift.action, drift.karma),
              above(sinks.action, sinks.karma),
              alike(difference),
              alike(differenceHigh),
            ),
            answer: say('Both halves matter: leave out the second, and the reader expects a better recommender.'),
          },
          {
            text: say('The collapse came from the rate alone.'),
            right: false,
            answer: say('At the lower rate Action still forgets ({driftAction}), and its item-sink rate ends at {sinksAction}.', {
              driftAction: drift.action,
              sinksAction: sinks.action,
            }),
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(alike(difference), above(drift.action, drift.karma), above(sinks.action, sinks.karma)),
    say('Compare arms at a rate that suits them: here the damage to language and attention stays, and ranking is a draw.'),
    say(
      'Compare arms at a rate that suits them: in the run shown the difference in ranking is {difference}, domain drift {driftAction} and {driftKarma}.',
      { difference, driftAction: drift.action, driftKarma: drift.karma },
    ),
  ),
  challenge: say('Find a learning rate at which Action keeps its language, and see what it costs in ranking.'),
};
