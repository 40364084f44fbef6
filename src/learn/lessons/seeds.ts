/** Lesson 5: one seed is no evidence. Its seeds are those of the grid behind the run that opens the page. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import {
  above,
  adjustedP,
  all,
  alike,
  constant,
  differenceAt,
  hitDifference,
  negative,
  placeText,
  rangeAt,
  seedCount,
  seedsToFind,
  spreadAt,
  percentText,
  signsDiffer,
} from '../quantities';
import { USUAL_POWER } from '../../statistics/power';
import { claim, say } from '../words';
import { ACTION, HR, hrAtK, K, KARMA, sinkRateTerm, SINKS } from './common';

const RUN = 'strong';
const RATE = 5e-4;
const tuned = differenceAt(KARMA, ACTION, RATE, HR);
const range = rangeAt(KARMA, ACTION, RATE, HR);
const sinks = differenceAt(KARMA, ACTION, RATE, SINKS);
const sinkRange = rangeAt(KARMA, ACTION, RATE, SINKS);
const spread = spreadAt(KARMA, ACTION, RATE, HR);
const users = hitDifference(RUN, KARMA, ACTION, K);
const p = { hits: adjustedP(KARMA, ACTION, RATE, HR), sinks: adjustedP(KARMA, ACTION, RATE, SINKS) };
const ALPHA = constant(0.05);
/** The difference to find, as a share: a point of HR. */
const POINT = 0.01;
const needed = seedsToFind(KARMA, ACTION, RATE, HR, POINT);
const neededForHalf = seedsToFind(KARMA, ACTION, RATE, HR, POINT / 2);

export const seeds: Lesson = {
  id: 'seeds',
  title: message('One seed is no evidence'),
  minutes: 10,
  goals: [
    say('Expect how far a result moves when only the seed changes.'),
    say('Read an interval over seeds, and know what an interval over users leaves out.'),
  ],
  steps: [
    {
      id: 'place-seeds',
      title: message('Where will the others fall?'),
      says: [
        say(
          'A seed decides initial values, batches and which texts are drawn. Two arms with the same seed share all of it, so their difference is paired.',
        ),
        say(
          'The run that opens the page is one of {seedCount} of its recipe, at the learning rate {rate}. Its seed, zero, gives one difference of KARMA − Action in {hrAtK}. It is marked on the axis.',
          { seedCount, rate: placeText(RATE), hrAtK },
        ),
      ],
      figure: { panels: ['sweep'] },
      predict: {
        kind: 'seeds',
        treatment: KARMA,
        control: ACTION,
        at: RATE,
        measure: HR,
        asks: say('Place the other seeds where you expect them.'),
        why: {
          id: 'why-spread',
          asks: say('Why do the seeds differ at all, if data and recipe are the same?'),
          options: [
            {
              text: say('Training is a random process: other batches and start values lead to another model.'),
              right: true,
              answer: say('Each seed is a draw from all the models that this recipe could have made.'),
            },
            {
              text: say('The software has an error.'),
              right: false,
              answer: say(
                'Another seed is meant to give another result. The same one draws the same batches and start values again.',
              ),
            },
            {
              text: say('The test users differ.'),
              right: false,
              answer: say('All seeds are judged on the same test users.'),
            },
          ],
        },
      },
      then: [
        claim(
          signsDiffer(KARMA, ACTION, RATE, HR),
          say(
            'They reach from {range}. Some seeds favour KARMA, others Action: whoever ran one seed could have reported either.',
            { range },
          ),
          say('They reach from {range}.', { range }),
        ),
      ],
    },
    {
      id: 'interval',
      title: message('From seeds to an interval'),
      says: [
        say('The mean of the paired differences and its interval say what {seedCount} seeds together allow: {tuned}.', {
          seedCount,
          tuned,
        }),
        claim(
          alike(tuned),
          say('The interval holds zero: the arms cannot be told apart in ranking.'),
          say('The interval leaves zero out.'),
        ),
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'read-interval',
        asks: say('What does an interval that holds zero say?'),
        options: [
          { text: say('The arms are equal.'), right: false, answer: say('It says that equal is one of the possibilities.') },
          {
            text: say('These seeds do not decide which arm is better.'),
            right: true,
            answer: say('The interval says how large a difference could still be.'),
          },
          {
            text: say('The experiment failed.'),
            right: false,
            answer: say('“At most so much” is a result, and often the useful one.'),
          },
        ],
      },
    },
    {
      id: 'clear',
      title: message('When seeds agree'),
      says: [
        claim(
          negative(sinks),
          say(
            'Not everything hides in the noise. In the <sinkRate>item-sink rate</sinkRate> the differences of the same runs reach from {sinkRange}, all on one side: {sinks}.',
            { sinkRate: sinkRateTerm, sinkRange, sinks },
          ),
          say('In the <sinkRate>item-sink rate</sinkRate> the differences of the same runs reach from {sinkRange}: {sinks}.', {
            sinkRate: sinkRateTerm,
            sinkRange,
            sinks,
          }),
        ),
        say('A large effect needs few seeds. A small one needs many, or cannot be had.'),
      ],
      figure: { panels: ['sweep'] },
    },
    {
      id: 'holm',
      title: message('Many comparisons'),
      says: [
        say(
          'Each arm is compared with Action in several measures. Among many comparisons some look striking by luck. Holm’s correction asks more of each, the more there are.',
        ),
        claim(
          all(above(p.hits, ALPHA), above(ALPHA, p.sinks)),
          say(
            'Corrected over the arms, p for KARMA is {pSinks} in the item-sink rate and {pHits} in {hrAtK}: one stands, the other does not.',
            { hrAtK, pSinks: p.sinks, pHits: p.hits },
          ),
          say('Corrected over the arms, p for KARMA is {pSinks} in the item-sink rate and {pHits} in {hrAtK}.', {
            hrAtK,
            pSinks: p.sinks,
            pHits: p.hits,
          }),
        ),
      ],
      figure: { panels: ['sweep'] },
      check: {
        id: 'many',
        asks: say(
          'You compare an arm in twenty unrelated measures, and it differs in none of them really. How many look significant at the usual level?',
        ),
        options: [
          { text: say('None'), right: false, answer: say('The level allows one in twenty to look significant by luck.') },
          {
            text: say('About one'),
            right: true,
            answer: say('So name the measure before you look, or correct for all of them.'),
          },
          { text: say('About half'), right: false, answer: say('That would be a coin. The usual level allows one in twenty.') },
        ],
      },
    },
    {
      id: 'how-many',
      title: message('How many seeds?'),
      says: [
        say(
          'The paired differences spread with a standard deviation of {spread}. Suppose that the arms really differ by {n} point. Whether the interval over some seeds leaves zero out is then partly luck. One usually plans for a chance of {usualPower} that it does.',
          { spread, n: constant(100 * POINT), usualPower: constant(USUAL_POWER, percentText) },
        ),
      ],
      figure: { panels: ['sweep'] },
      predict: {
        kind: 'pick',
        question: {
          id: 'seeds-needed',
          asks: say('How many seeds does that take?'),
          options: [
            {
              text: say('Two'),
              right: (evidence) => near(needed.value(evidence), 0, 2),
              answer: say('By these seeds it takes {needed}.', { needed }),
            },
            {
              text: say('Three to ten'),
              right: (evidence) => near(needed.value(evidence), 3, 10),
              answer: say('By these seeds it takes {needed}.', { needed }),
            },
            {
              text: say('More than ten'),
              right: (evidence) => near(needed.value(evidence), 11, Infinity),
              answer: say('By these seeds it takes {needed}.', { needed }),
            },
          ],
        },
      },
      then: [
        say(
          'Half that difference takes {neededForHalf}, and with many seeds half the difference takes four times as many. Plan the number before you run, from a spread like this one.',
          { neededForHalf },
        ),
      ],
    },
    {
      id: 'users',
      title: message('Users are not seeds'),
      says: [
        say(
          'The recorded run *Strong* is one seed, and it has an interval, too: {users} for KARMA − Action in {hrAtK}. That interval is over test users.',
          { users, hrAtK },
        ),
      ],
      figure: { run: RUN, panels: ['verdict', 'ranking'], arms: [ACTION, KARMA], measure: 'hr', k: K },
      check: {
        id: 'covers',
        asks: say('What does the interval over users not cover?'),
        options: [
          { text: say('Which users were tested'), right: false, answer: say('That is what it covers.') },
          {
            text: say('That another seed gives another model'),
            right: true,
            answer: say(
              'However many users are tested, they judge one model. “One seed” stands under every such sentence of the playground.',
            ),
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(alike(tuned), negative(sinks)),
    say('One seed is an anecdote: pair the arms, run several, and say what the interval leaves open.'),
    say('One seed is an anecdote: over the seeds shown the difference in {hrAtK} is {tuned}.', { hrAtK, tuned }),
  ),
  challenge: say('Use Grid with several seeds and find a pair of recipes whose order turns with the seed.'),
};

function near(value: number | null, from: number, to: number): boolean | null {
  return value === null ? null : value >= from && value <= to;
}
