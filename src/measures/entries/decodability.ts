/** What a probe decoder reads out of h. */
import type { Decodability, Fidelity } from '../../record/runRecord';
import { defineMeasure } from '../measure';

/** Null where a split has no targets. */
function at(fidelity: Fidelity | undefined, split: 'all' | 'warm' | 'cold'): Decodability | null {
  return fidelity === undefined || fidelity[split].n === 0 ? null : fidelity[split];
}

const GAIN = { topic: 'text', unit: 'nats per token', better: 'higher', tag: 'O', main: true } as const;

export const decodability = defineMeasure({
  ...GAIN,
  id: 'decodability',
  name: 'decodability gain',
  definition:
    'Nats per token that knowing h saves a decoder of the next item’s text, the same decoder for all arms and trained after them.',
  of: ({ fidelity }) => at(fidelity, 'all')?.gain ?? null,
  base: ({ base }) => at(base.fidelity, 'all')?.gain ?? null,
  interval: ({ fidelity }) => at(fidelity, 'all')?.gainInterval ?? null,
});

export const coldDecodability = defineMeasure({
  ...GAIN,
  id: 'cold-decodability',
  name: 'cold decodability gain',
  definition: 'The decodability gain over cold targets alone.',
  of: ({ fidelity }) => at(fidelity, 'cold')?.gain ?? null,
  base: ({ base }) => at(base.fidelity, 'cold')?.gain ?? null,
  interval: ({ fidelity }) => at(fidelity, 'cold')?.gainInterval ?? null,
});

const CATEGORY = { topic: 'text', unit: '%', scale: 100, digits: 1, better: 'higher', tag: 'O', main: true } as const;

export const decodedCategory = defineMeasure({
  ...CATEGORY,
  id: 'decodedCategory',
  name: 'decoded category accuracy',
  definition:
    'Share of targets whose category is that of the item whose text is most like the text that the probe decoder generates from h.',
  of: ({ fidelity }) => fidelity?.category?.all.accuracy ?? null,
  base: ({ base }) => base.fidelity?.category?.all.accuracy ?? null,
  interval: ({ fidelity }) => fidelity?.category?.all.interval ?? null,
});

export const coldDecodedCategory = defineMeasure({
  ...CATEGORY,
  id: 'cold-decodedCategory',
  name: 'cold decoded category accuracy',
  definition: 'The decoded category accuracy over cold targets alone.',
  of: ({ fidelity }) => fidelity?.category?.cold?.accuracy ?? null,
  base: ({ base }) => base.fidelity?.category?.cold?.accuracy ?? null,
  interval: ({ fidelity }) => fidelity?.category?.cold?.interval ?? null,
});
