/** The baselines of a run, in the order in which tables and charts list them. Definitions: docs/metrics.md. */
import type { RunRecord } from '../../record/runRecord';

export type RecordedBaseline = keyof RunRecord['baselines'];

export interface BaselineName {
  /** Key in records. */
  readonly id: RecordedBaseline;
  /** Name within a sentence. */
  readonly name: string;
  /** Definition, one sentence. */
  readonly definition: string;
}

export const BASELINES: readonly BaselineName[] = [
  {
    id: 'zeroShot',
    name: 'zero-shot',
    definition: 'Frozen text features without training: cosine with the mean of the last five items.',
  },
  { id: 'lastItem', name: 'last item', definition: 'Frozen text features without training: cosine with the last item.' },
  {
    id: 'sasrec',
    name: 'SASRec-size',
    definition: 'A small decoder that knows items by their IDs alone, trained from random weights on the run’s batches.',
  },
  {
    id: 'itemKnn',
    name: 'item-kNN',
    definition: 'Summed similarity to the history’s items, of items that the same training users interacted with.',
  },
  { id: 'popularity', name: 'popularity', definition: 'Number of training events of the item.' },
];

export function baselineName(id: RecordedBaseline): string {
  return BASELINES.find((one) => one.id === id)!.name;
}
