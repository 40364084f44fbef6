/** Lesson 2: at a rate that is too high, the action loss alone costs attention, language and ranking. */
import { REAL_LLM } from '../../recipe/realLlm';
import type { Lesson } from '../lesson';
import {
  above,
  all,
  alike,
  at,
  atLeastTimes,
  base,
  baseline,
  final,
  inHead,
  hitDifference,
  parametersOf,
  plain,
  positive,
  promptText,
  rateOf,
  ratio,
  recipeNumber,
  written,
} from '../quantities';
import { claim, fact, say, term } from '../words';
import { ACTION, arms, HR, hrAtK, K, KARMA, sinkRate, SINKS } from './common';

const RUN = 'collapse';
const sinks = { action: final(RUN, ACTION, SINKS), karma: final(RUN, KARMA, SINKS), base: base(RUN, SINKS) };
const bos = { action: final(RUN, ACTION, 'firstAlpha'), base: base(RUN, 'firstAlpha') };
const barcode = { action: final(RUN, ACTION, 'barcode'), base: base(RUN, 'barcode') };
/** The head that the second step shows. */
const HEAD = [1, 3] as const;
const striped = { action: inHead(RUN, ACTION, 'barcode', ...HEAD), base: inHead(RUN, 'base', 'barcode', ...HEAD) };
const drift = { action: final(RUN, ACTION, 'domainDrift'), karma: final(RUN, KARMA, 'domainDrift') };
const hr = { action: final(RUN, ACTION, HR), karma: final(RUN, KARMA, HR) };
const zeroShot = baseline(RUN, 'zeroShot', K);
const difference = hitDifference(RUN, KARMA, ACTION, K);
const prompt = promptText(RUN, 0);
/** The recorded run of a real LLM, and its prompt on general knowledge. */
const LLM = 'llm';
const FRANCE = 1;
const llmName = fact(() => REAL_LLM.model.name);
const llmDrift = { action: final(LLM, ACTION, 'domainDrift'), karma: final(LLM, KARMA, 'domainDrift') };
const steps = recipeNumber(RUN, ({ training }) => training.steps);
const batch = recipeNumber(RUN, ({ training }) => training.batchSize);

export const collapse: Lesson = {
  id: 'collapse',
  title: 'Watch it collapse',
  minutes: 12,
  goals: [
    say`Recognise a collapsing attention head by its picture and by a number.`,
    say`Say what a fine-tuned language model can lose besides the task that you measure.`,
  ],
  steps: [
    {
      id: 'predict-sinks',
      title: 'Before you look',
      says: [
        say`A small language model was fine-tuned on the click log of a shop: it reads what a user clicked and must predict the next item. Two ${arms} started from the same weights and saw the same batches, ${steps} steps of ${batch} users. ${term('arm', 'Action')} learned from the next item alone. KARMA also had to keep its prediction readable as text.`,
        say`The learning rate was ${rateOf(RUN)}, which is ${ratio(rateOf(RUN), rateOf('tuned'))} times the rate that suits these arms.`,
        say`A ${term('sink', 'sink')} is an item that nearly every position attends to, whatever it is looking for. The ${sinkRate} says in what share of heads one item of the first half of the history has become such a sink. In the base model it is ${sinks.base}.`,
      ],
      figure: { run: RUN, panels: ['collapse'], charts: [SINKS], arms: [ACTION] },
      predict: {
        kind: 'curve',
        over: 'steps',
        run: RUN,
        arm: ACTION,
        measure: SINKS,
        asks: say`Draw the item-sink rate of Action over training as you expect it.`,
        why: {
          id: 'why-sinks',
          asks: say`Why could a head come to attend to the same item whoever asks?`,
          options: [
            {
              text: say`Large updates can push the scores so far apart that one item wins every comparison.`,
              right: true,
              answer: say`Yes, this is the likely reason: softmax turns a large difference of scores into all or nothing, and nothing in the action loss pulls a head back.`,
            },
            {
              text: say`That item is the best predictor of the next one for every user.`,
              right: false,
              answer: say`No. KARMA ranks the next item with far fewer such sinks, as you will see. The weight is not earned by its use.`,
            },
            {
              text: say`The run had too few users to learn from.`,
              right: false,
              answer: say`No. KARMA saw the very same batches, and you will see its heads shortly.`,
            },
          ],
        },
      },
      then: [
        claim(
          all(above(sinks.action, sinks.base), atLeastTimes(sinks.action, 5, sinks.base)),
          say`In this run the rate of Action rises from ${sinks.base} to ${sinks.action}.`,
          say`In the run shown, the rate of Action goes from ${sinks.base} to ${sinks.action}: there is no strong rise here.`,
        ),
      ],
    },
    {
      id: 'barcode',
      title: 'Columns appear',
      says: [
        say`Each map shows one head reading one history: row by row, where each position looks. Press the button above the figure and watch the map of Action. (On a narrow screen, choose Action above the map first.)`,
        claim(
          all(above(bos.base, bos.action), above(striped.action, striped.base)),
          say`Vertical stripes appear. A pre-trained model rests attention that it does not need on the first token, [BOS]. In the mean of all heads that weight falls from ${bos.base} to ${bos.action}. In its place, row after row looks at the same few items, like a barcode: in the head shown the ${term('barcode', 'barcode index')} rises from ${striped.base} to ${striped.action}.`,
          say`In the run shown, the weight on [BOS] goes from ${bos.base} to ${bos.action}, and in the head shown the ${term('barcode', 'barcode index')} from ${striped.base} to ${striped.action}.`,
        ),
        claim(
          above(barcode.base, barcode.action),
          say`A trap: in the mean of all heads that index falls, from ${barcode.base} to ${barcode.action}. Many heads of the base model rest on [BOS], and the little that is left for items is spread alike in every row, which the index takes for stripes. Read a number beside its picture.`,
          say`In the mean of all heads that index goes from ${barcode.base} to ${barcode.action}.`,
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
        asks: say`Which picture shows that a head ignores the query?`,
        options: [
          {
            text: say`Every row has its largest weight in the same column.`,
            right: true,
            answer: say`Right. If the rows are alike, it does not matter which row asks.`,
          },
          {
            text: say`Weights lie along the diagonal.`,
            right: false,
            answer: say`No. There each row looks at its own neighbourhood, so the rows differ.`,
          },
          {
            text: say`The first column is bright.`,
            right: false,
            answer: say`Not by itself. The base model has this already: weight parked on [BOS] does no harm. See the lesson on attention sinks.`,
          },
        ],
      },
    },
    {
      id: 'karma',
      title: 'The other arm, same batches',
      says: [
        say`Now compare with KARMA. It took the same steps on the same users at the same rate. Its loss has two more terms: it must be able to write the text of the next item, and to decode its own prediction back into that text.`,
        claim(
          all(above(sinks.action, sinks.karma), atLeastTimes(sinks.action, 3, sinks.karma)),
          say`Its item-sink rate ends at ${sinks.karma}, that of Action at ${sinks.action}.`,
          say`In the run shown, its item-sink rate ends at ${sinks.karma} and that of Action at ${sinks.action}: the arms hardly differ here.`,
        ),
        say`The last map is the difference of the two. You can change layer and head above the maps: is the head you see an exception?`,
      ],
      figure: { run: RUN, panels: ['attention', 'collapse'], charts: [SINKS], play: true },
    },
    {
      id: 'language',
      title: 'What happened to its language?',
      says: [
        say`The model was a language model before. At every evaluation each model was asked to go on from ${prompt}. Before training it wrote ${written(RUN, 'base', 0)}.`,
      ],
      figure: { run: RUN, panels: ['texts', 'collapse'], charts: ['domainDrift'], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'whose-text',
          asks: say`After ${steps} steps, which of these did Action write?`,
          options: [
            {
              text: say`${written(RUN, KARMA, 0)}`,
              right: false,
              answer: say`That was KARMA: it still writes phrases.`,
            },
            {
              text: say`${written(RUN, ACTION, 0)}`,
              right: true,
              answer: say`Yes, that was Action. Its language was never part of its loss, and is gone.`,
            },
            {
              text: say`${written(RUN, 'base', 0)}`,
              right: false,
              answer: say`That is the base model, before any training.`,
            },
          ],
        },
      },
      then: [
        claim(
          all(above(drift.action, drift.karma), atLeastTimes(drift.action, 3, drift.karma)),
          say`In numbers: on texts that no arm trains on, the loss of Action has risen by ${drift.action} (${term('domainDrift', 'domain drift')}), that of KARMA by ${drift.karma}. Move the step back to see when it happened.`,
          say`In numbers: on texts that no arm trains on, the loss of Action changed by ${drift.action} (${term('domainDrift', 'domain drift')}) and that of KARMA by ${drift.karma}. In the run shown they are close.`,
        ),
      ],
    },
    {
      id: 'real-llm',
      title: 'And a model that people use?',
      says: [
        say`The model so far has ${parametersOf(RUN)} parameters and was trained on a dictionary. ${llmName} has ${parametersOf(LLM)} and answers questions. It was fine-tuned in the same way on the orders of a shop, ${recipeNumber(LLM, ({ training }) => training.steps)} steps of ${recipeNumber(LLM, ({ training }) => training.batchSize)} users at a learning rate of ${recipeNumber(LLM, ({ training }) => training.learningRate, plain)}.`,
        say`Asked to go on from ${promptText(LLM, FRANCE)}, it wrote ${written(LLM, 'base', FRANCE)} before.`,
      ],
      figure: { run: LLM, panels: ['texts', 'collapse'], charts: ['domainDrift', SINKS], play: true },
      predict: {
        kind: 'pick',
        question: {
          id: 'whose-capital',
          asks: say`After training, which of these did Action write?`,
          options: [
            {
              text: say`${written(LLM, KARMA, FRANCE)}`,
              right: false,
              answer: say`That was KARMA.`,
            },
            {
              text: say`${written(LLM, ACTION, FRANCE)}`,
              right: true,
              answer: say`Yes, that was Action.`,
            },
          ],
        },
      },
      then: [
        claim(
          all(above(llmDrift.action, llmDrift.karma), atLeastTimes(llmDrift.action, 3, llmDrift.karma)),
          say`On texts that no arm trains on, the loss of Action has risen by ${llmDrift.action}, that of KARMA by ${llmDrift.karma}. Play the steps and read the answers.`,
          say`On texts that no arm trains on, the loss of Action changed by ${llmDrift.action} and that of KARMA by ${llmDrift.karma}.`,
        ),
        say`One seed, one rate, one shop: it shows that a model of this size can lose its language in so few steps, not that it must.`,
      ],
    },
    {
      id: 'ranking',
      title: 'And the task itself?',
      says: [
        say`The model was trained to rank the next item. ${hrAtK} is the share of users whose next item is among the best ${recipeNumber(RUN, () => K)}. ${term('zeroShot', 'Zero-shot')} is the base model’s text features without any training: ${zeroShot}.`,
      ],
      figure: { run: RUN, panels: ['ranking'], measure: 'hr', k: K },
      predict: {
        kind: 'pick',
        question: {
          id: 'who-ranks',
          asks: say`Action was trained for ranking and nothing else. Which arm ranks better at the end?`,
          options: [
            {
              text: say`Action`,
              right: (evidence) => difference.interval(evidence) !== null && (difference.interval(evidence)?.high ?? 0) < 0,
              answer: say`Look at the end of the curves: Action has ${hr.action}, KARMA ${hr.karma}.`,
            },
            {
              text: say`KARMA`,
              right: positive(difference),
              answer: say`The final values are ${hr.karma} for KARMA and ${hr.action} for Action.`,
            },
            {
              text: say`They cannot be told apart`,
              right: alike(difference),
              answer: say`The difference is ${difference}, with its interval over users.`,
            },
          ],
        },
      },
      then: [
        claim(
          positive(difference),
          say`On all test users KARMA is ahead: the difference is ${difference}, a paired interval over users. A rate that destroys attention and language costs Action its ranking, too.`,
          say`On all test users the difference is ${difference}, a paired interval over users. In the run shown KARMA does not rank better.`,
        ),
        claim(
          all(above(hr.karma, zeroShot), (evidence) => {
            const [a, z] = [hr.action.value(evidence), zeroShot.value(evidence)];
            return a === null || z === null ? null : a - z < 0.01;
          }),
          say`Action ends at ${hr.action}, hardly above zero-shot: the training bought it next to nothing.`,
          say`Zero-shot has ${zeroShot}; Action ends at ${hr.action}.`,
        ),
      ],
    },
    {
      id: 'limits',
      title: 'What you may conclude',
      says: [
        say`This is one run with one seed at one learning rate. It shows that a collapse can happen, what it looks like, and that the text terms prevented it here.`,
        say`At step ${recipeNumber(RUN, ({ training, evaluation }) => training.steps / evaluation.evaluations)} the sink rate of Action was ${at(RUN, ACTION, SINKS, 25)} already: a look at the figure would have warned you early.`,
      ],
      figure: { run: RUN, panels: ['verdict'] },
      check: {
        id: 'conclude',
        asks: say`Which sentence does this run allow?`,
        options: [
          {
            text: say`KARMA is the better recommender.`,
            right: false,
            answer: say`No. The rate was ${ratio(rateOf(RUN), rateOf('tuned'))} times too high for both. Perhaps Action at its own rate ranks as well. That is the next lesson.`,
          },
          {
            text: say`At this rate Action collapses and KARMA does not.`,
            right: all(above(sinks.action, sinks.karma), positive(difference)),
            answer: say`Yes: at this rate, in this run. Whether the comparison was fair is the next lesson.`,
          },
          {
            text: say`Attention sinks are the cause of the bad ranking.`,
            right: false,
            answer: say`No. Both appeared together. What causes what, this run cannot say.`,
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(above(sinks.action, sinks.karma), above(drift.action, drift.karma), positive(difference)),
    say`At this rate Action pays with its attention and its language, and ranks worse for it.`,
    say`In the run shown, item-sink rate, drift and ${hrAtK} of Action are ${sinks.action}, ${drift.action} and ${hr.action}; those of KARMA ${sinks.karma}, ${drift.karma} and ${hr.karma}.`,
  ),
  challenge: say`Open the recipe Tuned and make Action collapse by changing the learning rate alone.`,
};
