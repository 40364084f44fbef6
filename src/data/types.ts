/** The interaction log as everything downstream sees it: dense indices, time order, no strings but the items' texts. */

export interface CatalogueItem {
  /** The id in the person's file. */
  readonly id: string;
  readonly title: string;
  /** `a > b > c`, empty when the log has none. */
  readonly category: string;
  readonly description: string;
}

/** One interaction. Indices point into `InteractionLog.items`. */
export interface Interaction {
  readonly item: number;
  /** Unix seconds (any monotone number will do; only the order is used). */
  readonly time: number;
  /** Search query that led to it, empty when none. */
  readonly query: string;
  /** Items shown with it and not clicked. */
  readonly exposed: readonly number[];
}

export interface UserHistory {
  readonly id: string;
  /** In time order, oldest first; ties keep file order. */
  readonly events: readonly Interaction[];
}

export interface InteractionLog {
  readonly name: string;
  /** SHA-256 of the parsed content, hex. */
  readonly hash: string;
  readonly items: readonly CatalogueItem[];
  readonly users: readonly UserHistory[];
}

/** A position to predict: everything before it is the history. */
export interface Target {
  readonly user: number;
  /** Index of the target event in the user's events; history = events[0 .. position). */
  readonly position: number;
}

/** Leave-last-out: last event = test, the one before = validation, the rest = training. */
export interface Split {
  readonly train: readonly { readonly user: number; /** events[0 .. end) may be trained on */ readonly end: number }[];
  readonly validation: readonly Target[];
  readonly test: readonly Target[];
  /** 1 where the item never occurs in a training event. */
  readonly cold: Uint8Array;
}

/** A row of the file that could not be used, and what to do about it. */
export interface LogIssue {
  readonly file: string;
  /** 1-based line in the file, 0 when it is about the file as a whole. */
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
