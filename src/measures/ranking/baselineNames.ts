/**
 * The baselines of a run, in the order in which tables and charts list them. Definitions: docs/metrics.md.
 */
import { message, numberFormat, t } from '../../words/words';
import type { EaseLeftOut, RunRecord } from '../../record/runRecord';

export type RecordedBaseline = keyof RunRecord['baselines'];

export interface BaselineName {
  /** Key in records. */
  readonly id: RecordedBaseline;
  /** Name within a sentence. */
  readonly name: string;
  /** Definition, one sentence. */
  readonly definition: string;
}

const ENGLISH: readonly BaselineName[] = [
  {
    id: 'zeroShot',
    name: message('zero-shot'),
    definition: message('Frozen text features without training: cosine with the mean of the last five items.'),
  },
  {
    id: 'start',
    name: message('untrained start'),
    definition: message(
      'The ranking from which arms start: cosine of the features by principal axes, with popularity, before any step.',
    ),
  },
  {
    id: 'lastItem',
    name: message('last item'),
    definition: message('Frozen text features without training: cosine with the last item.'),
  },
  {
    id: 'tfidf',
    name: message('TF-IDF'),
    definition: message('Words of the item texts without training: cosine of TF-IDF weights, summed over the whole history.'),
  },
  {
    id: 'category',
    name: message('category'),
    definition: message('Levels of the items’ categories without training: cosine, summed over the whole history.'),
  },
  {
    id: 'sasrec',
    name: message('SASRec-size'),
    definition: message('A small decoder that knows items by their IDs alone, trained from random weights on the run’s batches.'),
  },
  {
    id: 'itemKnn',
    name: message('item-kNN'),
    definition: message('Summed similarity to the history’s items, of items that the same training users interacted with.'),
  },
  {
    id: 'ease',
    name: message('EASE'),
    definition: message(
      'Linear weights between items that predict training users’ items best, in closed form, summed over the whole history.',
    ),
  },
  { id: 'popularity', name: message('popularity'), definition: message('Number of training events of the item.') },
];

/** With names and definitions in the active language, whenever they are read. */
export const BASELINES: readonly BaselineName[] = ENGLISH.map(({ id, name, definition }) => ({
  id,
  get name() {
    return t(name);
  },
  get definition() {
    return t(definition);
  },
}));

export function baselineName(id: RecordedBaseline): string {
  return BASELINES.find((one) => one.id === id)!.name;
}

/** Why a run has no EASE, one sentence. */
export function easeLeftOutSentence({ rows, most }: EaseLeftOut): string {
  return t(
    'EASE was left out: it inverts a matrix of as many rows as there are training users or items, whichever are fewer; here they are {rows}, and it takes at most {most}.',
    { rows: numberFormat().format(rows), most: numberFormat().format(most) },
  );
}
