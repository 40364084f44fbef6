/**
 * What the verdict reports on attention and on language: a record's best measure of each, under its own name.
 * Pure.
 */
import { entry } from '../../measures/measures';
import type { Evaluation, RunRecord } from '../../record/runRecord';
import { t } from '../../words/words';
import { fixed } from '../format';

export interface MeasureReading {
  /** Follows “raises” and “lowers”. */
  readonly subject: string;
  readonly text: (value: number) => string;
  /** The smallest change that counts as one: more than rounding makes of equal values. */
  readonly least: number;
  /** Whether a fall is practice where an arm trains on texts. */
  readonly practised: boolean;
  /** The base model's value; null if the record has none. */
  readonly base: number | null;
  readonly of: (evaluation: Evaluation) => number | null;
  /** The same from final values by measure. */
  readonly from: (values: Readonly<Record<string, number>>) => number | null;
}

type From = MeasureReading['from'];

/**
 * One point of a share, one unit of the second digit of a weight: rounding alone moves a displayed value by
 * half of it.
 */
const LEAST = 0.01;
const LEAST_NATS = 0.02;

function named(id: string): From {
  return (values) => values[id] ?? null;
}

/** A loss, computed from its rise over the base model's: each seed draws texts of its own. */
function above(base: number | undefined, id: string): From {
  return (values) => (base === undefined || values[id] === undefined ? null : base + values[id]);
}

/** Sinks among the items that all later rows see; in records of earlier versions, among all items. */
export function sinkReading(record: RunRecord): MeasureReading {
  const shown = { text: (value: number): string => `${fixed(100 * value, 0)}\u00a0%`, least: LEAST, practised: false };
  const early = entry('firstHalfSinkRate');
  if (early.base(record) !== null) {
    const subject = t('the share of heads with a sink on an item in the history’s first half');
    return { subject, ...shown, base: early.base(record), of: early.of, from: named(early.id) };
  }
  const all = entry('itemSinkRate');
  return {
    subject: t('the share of heads with a sink on an item of the history'),
    ...shown,
    base: all.base(record),
    of: all.of,
    from: named(all.id),
  };
}

/** The weight that a pre-trained model rests on its first token, and that sinks among items take from it. */
export function firstTokenReading(record: RunRecord): MeasureReading {
  const { id, base, of } = entry('firstAlpha');
  return {
    subject: t('the weight on [BOS]'),
    text: (value) => fixed(value, 2),
    least: LEAST,
    practised: false,
    base: base(record),
    of,
    from: named(id),
  };
}

/**
 * The loss on texts of the model's domain that no arm trains on; if a record has none, on item texts, whose
 * language arms with a text loss learn.
 */
export function languageReading(record: RunRecord): MeasureReading {
  const shown = {
    text: (value: number): string => t('{value} nats', { value: fixed(value, 2) }),
    least: LEAST_NATS,
    practised: true,
  };
  const { domainNll, lmNll } = record.base.values;
  if (domainNll !== undefined) {
    const of = ({ values }: Evaluation): number | null => values.domainNll ?? null;
    return {
      subject: t('the language model’s loss per token on texts that no arm trains on'),
      ...shown,
      base: domainNll,
      of,
      from: above(domainNll, 'domainDrift'),
    };
  }
  const of = ({ values }: Evaluation): number | null => values.lmNll ?? null;
  return {
    subject: t('the language model’s loss per token on item texts'),
    ...shown,
    base: lmNll ?? null,
    of,
    from: above(lmNll, 'lmDrift'),
  };
}

/**
 * `near`: other digits, but too little to be called a change; `practises`: lowers what the arm trains for.
 */
export type Move = 'leaves' | 'near' | 'raises' | 'lowers' | 'practises';

/** Which way a value went from the base model's, if it went far enough to say so. */
export function moveOf({ least, text }: MeasureReading, before: number, now: number): Move {
  // Differences of rounded numbers, such as 0.04 − 0.03, are a hair smaller than they look.
  if (text(now) === text(before)) return 'leaves';
  if (Math.abs(now - before) < least * (1 - 1e-9)) return 'near';
  return now > before ? 'raises' : 'lowers';
}

/** A fall of the loss on texts is practice with an arm that trains on texts. */
export function practisedMove(move: Move, practised: boolean): Move {
  return move === 'lowers' && practised ? 'practises' : move;
}
