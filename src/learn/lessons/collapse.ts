/**
 * Lesson 2: at a rate that is too high, the action loss alone costs attention and language, and ranking does
 * not show it.
 */
import { compact } from '../../readings/format';
import { message } from '../../words/words';
import { REAL_MODEL } from '../../recipe/realLlm';
import type { Lesson } from '../lesson';
import {
  above,
  all,
  alike,
  at,
  atLeastTimes,
  base,
  baseline,
  baselineDifference,
  constant,
  final,
  inHead,
  hitDifference,
  not,
  parametersOf,
  positive,
  promptText,
  rateOf,
  ratio,
  recipeNumber,
  written,
} from '../quantities';
import { claim, fact, say, term } from '../words';
import { ACTION, arms, HR, hrAtK, K, KARMA, sinkRateTerm, SINKS } from './common';

const RUN = 'collapse';
const sinks = { action: final(RUN, ACTION, SINKS), karma: final(RUN, KARMA, SINKS), base: base(RUN, SINKS) };
const bos = { action: final(RUN, ACTION, 'firstAlpha'), base: base(RUN, 'firstAlpha') };
/** The head that the second step shows. */
const HEAD = [1, 3] as const;
const striped = { action: inHead(RUN, ACTION, 'barcode', ...HEAD), base: inHead(RUN, 'base', 'barcode', ...HEAD) };
const drift = { action: final(RUN, ACTION, 'domainDrift'), karma: final(RUN, KARMA, 'domainDrift') };
const hr = { action: final(RUN, ACTION, HR), karma: final(RUN, KARMA, HR) };
const start = baseline(RUN, 'start', K);
const gained = baselineDifference(RUN, ACTION, 'start', K);
const difference = hitDifference(RUN, KARMA, ACTION, K);
const prompt = promptText(RUN, 0);
/** The recorded run of a real LLM, and its prompt on a thing of the shop. */
const LLM = 'llm';
const TEA_SET = 0;
const llmName = fact(() => REAL_MODEL.name);
const llmSinks = { action: final(LLM, ACTION, SINKS), base: base(LLM, SINKS) };
const llmDrift = { action: final(LLM, ACTION, 'domainDrift'), karma: final(LLM, KARMA, 'domainDrift') };
/** An early evaluation. */
const EARLY = 70;
const early = at(RUN, ACTION, SINKS, EARLY);
const steps = recipeNumber(RUN, ({ training }) => training.steps);
const batch = recipeNumber(RUN, ({ training }) => training.batchSize);

export const collapse: Lesson = {
  id: 'collapse',
  title: message('Watch it collapse'),
  minutes: 12,
  goals: [
    say('Recognise a collapsing attention head by its picture and by a number.'),
    say('Say what a fine-tuned language model can lose besides the task that you measure.'),
  ],
  steps: [
    {
      id: 'predict-sinks',
      title: message('Before you look'),
      says: [
        say(
          'A small language model was fine-tuned on the click log of a shop: it reads what a user clicked and must predict the next item. Two <arms>arms</arms> started from the same weights and saw the same batches, {steps} steps of {batch} users. <arm>Action</arm> learned from the next item alone. KARMA also had to keep its prediction readable as text.',
          { arms, steps, batch, arm: term('arm') },
        ),
        say('The learning rate was {rate}, which is {times} times the rate that suits these arms.', {
          rate: rateOf(RUN),
          times: ratio(rateOf(RUN), rateOf('strong')),
        }),
        say(
          'A <sink>sink</sink> is an item that nearly every position attends to, whatever it is looking for. The <sinkRate>item-sink rate</sinkRate> says in what share of heads one item of the first half of the history has become such a sink. In the base model it is {sinksBase}.',
          { sink: term('sink'), sinkRate: sinkRateTerm, sinksBase: sinks.base },
        ),
      ],
      figure: { run: RUN, panels: ['collapse'], charts: [SINKS], arms: [ACTION] },
      predict: {
        kind: 'curve',
        over: 'steps',
        run: RUN,
        arm: ACTION,
        measure: SINKS,
        asks: say('Draw the item-sink rate of Action over training as you expect it.'),
        why: {
          id: 'why-sinks',
          asks: say('Why could a head come to attend to the same item whoever asks?'),
          options: [
            {
              text: say('Large updates can push the scores so far apart that one item wins every comparison.'),
              right: true,
              answer: say(
                'This is the likely reason: softmax turns a large difference of scores into all or nothing, and nothing in the action loss pulls a head back.',
              ),
            },
            {
              text: say('That item is the best predictor of the next one for every user.'),
              right: false,
              answer: say(
                'KARMA ranks the next item with far fewer such sinks, as you will see. The weight is not earned by its use.',
              ),
            },
            {
              text: say('The run had too few users to learn from.'),
              right: false,
              answer: say('KARMA saw the very same batches, and you will see its heads shortly.'),
            },
          ],
        },
      },
      then: [
        claim(
          all(above(sinks.action, sinks.base), atLeastTimes(sinks.action, 5, sinks.base)),
          say('In this run the rate of Action rises from {sinksBase} to {sinksAction}.', {
            sinksBase: sinks.base,
            sinksAction: sinks.action,
          }),
          say('In the run shown, the rate of Action goes from {sinksBase} to {sinksAction}: there is no strong rise here.', {
            sinksBase: sinks.base,
            sinksAction: sinks.action,
          }),
        ),
      ],
    },
    {
      id: 'barcode',
      title: message('Columns appear'),
      says: [
        say(
          'Each map shows one head reading one history: row by row, where each position looks. Press the button above the figure and watch the map of Action. (On a narrow screen, choose Action above the map first.)',
        ),
        claim(
          all(above(bos.base, bos.action), above(striped.action, striped.base)),
          say(
            'Vertical stripes appear. A pre-trained model rests attention that it does not need on the first token, [BOS]. In the mean of all heads that weight falls from {bosBase} to {bosAction}. In its place, row after row looks at the same few items, like a barcode: in the head shown the <barcode>barcode index</barcode> rises from {stripedBase} to {stripedAction}.',
            {
              bosBase: bos.base,
              bosAction: bos.action,
              barcode: term('barcode'),
              stripedBase: striped.base,
              stripedAction: striped.action,
            },
          ),
          say(
            'In the run shown, the weight on [BOS] goes from {bosBase} to {bosAction}, and in the head shown the <barcode>barcode index</barcode> from {stripedBase} to {stripedAction}.',
            {
              bosBase: bos.base,
              bosAction: bos.action,
              barcode: term('barcode'),
              stripedBase: striped.base,
              stripedAction: striped.action,
            },
          ),
        ),
      ],
      figure: {
        run: RUN,
        panels: ['attention', 'collapse'],
        charts: ['firstAlpha', 'barcode'],
        gridMeasure: 'barcode',
        layer: HEAD[0],
        head: HEAD[1],
        arms: [ACTION],
        play: true,
      },
      check: {
        id: 'read-barcode',
        asks: say('Which picture shows that a head ignores the query?'),
        options: [
          {
            text: say('Every row has its largest weight in the same column.'),
            right: true,
            answer: say('If the rows are alike, it does not matter which row asks.'),
          },
          {
            text: say('Weights lie along the diagonal.'),
            right: false,
            answer: say('There each row looks at its own neighbourhood, so the rows differ.'),
          },
          {
            text: say('The first column is bright.'),
            right: false,
            answer: say(
              'Not by itself. The base model has this already: weight parked on [BOS] does no harm. See the lesson on attention sinks.',
            ),
          },
        ],
      },
    },
    {
      id: 'karma',
      title: message('The other arm, same batches'),
      says: [
        say(
          'Now compare with KARMA. It took the same steps on the same users at the same rate. Its loss has two more terms: it must be able to write the text of the next item, and to decode its own prediction back into that text.',
        ),
        claim(
          all(above(sinks.action, sinks.karma), atLeastTimes(sinks.action, 3, sinks.karma)),
          say('Its item-sink rate ends at {sinksKarma}, that of Action at {sinksAction}.', {
            sinksKarma: sinks.karma,
            sinksAction: sinks.action,
          }),
          say(
            'In the run shown, its item-sink rate ends at {sinksKarma} and that of Action at {sinksAction}: the arms hardly differ here.',
            { sinksKarma: sinks.karma, sinksAction: sinks.action },
          ),
        ),
        say(
          'The last map is the difference of the two. You can change layer and head above the maps: is the head you see an exception?',
        ),
      ],
      figure: { run: RUN, panels: ['attention', 'collapse'], charts: [SINKS], play: true },
    },
    {
      id: 'language',
      title: message('What happened to its language?'),
      says: [
        say(
          'The model was a language model before. At every evaluation each model was asked to go on from {prompt}. Before training it wrote {writtenBase}.',
          { prompt, writtenBase: written(RUN, 'base', 0) },
        ),
      ],
      figure: { run: RUN, panels: ['texts', 'collapse'], prompt: 0, charts: ['domainDrift'], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'whose-text',
          asks: say('After {steps} steps, how did Action go on from {prompt}?', { steps, prompt }),
          options: [
            {
              text: written(RUN, KARMA, 0),
              right: false,
              answer: say('That was KARMA: it still writes phrases.'),
            },
            {
              text: written(RUN, ACTION, 0),
              right: true,
              answer: say('That was Action. Its language was never part of its loss, and falls apart.'),
            },
            {
              text: written(RUN, 'base', 0),
              right: false,
              answer: say('That is the base model, before any training.'),
            },
          ],
        },
      },
      then: [
        claim(
          all(above(drift.action, drift.karma), atLeastTimes(drift.action, 3, drift.karma)),
          say(
            'In numbers: on texts that no arm trains on, the loss of Action has changed by {driftAction} (<domainDrift>domain drift</domainDrift>), that of KARMA by {driftKarma}. Move the step back to see when it happened.',
            { driftAction: drift.action, domainDrift: term('domainDrift'), driftKarma: drift.karma },
          ),
          say(
            'In numbers: on texts that no arm trains on, the loss of Action changed by {driftAction} (<domainDrift>domain drift</domainDrift>) and that of KARMA by {driftKarma}. In the run shown they are close.',
            { driftAction: drift.action, domainDrift: term('domainDrift'), driftKarma: drift.karma },
          ),
        ),
      ],
    },
    {
      id: 'real-llm',
      title: message('And a model that people use?'),
      says: [
        say(
          'The model so far has {parameters} parameters and was trained on a dictionary. {llmName} has {parameters2} and answers questions. It was fine-tuned on the clicks of the same shop in {steps} steps of {batchSize} users at a learning rate of {learningRate}.',
          {
            parameters: parametersOf(RUN),
            llmName,
            parameters2: parametersOf(LLM),
            steps: recipeNumber(LLM, ({ training }) => training.steps),
            batchSize: recipeNumber(LLM, ({ training }) => training.batchSize),
            learningRate: recipeNumber(LLM, ({ training }) => training.learningRate, compact),
          },
        ),
        say('Asked to go on from {prompt}, it wrote {writtenBase} before.', {
          prompt: promptText(LLM, TEA_SET),
          writtenBase: written(LLM, 'base', TEA_SET),
        }),
      ],
      figure: { run: LLM, panels: ['texts', 'collapse'], prompt: TEA_SET, charts: ['domainDrift', SINKS], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'whose-tea-set',
          asks: say('After training, how did Action go on from {prompt}?', { prompt: promptText(LLM, TEA_SET) }),
          options: [
            {
              text: written(LLM, KARMA, TEA_SET),
              right: false,
              answer: say('That was KARMA.'),
            },
            {
              text: written(LLM, ACTION, TEA_SET),
              right: true,
              answer: say('That was Action.'),
            },
          ],
        },
      },
      then: [
        claim(
          all(above(llmDrift.action, llmDrift.karma), atLeastTimes(llmDrift.action, 3, llmDrift.karma)),
          say(
            'On texts that no arm trains on, the loss of Action has changed by {llmDriftAction}, that of KARMA by {llmDriftKarma}. Play the steps and read the answers.',
            { llmDriftAction: llmDrift.action, llmDriftKarma: llmDrift.karma },
          ),
          say(
            'On texts that no arm trains on, the loss of Action changed by {llmDriftAction} and that of KARMA by {llmDriftKarma}.',
            { llmDriftAction: llmDrift.action, llmDriftKarma: llmDrift.karma },
          ),
        ),
        claim(
          above(llmSinks.base, llmSinks.action),
          say('Language and attention come apart: of its heads {headsBase} were stuck before, and {heads} are with Action.', {
            headsBase: llmSinks.base,
            heads: llmSinks.action,
          }),
          say('Of its heads {headsBase} were stuck before, and {heads} are with Action.', {
            headsBase: llmSinks.base,
            heads: llmSinks.action,
          }),
        ),
        say(
          'One seed, one rate, one shop: it shows that a model of this size can lose its language in so few steps, not that it must.',
        ),
      ],
    },
    {
      id: 'ranking',
      title: message('And the task itself?'),
      says: [
        say(
          'The model was trained to rank the next item. {hrAtK} is the share of users whose next item is among the best {k}. Both arms begin with a ranking that needs no training: the untrained start has {start}.',
          { hrAtK, k: recipeNumber(RUN, () => K), start },
        ),
      ],
      figure: { run: RUN, panels: ['ranking'], measure: 'hr', k: K },
      predict: {
        kind: 'pick',
        question: {
          id: 'who-ranks',
          asks: say('Action was trained for ranking and nothing else. Which arm ranks better at the end?'),
          options: [
            {
              text: say('Action'),
              right: (evidence) => difference.interval(evidence) !== null && (difference.interval(evidence)?.high ?? 0) < 0,
              answer: say('Look at the end of the curves: Action has {hrAction}, KARMA {hrKarma}.', {
                hrAction: hr.action,
                hrKarma: hr.karma,
              }),
            },
            {
              text: say('KARMA'),
              right: positive(difference),
              answer: say('The final values are {hrKarma} for KARMA and {hrAction} for Action.', {
                hrKarma: hr.karma,
                hrAction: hr.action,
              }),
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
          alike(difference),
          say(
            'On all test users KARMA − Action is {difference}, a paired interval over users: it holds zero. Those who look at {hrAtK} alone do not notice what Action lost.',
            { difference, hrAtK },
          ),
          say('On all test users KARMA − Action is {difference}, a paired interval over users.', { difference }),
        ),
        claim(
          positive(gained),
          say(
            'Training did what it was asked for: Action ends at {hrAction}, the untrained start has {start}; the difference is {gained}.',
            { hrAction: hr.action, start, gained },
          ),
          say('Action ends at {hrAction}, the untrained start has {start}; the difference is {gained}.', {
            hrAction: hr.action,
            start,
            gained,
          }),
        ),
      ],
    },
    {
      id: 'limits',
      title: message('What you may conclude'),
      says: [
        say(
          'This is one run with one seed at one learning rate. It shows that a collapse can happen, what it looks like, and that the text terms prevented it here.',
        ),
        claim(
          atLeastTimes(early, 2, sinks.base),
          say(
            'At step {early} of {steps} the item-sink rate of Action was {valueAction} already: a look at the figure would have warned you early.',
            { early: constant(EARLY), steps, valueAction: early },
          ),
          say('At step {early} of {steps} the item-sink rate of Action was {valueAction}.', {
            early: constant(EARLY),
            steps,
            valueAction: early,
          }),
        ),
      ],
      figure: { run: RUN, panels: ['verdict'] },
      check: {
        id: 'conclude',
        asks: say('Which sentence does this run allow?'),
        options: [
          {
            text: say('KARMA is the better recommender.'),
            right: false,
            answer: say('The difference is {difference}: the interval holds zero.', { difference }),
          },
          {
            text: say('At this rate Action loses attention and language, KARMA hardly, and {hrAtK} does not show it.', {
              hrAtK,
            }),
            right: all(not(above(sinks.karma, sinks.base)), atLeastTimes(drift.action, 10, drift.karma), alike(difference)),
            answer: say('At this rate, in this run. Whether the comparison was fair is the next lesson.'),
          },
          {
            text: say('Attention sinks are the cause of the lost language.'),
            right: false,
            answer: say('Both appeared together. What causes what, this run cannot say.'),
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(above(sinks.action, sinks.karma), above(drift.action, drift.karma), alike(difference)),
    say('At this rate Action pays with its attention and its language, and its ranking does not show it.'),
    say(
      'In the run shown, item-sink rate, drift and {hrAtK} of Action are {sinksAction}, {driftAction} and {hrAction}; those of KARMA {sinksKarma}, {driftKarma} and {hrKarma}.',
      {
        hrAtK,
        sinksAction: sinks.action,
        driftAction: drift.action,
        hrAction: hr.action,
        sinksKarma: sinks.karma,
        driftKarma: drift.karma,
        hrKarma: hr.karma,
      },
    ),
  ),
  challenge: say('Open the recipe Strong and make Action collapse by changing the learning rate alone.'),
};
