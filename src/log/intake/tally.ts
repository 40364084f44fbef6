/** Rows counted under a reason, with the first lines, so that nothing is left out silently. */
import { message } from '../../words/words';
import { shortened } from '../shortened';

/** Reasons that rows of several kinds have. */
export const NO_USER = message('no user');
export const NO_ITEM = message('no item');
export const ODD_QUOTES = message('quote that does not close, or is followed by other text');
/** By what `RecordSink.problem` is told. */
export const PROBLEMS = {
  fields: message('wrong number of fields'),
  quotes: message('quotes that do not close'),
  json: message('not a JSON object'),
} as const;

export interface Place {
  readonly file: string;
  /** Line, in Parquet row, counted from 1; 0 when it is about the file as a whole. */
  readonly line: number;
}

export interface Counted {
  readonly reason: string;
  readonly rows: number;
  /** The first places, in the order of the files. */
  readonly first: readonly Place[];
  /** The first one in words: the value, or what is wrong with it. */
  readonly example: string;
}

/** Maximum number of places named per reason; the rest are counted. */
export const NAMED_PLACES = 5;

export class Tally {
  private readonly counts = new Map<string, { rows: number; first: Place[]; example: string }>();

  add(reason: string, place: Place, example = '', rows = 1): void {
    const known = this.counts.get(reason);
    if (known === undefined) this.counts.set(reason, { rows, first: [place], example });
    else {
      known.rows += rows;
      if (known.first.length < NAMED_PLACES) known.first.push(place);
    }
  }

  get total(): number {
    let total = 0;
    for (const { rows } of this.counts.values()) total += rows;
    return total;
  }

  counted(): Counted[] {
    return [...this.counts].map(([reason, count]) => ({ reason, ...count, first: [...count.first] }));
  }
}

/** A value from a file within a message: quoted, on one line, shortened. */
export function quoted(value: unknown): string {
  if (typeof value === 'bigint') return quoted(String(value));
  return `“${shortened((typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(/\s+/g, ' '), 40)}”`;
}
