/** What fine-tuning has cost the language model. */
import { defineMeasure } from '../measure';

export const lmNll = defineMeasure({
  id: 'lmNll',
  name: 'LM NLL',
  topic: 'language',
  unit: 'nats per token',
  better: 'lower',
  definition: 'Loss of the adapted language model on item texts, mean over texts of means over tokens.',
  tag: 'O',
});

export const lmDrift = defineMeasure({
  id: 'lmDrift',
  aliases: ['drift'],
  name: 'LM drift',
  topic: 'language',
  unit: 'nats per token',
  better: 'lower',
  definition:
    'Increase of the language model’s loss on the log’s item texts over the base model’s; below 0, it has learned the log’s language.',
  tag: 'O',
  main: true,
  charted: true,
  fromZero: true,
  signed: true,
});

export const domainDrift = defineMeasure({
  id: 'domainDrift',
  name: 'domain drift',
  topic: 'language',
  unit: 'nats per token',
  better: 'lower',
  definition:
    'Increase of the language model’s loss on texts of its domain that no arm trains on: how much language knowledge fine-tuning has cost.',
  tag: 'O',
  main: true,
  charted: true,
  fromZero: true,
  signed: true,
});
