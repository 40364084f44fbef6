/**
 * The interaction log as everything downstream sees it: dense indices, time order, typed columns
 * (`logColumns.ts`).
 */
import type { Catalogue } from './catalogue';
import type { LogEvents } from './logEvents';
import type { TextList } from './textColumn';

/** Features of items in a log. */
export interface LogEmbeddings {
  /** Numbers per item. */
  readonly width: number;
  /** [items, width], in the order of the catalogue. */
  readonly values: Float32Array;
  /** Number of items without any, for which the mean of the others is used. */
  readonly missing: number;
}

/** Pixels per side of a picture that is stored for display. */
export const THUMBNAIL_SIDE = 24;

/** Frozen visual features v of items' pictures in a log. */
export interface VisualFeatures {
  /** Numbers per item. */
  readonly width: number;
  /** [items, width], in the order of the catalogue; 0 for an item without any. */
  readonly values: Float32Array;
  /** [items], 1 if the item has some. */
  readonly present: Uint8Array;
  /**
   * RGB [items, side, side, 3] of the pictures that the page made them of, side `THUMBNAIL_SIDE`; the hash
   * does not cover them.
   */
  readonly thumbnails?: Uint8Array;
  /**
   * Whether they come with the page, for the sample log: they are then in no file of the log, and its hash
   * does not cover them.
   */
  readonly shipped?: true;
}

/** Candidate sets in the files, among which targets may be ranked. S sets, C candidates. */
export interface GivenCandidates {
  /** int32 [S], ascending: the user of each set. */
  readonly user: Int32Array<ArrayBuffer>;
  /** int32 [S]: the item of the target that it belongs to; −1 for any target of the user. */
  readonly target: Int32Array<ArrayBuffer>;
  /** uint32 [S + 1]: set s has the items item[start[s] … start[s + 1]). */
  readonly start: Uint32Array<ArrayBuffer>;
  /** int32 [C] */
  readonly item: Int32Array<ArrayBuffer>;
}

export interface InteractionLog {
  readonly name: string;
  /** SHA-256 of the parsed content, hex. */
  readonly hash: string;
  readonly items: Catalogue;
  /** IDs of the users. */
  readonly users: TextList;
  /**
   * In time order, oldest first; events of a user at one time are a basket, in an arbitrary order
   * (`intake/order.ts`).
   */
  readonly events: LogEvents;
  /** Absent if the files bring none. */
  readonly embeddings?: LogEmbeddings;
  /** Absent if neither the files nor, for the sample log, the page have any. */
  readonly visual?: VisualFeatures;
  /** Absent if the files bring none. */
  readonly candidates?: GivenCandidates;
}

/** A position to predict from what is earlier in time: events[0 .. historyEnd). */
export interface Target {
  readonly user: number;
  /** Index of the target event in the user's events. */
  readonly position: number;
}

/**
 * Where the history of a target ends (exclusive): before the first event at the target's own time, since
 * events of one time are a basket, of which one line must not give away the next. 0 if nothing is earlier.
 */
export function historyEnd({ events }: Pick<InteractionLog, 'events'>, { user, position }: Target): number {
  const { start, time } = events.columns;
  let end = events.place(user, position);
  const own = time[end];
  while (end > start[user]! && time[end - 1] === own) end--;
  return end - start[user]!;
}

/** Items of the history of a target, oldest first. */
export function historyItems(log: Pick<InteractionLog, 'events'>, target: Target): number[] {
  return [...log.events.items(target.user, historyEnd(log, target))];
}

/** The candidate set of a target: its own, else its user's; null if the files have none. */
export function givenCandidates(
  { events, candidates }: Pick<InteractionLog, 'events' | 'candidates'>,
  { user, position }: Target,
): Int32Array | null {
  if (candidates === undefined) return null;
  const { user: owner, target, start, item } = candidates;
  let [low, high] = [0, owner.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (owner[middle]! < user) low = middle + 1;
    else high = middle;
  }
  const own = events.item(user, position);
  let found = -1;
  for (let set = low; owner[set] === user; set++) {
    if (target[set] === own) return item.subarray(start[set], start[set + 1]);
    if (target[set] === -1 && found < 0) found = set;
  }
  return found < 0 ? null : item.subarray(start[found], start[found + 1]);
}

/** What is trained on and what is predicted. Every target has a history. */
export interface Split {
  /** Of `trainedLog`. */
  readonly train: readonly { readonly user: number; /** events[0 .. end) may be trained on */ readonly end: number }[];
  /**
   * The log to whose events `train` refers, if it is not the log itself, of which some events may not be
   * trained on.
   */
  readonly training?: InteractionLog;
  readonly validation: readonly Target[];
  readonly test: readonly Target[];
  /** 1 if the item never occurs in a training event. */
  readonly cold: Uint8Array;
}

/** The log that is trained on. */
export function trainedLog(log: InteractionLog, { training }: Pick<Split, 'training'>): InteractionLog {
  return training ?? log;
}

/** A row of the file that could not be used, and what to do about it. */
export interface LogIssue {
  readonly file: string;
  /** 1-based line in the file, 0 for the file as a whole. */
  readonly line: number;
  readonly column?: string;
  readonly message: string;
}

/** Thrown when files cannot be used at all; `issues` name the lines. */
export class LogError extends Error {
  constructor(
    message: string,
    readonly issues: readonly LogIssue[],
  ) {
    super(message);
    this.name = 'LogError';
  }
}
