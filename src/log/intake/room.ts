/** Whether a log fits into memory, told from its first megabyte on: before memory is spent, not when it has run out. */
import { counted } from './findings';

/**
 * Bytes that an event takes at most, from its file to the audit: 42 in the columns that are read, 5 in order and filters, 24 in the log,
 * 9 in split and audit, 10 for shown items; measured in docs/bench.md.
 */
const AN_EVENT = 90;
/** Bytes that the number of a user, an item or a query takes beside its characters: its text, hash, place in the log and in the split. */
const A_NAME = 180;
/** Characters are kept once while reading, and once in the log that is handed over. */
const A_CHARACTER = 2;

/** What was read so far. */
export interface Held {
  readonly events: number;
  readonly names: number;
  readonly characters: number;
  /** Bytes on disk that were read of the files with events, and that they have. */
  readonly done: number;
  readonly total: number;
}

function namesBytes({ names, characters }: Held): number {
  return A_NAME * names + A_CHARACTER * characters;
}

/** Events that the files hold, if the rest is like what was read. */
export function expectedEvents({ events, done, total }: Held): number {
  return done === 0 ? 0 : Math.round((events / done) * Math.max(done, total));
}

/** Bytes of memory that the log will take at least. */
export function expectedBytes(held: Held): number {
  return AN_EVENT * expectedEvents(held) + namesBytes(held);
}

/**
 * Why the log does not fit, null if it does as far as is known.
 * @param allowed bytes
 */
export function roomProblem(held: Held, allowed: number): string | null {
  const needed = expectedBytes(held);
  if (needed <= allowed) return null;
  const fit = Math.max(0, Math.floor((allowed - namesBytes(held)) / AN_EVENT));
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return (
    `It has about ${counted(expectedEvents(held), 'event')}, which would take more than ${gigabytes(needed)} of memory. ` +
    `A log may take ${gigabytes(allowed)} here: about ${counted(fit, 'event')} would fit. Open a part of it: fewer users, or a shorter time.`
  );
}
