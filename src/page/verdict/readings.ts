/** What the verdict reads of attention and of language: a record's best measure of each, under its own name. Pure. */
import { entry } from '../../measures/measures';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { fixed } from '../format';

export interface Reading {
  /** Stands behind “raises” and “lowers”. */
  readonly subject: string;
  readonly text: (value: number) => string;
  /** The base model's value; null where the record has none. */
  readonly base: number | null;
  readonly of: (evaluation: Evaluation) => number | null;
}

/** Sinks among the items that all later rows see; of records of earlier versions, among all items. */
export function sinkReading(record: RunRecord): Reading {
  const text = (value: number): string => `${fixed(100 * value, 0)}\u00a0%`;
  const early = entry('firstHalfSinkRate');
  if (early.base(record) !== null) {
    const subject = 'the share of heads that sink on one item of the history’s first half';
    return { subject, text, base: early.base(record), of: early.of };
  }
  const all = entry('itemSinkRate');
  return { subject: 'the share of heads that sink on one item of the history', text, base: all.base(record), of: all.of };
}

/** The weight that a pre-trained model rests on its first token, and that sinks among items take from it. */
export function firstTokenReading(record: RunRecord): Reading {
  const { base, of } = entry('firstAlpha');
  return { subject: 'the weight on [BOS]', text: (value) => fixed(value, 2), base: base(record), of };
}

export function languageReading(record: RunRecord): Reading {
  return {
    subject: 'what a token of an item text costs the language model',
    text: (value) => `${fixed(value, 2)} nats`,
    base: record.base.lmNll,
    of: ({ collapse }) => collapse.lmNll,
  };
}
