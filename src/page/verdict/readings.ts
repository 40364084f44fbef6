/** What the verdict reads of attention and of language: a record's best measure of each, under its own name. Pure. */
import { tableMean } from '../../measures/sinks/sinks';
import { baseSinksOf, sinksOf } from '../../measures/sinks/userSinks';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { fixed } from '../format';

export interface Reading {
  /** Stands behind “raises” and “lowers”. */
  readonly subject: string;
  readonly text: (value: number) => string;
  /** The base model's value; null where the record has none. */
  readonly base: number | null;
  readonly of: (evaluation: Evaluation) => number | null;
  /** What the reader must know besides, with a leading space; or empty. */
  readonly note: string;
}

export function sinkReading(record: RunRecord): Reading {
  return {
    subject: 'the share of heads that sink on one item of the history',
    text: (value) => `${fixed(100 * value, 0)}\u00a0%`,
    base: tableMean(baseSinksOf(record).itemSinkRate),
    of: (evaluation) => tableMean(sinksOf(evaluation).itemSinkRate),
    note: '',
  };
}

export function languageReading(record: RunRecord): Reading {
  return {
    subject: 'what a token of an item text costs the language model',
    text: (value) => `${fixed(value, 2)} nats`,
    base: record.base.lmNll,
    of: ({ collapse }) => collapse.lmNll,
    note: '',
  };
}
