/** Lesson 1: what a sink is, which sinks are harmless, and which bright columns are none. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import { above, alpha, atLeastTimes, base, constant, inHead, recipeNumber, rowsSeeing, weight, not, all } from '../quantities';
import { claim, say, term } from '../words';
import { sinkRateTerm, SINKS } from './common';

const RUN = 'collapse';
const BASE = 'base';
/**
 * Heads of the base model, layer and head counted from 0: one that rests on [BOS], one that follows
 * positions, one that follows content.
 */
const RESTS = [2, 1] as const;
const PLACES = [1, 3] as const;
const CONTENT = [3, 1] as const;
const head = ([layer, one]: readonly [number, number]) => ({ run: RUN, arm: BASE, probe: 0, layer, head: one }) as const;
const named = ([layer, one]: readonly [number, number]) =>
  say('layer {n}, head {n2}', { n: constant(layer + 1), n2: constant(one + 1) });

const rest = weight(head(RESTS), -1, 0);
const bos = base(RUN, 'firstAlpha');
const item = base(RUN, 'itemAlpha');
const test = {
  places: inHead(RUN, BASE, 'contentCorrelation', ...PLACES),
  content: inHead(RUN, BASE, 'contentCorrelation', ...CONTENT),
};
/** The last item precedes [EMB]. */
const last = alpha(head(PLACES), -2);
const middle = alpha(head(PLACES), 6);
const threshold = recipeNumber(
  RUN,
  ({ evaluation }) => evaluation.sinkThreshold,
  (value) => String(value),
);
const rates = { all: base(RUN, 'itemSinkRate'), half: base(RUN, SINKS) };

export const sink: Lesson = {
  id: 'sink',
  title: message('What is an attention sink?'),
  minutes: 10,
  goals: [
    say('Read an attention map: rows ask, columns answer.'),
    say('Tell a harmless sink from one that takes weight from the history.'),
  ],
  steps: [
    {
      id: 'read-row',
      title: message('Read one row'),
      says: [
        say(
          'A language model reads a history of clicks as a sequence: [BOS] at the front, then the items, oldest first, then [EMB], where the prediction is made. In every head each position spreads a weight of one over itself and the positions before it.',
        ),
        say(
          'The figure will show this as a map: each row is a position that looks, each column one that is looked at. This is the base model, before any fine-tuning.',
        ),
      ],
      figure: { run: RUN, panels: ['attention'], arms: [], layer: RESTS[0], head: RESTS[1], gridMeasure: 'firstAlpha' },
      predict: {
        kind: 'pick',
        question: {
          id: 'darkest',
          asks: say('Averaged over all heads, which column gets most of the weight?'),
          options: [
            {
              text: say('[BOS], the first one, which carries no item'),
              right: above(bos, item),
              answer: say('Its mean importance over all heads is {bos}. Even the strongest item has {item} on average.', {
                bos,
                item,
              }),
            },
            {
              text: say('The item that says most about the user'),
              right: above(item, bos),
              answer: say('The strongest item of a history has {item} on average over all heads, [BOS] has {bos}.', {
                item,
                bos,
              }),
            },
            {
              text: say('All get about the same'),
              right: false,
              answer: say('Not at all: [BOS] has {bos}, the strongest item {item}.', { bos, item }),
            },
          ],
        },
      },
      then: [
        claim(
          atLeastTimes(rest, 0.9, constant(1)),
          say('In {rests} the last row puts {rest} of its weight on [BOS]. Look along that row: nothing is left for the items.', {
            rests: named(RESTS),
            rest,
          }),
          say('In {rests} the last row puts {rest} of its weight on [BOS].', { rests: named(RESTS), rest }),
        ),
      ],
    },
    {
      id: 'places',
      title: message('Places or content'),
      says: [
        say(
          'Some heads look at fixed places, others at certain items. To tell them apart, shuffle the history and compare. The <contentCorrelation>content test</contentCorrelation> is the correlation of the two maps.',
          { contentCorrelation: term('contentCorrelation') },
        ),
      ],
      figure: {
        run: RUN,
        panels: ['attention'],
        arms: [],
        layer: PLACES[0],
        head: PLACES[1],
        gridMeasure: 'contentCorrelation',
      },
      predict: {
        kind: 'pick',
        question: {
          id: 'which-content',
          asks: say('A head’s map keeps its columns when the items change places. What does it follow?'),
          options: [
            {
              text: say('Content'),
              right: false,
              answer: say('If it followed content, its columns would move with the items.'),
            },
            { text: say('Places'), right: true, answer: say('The columns stay where they are, whatever stands there.') },
          ],
        },
      },
      then: [
        claim(
          above(test.places, test.content),
          say(
            'In {places} it is {testPlaces}: this head looks one place back, whatever stands there. In {content} it is {testContent}: what is looked at moves with the items.',
            { places: named(PLACES), testPlaces: test.places, content: named(CONTENT), testContent: test.content },
          ),
          say('In {places} it is {testPlaces}, in {content} {testContent}.', {
            places: named(PLACES),
            testPlaces: test.places,
            content: named(CONTENT),
            testContent: test.content,
          }),
        ),
        say('Choose another history above the map. Does the picture stay? Then choose {content} and try again.', {
          content: named(CONTENT),
        }),
      ],
      offer: {
        says: say(
          'Or change the history yourself: *Inspector* shows what the last row looks at, in any layer and head. Move an item, and see whether the weight goes along.',
        ),
        button: message('Open Inspector'),
        opens: 'inspector',
      },
    },
    {
      id: 'harmless',
      title: message('A sink that does no harm'),
      says: [
        say(
          'A <sink>sink</sink> is a column that nearly every row attends to, whatever it looks for. Softmax forces each row to spend its whole weight. A head with nothing to say needs a place to put it, and [BOS] is always there. Gu and colleagues found such sinks in language models of many kinds.',
          { sink: term('sink') },
        ),
        claim(
          atLeastTimes(alpha(head(RESTS), 0), 0.9, constant(1)),
          say(
            'In {rests} the mean weight on [BOS] over all rows is {alpha}. The base model was made like this, and it writes and ranks.',
            { rests: named(RESTS), alpha: alpha(head(RESTS), 0) },
          ),
          say('In {rests} the mean weight on [BOS] over all rows is {alpha}.', {
            rests: named(RESTS),
            alpha: alpha(head(RESTS), 0),
          }),
        ),
      ],
      figure: { run: RUN, panels: ['attention'], arms: [], layer: RESTS[0], head: RESTS[1], gridMeasure: 'firstAlpha' },
      check: {
        id: 'bright-bad',
        asks: say('Is every bright column a defect?'),
        options: [
          {
            text: say('Yes'),
            right: false,
            answer: say('Weight that rests on [BOS] is how a trained head switches itself off.'),
          },
          {
            text: say('No: it depends on what stands in the column'),
            right: true,
            answer: say('On [BOS] weight is parked. On an item it is taken from all other items of the history.'),
          },
        ],
      },
    },
    {
      id: 'few-rows',
      title: message('Why the last columns look bright'),
      says: [
        say(
          'The importance α of a column is its mean weight over the rows that see it. We call a column a sink where α exceeds {threshold}.',
          { threshold },
        ),
        claim(
          above(last, threshold),
          say(
            'In {places} the last item has α = {last}, well above that. An item in the middle has {middle}. But only {rows} rows see the last item, itself and [EMB]. A mean of so few rows says nothing about all queries.',
            { places: named(PLACES), last, middle, rows: rowsSeeing(-2) },
          ),
          say('In {places} the last item has α = {last}, an item in the middle {middle}. Only {rows} rows see the last item.', {
            places: named(PLACES),
            last,
            middle,
            rows: rowsSeeing(-2),
          }),
        ),
      ],
      figure: { run: RUN, panels: ['attention'], arms: [], layer: PLACES[0], head: PLACES[1], gridMeasure: 'itemAlpha' },
      check: {
        id: 'last-item',
        asks: say('Why is α of the last item no sign of a sink?'),
        options: [
          {
            text: say('The last item is the most important one.'),
            right: false,
            answer: say('It may be, but that is not the point: hardly any row sees it, so its mean is over hardly any row.'),
          },
          {
            text: say('Hardly any row can see it, so the mean is over hardly any query.'),
            right: true,
            answer: say('“Whatever the query” needs many queries.'),
          },
        ],
      },
    },
    {
      id: 'rate',
      title: message('A rate you can trust'),
      says: [
        say(
          'This is why the <sinkRate>item-sink rate</sinkRate> counts only items of the first half of a history, which many rows see. It is the share of histories, layers and heads in which one of them has become a sink.',
          { sinkRate: sinkRateTerm },
        ),
        claim(
          all(above(rates.all, rates.half), not(above(rates.half, constant(0.1)))),
          say(
            'Counted over all items the base model has {ratesAll}, over the first half {ratesHalf}: most of the columns counted first were bright by arithmetic. Before training there is hardly a sink among the items.',
            { ratesAll: rates.all, ratesHalf: rates.half },
          ),
          say('Counted over all items the base model has {ratesAll}, over the first half {ratesHalf}.', {
            ratesAll: rates.all,
            ratesHalf: rates.half,
          }),
        ),
      ],
      figure: { run: RUN, panels: ['attention'], arms: [], layer: PLACES[0], head: PLACES[1], gridMeasure: 'firstHalfSinkRate' },
    },
  ],
  takeAway: say(
    'A sink draws weight whatever the row asks: on [BOS] it is a resting place, on an item it takes that weight from the rest of the history.',
  ),
  challenge: say(
    'Open the view Inspector, build a history of your own, and find a head of the base model that looks at the same item wherever you put it.',
  ),
};
