/** Lesson 7: what can be read from an interest embedding, and when a measure is blind. */
import { message } from '../../words/words';
import type { Lesson } from '../lesson';
import {
  above,
  accuracyOf,
  all,
  alike,
  constant,
  controlGain,
  decodedBy,
  differentProbeTexts,
  differentTexts,
  final,
  gainOf,
  historyTarget,
  negative,
  not,
  positive,
  probeCount,
  probeText,
} from '../quantities';
import { claim, say, term } from '../words';
import { ACTION, KARMA } from './common';

const RUN = 'collapse';
const gain = { action: gainOf(RUN, ACTION), karma: gainOf(RUN, KARMA), control: controlGain(RUN) };
const category = { action: accuracyOf(RUN, ACTION), karma: accuracyOf(RUN, KARMA), control: accuracyOf(RUN, 'control') };
const js = { action: final(RUN, ACTION, 'js50-space'), karma: final(RUN, KARMA, 'js50-space') };
const texts = { action: differentProbeTexts(RUN, ACTION), karma: differentProbeTexts(RUN, KARMA) };
const other = historyTarget(RUN, 1);

export const embedding: Lesson = {
  id: 'embedding',
  title: message('What does the embedding say?'),
  minutes: 12,
  goals: [
    say('Judge what a decoded text is evidence of.'),
    say('Give a measure a control that it must see, before you trust that it sees nothing.'),
  ],
  steps: [
    {
      id: 'whose-vector',
      title: message('A vector that writes'),
      says: [
        say(
          'After a history the model gives one vector h, the <interest>interest embedding</interest>. Items are ranked by their similarity with it. A *probe decoder* was trained afterwards to write the text of the next item from h alone. Neither arm was made for it, which makes it a fair reader of both.',
          { interest: term('interest') },
        ),
        say('For {n} recorded histories, each with another next item, it has read the vectors of Action and of KARMA.', {
          n: probeCount(RUN),
        }),
      ],
      figure: { run: RUN, panels: ['readings'], history: 0 },
      predict: {
        kind: 'pick',
        question: {
          id: 'how-many-texts',
          asks: say('How many different texts does it write for these histories, from the vectors of Action?'),
          options: [
            {
              text: say('One for each history'),
              right: not(above(probeCount(RUN), texts.action)),
              answer: say('It writes {textsAction} for {n} histories.', { textsAction: texts.action, n: probeCount(RUN) }),
            },
            {
              text: say('The same one for all'),
              right: all(not(above(texts.action, constant(1))), above(probeCount(RUN), constant(1))),
              answer: say('For the next item {target} it writes {text}, and the same for the others.', {
                target: historyTarget(RUN, 0),
                text: probeText(RUN, ACTION, 0),
              }),
            },
            {
              text: say('Something in between'),
              right: all(above(texts.action, constant(1)), above(probeCount(RUN), texts.action)),
              answer: say('It writes {textsAction} for {n} histories.', { textsAction: texts.action, n: probeCount(RUN) }),
            },
          ],
        },
      },
      then: [
        claim(
          all(not(above(texts.action, constant(1))), not(above(texts.karma, constant(1)))),
          say(
            'From KARMA’s vectors, too, it writes one text for all: {textKarma}. It reads well, and says nothing about the history.',
            { textKarma: probeText(RUN, KARMA, 0) },
          ),
          say('From KARMA’s vectors it writes {textsKarma} different texts for {n} histories.', {
            textsKarma: texts.karma,
            n: probeCount(RUN),
          }),
        ),
      ],
    },
    {
      id: 'other-histories',
      title: message('The same for other histories?'),
      says: [
        say(
          'KARMA also trains a decoder of its own, as part of its loss. A text that reads well is no evidence yet: it should change with the history, and in the right way. For the next item {other} the decoder of KARMA writes {textKarma}.',
          { other, textKarma: decodedBy(RUN, KARMA, 1) },
        ),
        say(
          'Over the {histories} recorded histories it writes {textsKarma} different texts. Go through them in the figure above: choose a history, and compare its target with what is written.',
          { histories: probeCount(RUN), textsKarma: differentTexts(RUN, KARMA) },
        ),
      ],
      figure: { run: RUN, panels: ['attention', 'readings'], history: 1 },
      check: {
        id: 'fluent',
        asks: say('A decoder writes fluent texts that do not fit the targets. What has it learned?'),
        options: [
          {
            text: say('The style of item texts'),
            right: true,
            answer: say('Style lowers the loss for every target, without anything in h.'),
          },
          { text: say('What the user wants'), right: false, answer: say('Then the texts would fit the targets.') },
        ],
      },
    },
    {
      id: 'probe',
      title: message('A number for it'),
      says: [
        say(
          '<decodability>Decodability gain</decodability>: how many nats a token the probe decoder saves by seeing h, against the same decoder without it. Above zero, h says something about the text of the next item.',
          { decodability: term('decodability') },
        ),
        claim(
          all(negative(gain.action), negative(gain.karma)),
          say(
            'For Action it is {gainAction}, for KARMA {gainKarma}. Below zero: on targets that it was not trained on, seeing h misleads the decoder more than it helps.',
            { gainAction: gain.action, gainKarma: gain.karma },
          ),
          say('For Action it is {gainAction}, for KARMA {gainKarma}.', { gainAction: gain.action, gainKarma: gain.karma }),
        ),
      ],
      figure: { run: RUN, panels: ['readings'] },
    },
    {
      id: 'control',
      title: message('Or is the measure blind?'),
      says: [
        say(
          'Nothing found can mean two things: there is nothing, or the measure cannot see. A control decides: give the decoder a vector that is known to hold the text.',
        ),
      ],
      figure: { run: RUN, panels: ['fidelity'] },
      predict: {
        kind: 'pick',
        question: {
          id: 'control-gain',
          asks: say(
            'The control is the target’s own embedding, made from its text. What gain do you expect, if the measure works?',
          ),
          options: [
            {
              text: say('About zero, as for the arms'),
              right: alike(gain.control),
              answer: say('It is {gainControl}.', { gainControl: gain.control }),
            },
            {
              text: say('Clearly above zero'),
              right: positive(gain.control),
              answer: say('It is {gainControl}.', { gainControl: gain.control }),
            },
          ],
        },
      },
      then: [
        claim(
          positive(gain.control),
          say(
            'The control gains {gainControl}. So the decoder can read, and what it does not find in the vectors of the arms is not there for it to read.',
            { gainControl: gain.control },
          ),
          say('The control gains {gainControl}: the measure does not see even what is there.', { gainControl: gain.control }),
        ),
      ],
    },
    {
      id: 'category',
      title: message('A coarser question'),
      says: [
        say(
          'Perhaps the words are wrong and the department is right. The *decoded category* asks only whether the text is about an item of the target’s category.',
        ),
        claim(
          all(above(category.control, category.karma), above(category.control, category.action)),
          say(
            'That holds for {categoryAction} of the targets with Action, {categoryKarma} with KARMA, and {categoryControl} with the control. Before you read an order into it, look at the intervals.',
            { categoryAction: category.action, categoryKarma: category.karma, categoryControl: category.control },
          ),
          say(
            'That holds for {categoryAction} of the targets with Action, {categoryKarma} with KARMA, and {categoryControl} with the control.',
            { categoryAction: category.action, categoryKarma: category.karma, categoryControl: category.control },
          ),
        ),
        say(
          'From the side of items: <js50space>JS@K</js50space>, the overlap of what is retrieved with the neighbours of the target, is {jsAction} with Action and {jsKarma} with KARMA.',
          { js50space: term('js50-space'), jsAction: js.action, jsKarma: js.karma },
        ),
      ],
      figure: { run: RUN, panels: ['fidelity', 'readings'] },
      check: {
        id: 'blind',
        asks: say('A paper reports that a probe finds nothing in a model. What do you ask for first?'),
        options: [
          {
            text: say('A larger probe'),
            right: false,
            answer: say('It may help. But without a control you will not know whether it did.'),
          },
          {
            text: say('The same probe on something that is known to hold it'),
            right: true,
            answer: say('A negative finding is worth what its positive control is worth.'),
          },
          {
            text: say('More test users'),
            right: false,
            answer: say('They narrow the interval around a number that may be blind.'),
          },
        ],
      },
    },
  ],
  takeAway: claim(
    all(positive(gain.control), negative(gain.karma)),
    say('A fluent text is no evidence, and a measure that finds nothing needs a control that it must find.'),
    say('A measure needs a control: here the control gains {gainControl}, KARMA {gainKarma}.', {
      gainControl: gain.control,
      gainKarma: gain.karma,
    }),
  ),
  challenge: say('In the recipe, change the λ of KARMA and find the best decoded category at no loss of ranking.'),
};
