/**
 * Whether a log fits into memory, estimated from its first megabytes: before memory is used, not when it has
 * run out.
 */
import { numberFormat, t } from '../../words/words';
import type { Held } from './readEvents';

/**
 * Maximum bytes per event, from its file to the audit: 42 in the columns that are read, 5 in order and
 * filters, 24 in the log, 9 in split and audit, 10 for shown items; measured in docs/bench.md.
 */
const AN_EVENT = 90;
/** Bytes of a user, an item or a query besides its text: hash, and entries in the log and in the split. */
const A_NAME = 180;
/** Bytes of the files with events after which a log may be refused; for smaller files this share. */
const START_BYTES = 32e6;
const START_SHARE = 1 / 16;
/** Number of measurements that must have been made by then. */
const START_LOOKS = 4;

/** Two digits of a number: what fits is not rounded up. */
function rough(count: number, rounded = Math.floor): string {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return numberFormat().format(unit * rounded(Math.max(0, count) / unit));
}

function gigabytes(bytes: number): string {
  return `${numberFormat({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(bytes / 1e9)} GB`;
}

/** One measurement during reading. */
interface Look {
  /** Bytes on disk of the files with events. */
  readonly done: number;
  /** Bytes of memory of all names and texts. */
  readonly named: number;
}

/** Bytes of names and texts at some position, interpolated linearly between measurements. */
function namedAt(looks: readonly Look[], done: number): number {
  const after = looks.findIndex((look) => look.done >= done);
  const [from, to] = [looks[after - 1]!, looks[after]!];
  return from.named + ((to.named - from.named) * (done - from.done)) / (to.done - from.done);
}

/**
 * How names grow: their bytes at the start, found since then, and found in the first half of that; `q` as
 * below.
 */
interface Growth {
  readonly before: number;
  readonly found: number;
  readonly half: number;
  readonly q: number;
  /** Whether they have grown as `q` predicts, and far enough to extrapolate. */
  readonly isTold: boolean;
}

/**
 * The largest q with which the rest is extrapolated, and how far the first quarter may deviate from q's
 * prediction.
 */
const MOST_Q = 0.8;
const MOST_OFF = 0.01;

/**
 * Of n equally likely users, items and queries, 1 − q of those still unseen appear in each half of what was
 * read. If q is near 1, one cannot say how many are still to come: the file may be sorted by user, or all
 * users may appear once before any recurs.
 */
function growthOf(looks: readonly Look[]): Growth {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const foundAt = (share: number): number => namedAt(looks, first.done + share * (last.done - first.done)) - first.named;
  const [quarter, half, found] = [foundAt(1 / 4), foundAt(1 / 2), last.named - first.named];
  const q = half === 0 ? Number(found > 0) : Math.min(1, Math.max(0, found / half - 1));
  const isTold = q <= MOST_Q && Math.abs((half * (1 - Math.sqrt(q))) / (1 - q) - quarter) <= MOST_OFF * found;
  return { before: first.named, found, half, q, isTold };
}

/** Estimates how much memory a log will take, while it is read. */
export class Room {
  private readonly looks: Look[] = [];

  /**
   * @param allowed maximum bytes of memory for the log
   * @param total bytes on disk of the files with events
   */
  constructor(
    private readonly allowed: number,
    private readonly total: number,
  ) {}

  /** Why the users, items and texts read leave no room for events; null if they do. */
  named({ names, bytes }: Held): string | null {
    const needed = A_NAME * names + bytes;
    if (needed <= this.allowed) return null;
    return t(
      'Its users, items and texts alone take more than the {allowed} of memory that a log may take here. Open a file with fewer of them, or with shorter texts.',
      { allowed: gigabytes(this.allowed) },
    );
  }

  /** Why the log does not fit if a file announces that many more rows; null if it fits as far as known. */
  announced({ events, names, bytes }: Held, rows: number): string | null {
    const expected = events + rows;
    const needed = AN_EVENT * expected + A_NAME * names + bytes;
    if (needed <= this.allowed) return null;
    return this.problem(expected, needed, 'most', rough(this.allowed / AN_EVENT));
  }

  /**
   * Why the log does not fit; null if it fits as far as known. Call from the first byte of a file with events
   * on.
   * @param done bytes on disk of the files with events in which `held` was found
   */
  look({ events, names, bytes }: Held, done: number): string | null {
    const { looks, total, allowed } = this;
    if (looks.length === 0 || done > looks.at(-1)!.done) looks.push({ done, named: A_NAME * names + bytes });
    if (looks.length <= START_LOOKS || done < Math.min(START_BYTES, START_SHARE * total) || events === 0) return null;
    const expected = Math.round((events / done) * Math.max(done, total));
    const { before, found, half, q, isTold } = growthOf(looks);
    // Bytes of names with a number of events.
    const named = (of: number): number => before + (half * (1 - q ** ((2 * of) / events))) / (1 - q);
    const needed = AN_EVENT * expected + (isTold ? named(expected) : before + found);
    if (needed <= allowed) return null;
    if (isTold) {
      let [fits, fails] = [0, expected];
      while (fails - fits > expected / 1000) {
        const middle = Math.round((fits + fails) / 2);
        if (AN_EVENT * middle + named(middle) <= allowed) fits = middle;
        else fails = middle;
      }
      return this.problem(expected, needed, 'about', rough(fits));
    }
    const least = (allowed - before) / (AN_EVENT + found / events);
    const most = (allowed - before - found) / AN_EVENT;
    return this.problem(expected, needed, 'between', rough(most), rough(least));
  }

  /** @param known of the number of events that would fit @param least with `between` */
  private problem(expected: number, needed: number, known: 'about' | 'most' | 'between', fits: string, least = ''): string {
    return t(
      'It has about {expected} events, which would take {known, select, about {about {needed}} other {at least {needed}}} of memory. A log may take {allowed} here: {known, select, about {about {fits} events would fit} most {at most {fits} events would fit} other {between {least} and {fits} events would fit, depending on how many users and items are still to come}}. Open a part of it: fewer users, or a shorter time.',
      {
        ...{ known, fits, least },
        expected: rough(expected, Math.round),
        needed: gigabytes(needed),
        allowed: gigabytes(this.allowed),
      },
    );
  }
}
