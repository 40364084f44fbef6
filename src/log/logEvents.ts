/** The events of a log, one typed column per field, user after user, in time order for each user. */
import type { TextList } from './textColumn';

export interface EventColumns<Text> {
  /** int32 [U + 1]: user u has the events start[u] … start[u + 1]. */
  readonly start: Int32Array<ArrayBuffer>;
  /** int32 [N]: index of the item in the catalogue. */
  readonly item: Int32Array<ArrayBuffer>;
  /** float64 [N]: unix seconds, or any growing numbers; only the order is used. */
  readonly time: Float64Array<ArrayBuffer>;
  /** int32 [N]: index of the search query that led to it, −1 if there is none. */
  readonly query: Int32Array<ArrayBuffer>;
  /** text [Q]: the distinct queries. */
  readonly queries: Text;
  /**
   * uint32 [N + 1]: event e's item was shown with the items exposed[exposedStart[e] … exposedStart[e + 1]).
   */
  readonly exposedStart: Uint32Array<ArrayBuffer>;
  /** int32 [X]: items that were shown but not clicked. */
  readonly exposed: Int32Array<ArrayBuffer>;
}

/** One event, taken out of the columns. */
export interface Interaction {
  readonly item: number;
  readonly time: number;
  /** Empty if there is none. */
  readonly query: string;
  /** Items shown with it but not clicked. */
  readonly exposed: readonly number[];
}

export class LogEvents {
  constructor(readonly columns: EventColumns<TextList>) {}

  /** Number of events of all users. */
  get length(): number {
    return this.columns.item.length;
  }

  /** Number of events of a user. */
  count(user: number): number {
    return this.columns.start[user + 1]! - this.columns.start[user]!;
  }

  /** Index in the columns of a user's event. @throws RangeError for an event that the user does not have */
  place(user: number, position: number): number {
    const { start } = this.columns;
    const place = start[user]! + position;
    if (!(position >= 0 && place < start[user + 1]!)) throw new RangeError(`no event ${position} of user ${user}`);
    return place;
  }

  item(user: number, position: number): number {
    return this.columns.item[this.place(user, position)]!;
  }

  time(user: number, position: number): number {
    return this.columns.time[this.place(user, position)]!;
  }

  /** Empty if there is none. */
  query(user: number, position: number): string {
    const query = this.columns.query[this.place(user, position)]!;
    return query < 0 ? '' : this.columns.queries.at(query);
  }

  /** Items shown with an event but not clicked: a view. */
  exposed(user: number, position: number): Int32Array {
    const { exposed, exposedStart } = this.columns;
    const place = this.place(user, position);
    return exposed.subarray(exposedStart[place], exposedStart[place + 1]);
  }

  /** Items of a user's events in time order, at most the first `end`: a view. */
  items(user: number, end = Infinity): Int32Array {
    return this.columns.item.subarray(this.columns.start[user], this.end(user, end));
  }

  /** Times of a user's events, at most the first `end`: a view. */
  times(user: number, end = Infinity): Float64Array {
    return this.columns.time.subarray(this.columns.start[user], this.end(user, end));
  }

  private end(user: number, end: number): number {
    const { start } = this.columns;
    return Math.min(start[user]! + end, start[user + 1]!);
  }

  at(user: number, position: number): Interaction {
    return {
      item: this.item(user, position),
      time: this.time(user, position),
      query: this.query(user, position),
      exposed: [...this.exposed(user, position)],
    };
  }
}
