/** Whether a log fits into memory, told from its first megabytes on: before memory is spent, not when it has run out. */
import { counted } from './findings';
import type { Held } from './readEvents';

/**
 * Bytes that an event takes at most, from its file to the audit: 42 in the columns that are read, 5 in order and filters, 24 in the log,
 * 9 in split and audit, 10 for shown items; measured in docs/bench.md.
 */
const AN_EVENT = 90;
/** Bytes that the number of a user, an item or a query takes beside its text: hash, place in the log and in the split. */
const A_NAME = 180;
/** Bytes of the files with events after which a log may be refused; of smaller files this share. */
const START_BYTES = 32e6;
const START_SHARE = 1 / 16;
/** Looks that must have been taken by then. */
const START_LOOKS = 4;

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** One look at a reading. */
interface Look {
  /** Bytes on disk of the files with events. */
  readonly done: number;
  /** Bytes of memory of all names and texts. */
  readonly named: number;
}

/** Bytes of names and texts at some place, between two looks as on a straight line. */
function namedAt(looks: readonly Look[], done: number): number {
  const after = looks.findIndex((look) => look.done >= done);
  const [from, to] = [looks[after - 1]!, looks[after]!];
  return from.named + ((to.named - from.named) * (done - from.done)) / (to.done - from.done);
}

/**
 * Bytes of names and texts at the end of the files, if users, items and queries are drawn from as many as the second half of what was read suggests: of n names each
 * equally likely, 1 − q of those that are still unseen are met in each half. In files that are sorted by user, q is 1, and they grow with the rows. What was there before
 * the events, such as the texts of an items file, does not grow.
 */
function expectedNamed(looks: readonly Look[], total: number): number {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const [done, all] = [last.done - first.done, total - first.done];
  const half = namedAt(looks, first.done + done / 2) - first.named;
  const found = last.named - first.named;
  if (found === 0 || half === 0) return last.named + (found * (all - done)) / done;
  const q = Math.min(1, Math.max(0, found / half - 1));
  return first.named + (q > 0.9999 ? (found * all) / done : (half * (1 - q ** ((2 * all) / done))) / (1 - q));
}

/** Watches how much memory a log will take while it is read. */
export class Room {
  private readonly looks: Look[] = [];

  /**
   * @param allowed bytes of memory that the log may take
   * @param total bytes on disk of the files with events
   */
  constructor(
    private readonly allowed: number,
    private readonly total: number,
  ) {}

  /** Why the users, items and texts that were read leave no room for events, null if they do. */
  named({ names, bytes }: Held): string | null {
    const needed = A_NAME * names + bytes;
    if (needed <= this.allowed) return null;
    return (
      `Its users, items and texts alone take more than the ${gigabytes(this.allowed)} of memory that a log may take here. ` +
      'Open a file with fewer of them, or with shorter texts.'
    );
  }

  /** Why the log does not fit if a file says that it has so many rows more, null if it does as far as is known. */
  announced({ events, names, bytes }: Held, rows: number): string | null {
    const expected = events + rows;
    const needed = AN_EVENT * expected + A_NAME * names + bytes;
    if (needed <= this.allowed) return null;
    return this.problem(expected, needed, `at most ${counted(Math.floor(this.allowed / AN_EVENT), 'event')} would fit`);
  }

  /**
   * Why the log does not fit, null if it does as far as is known. To be told from the first byte of a file with events on.
   * @param done bytes on disk of the files with events in which `held` was found
   */
  look({ events, names, bytes }: Held, done: number): string | null {
    const { looks, total, allowed } = this;
    if (looks.length === 0 || done > looks.at(-1)!.done) looks.push({ done, named: A_NAME * names + bytes });
    if (looks.length <= START_LOOKS || done < Math.min(START_BYTES, START_SHARE * total) || events === 0) return null;
    const expected = Math.round((events / done) * Math.max(done, total));
    const needed = AN_EVENT * expected + expectedNamed(looks, total);
    if (needed <= allowed) return null;
    let [fits, fails] = [0, Math.max(done, total)];
    while (fails - fits > total / 1000) {
      const middle = (fits + fails) / 2;
      const takes = (AN_EVENT * events * middle) / done + expectedNamed(looks, middle);
      if (takes <= allowed) fits = middle;
      else fails = middle;
    }
    return this.problem(expected, needed, `about ${counted(Math.round((events * fits) / done), 'event')} would fit`);
  }

  private problem(expected: number, needed: number, fit: string): string {
    return (
      `It has about ${counted(expected, 'event')}, which would take about ${gigabytes(needed)} of memory. ` +
      `A log may take ${gigabytes(this.allowed)} here: ${fit}. Open a part of it: fewer users, or a shorter time.`
    );
  }
}
