/** What fine-tuning has cost of the language model. */
import { defineMeasure } from '../measure';

export const lmNll = defineMeasure({
  id: 'lmNll',
  name: 'LM NLL',
  topic: 'language',
  unit: 'nats a token',
  better: 'lower',
  definition: 'Loss of the adapted language model on item texts, mean over texts of means over tokens.',
  tag: 'O',
  of: ({ collapse }) => collapse.lmNll,
  base: ({ base }) => base.lmNll,
});

export const lmDrift = defineMeasure({
  id: 'lmDrift',
  aliases: ['drift'],
  name: 'LM drift',
  topic: 'language',
  unit: 'nats a token',
  better: 'lower',
  definition:
    'Rise of the language model’s loss on item texts over the base model’s: how much of the language fine-tuning has cost.',
  tag: 'O',
  main: true,
  charted: true,
  fromZero: true,
  signed: true,
  of: ({ collapse }) => collapse.lmDrift,
  base: () => 0,
});
