/** Rows counted under a reason, with the first lines, so that nothing is left out silently. */
import { shortened } from '../shortened';
import { REASONS, type ReasonId } from './reasons';

export interface FilePosition {
  readonly file: string;
  /** Line, in Parquet row, counted from 1; 0 when it is about the file as a whole. */
  readonly line: number;
}

export interface Counted<Reason extends string = ReasonId> {
  readonly reason: Reason;
  readonly rows: number;
  /** The first places, in the order of the files. */
  readonly first: readonly FilePosition[];
  /** The first one in words: the value, or what is wrong with it. */
  readonly example: string;
}

/** Rows left out, as they are stored: the reason is its English text. */
export type Dropped = Counted<string>;

export function storeReasons(counts: readonly Counted[]): Dropped[] {
  return counts.map((count) => ({ ...count, reason: REASONS[count.reason].text }));
}

/** Maximum number of places named per reason; the rest are counted. */
export const NAMED_PLACES = 5;

export class Tally {
  private readonly counts = new Map<ReasonId, { rows: number; first: FilePosition[]; example: string }>();

  add(reason: ReasonId, place: FilePosition, example = '', rows = 1): void {
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
