/** Rows of events to columns of numbers. */
import type { Share, SourceMapping } from '../../recipe/logRecipe';
import { parseTime } from '../eventTime';
import type { RecordSink } from '../records/syntax';
import { GrowingColumn, Names } from './columns';
import { describeItem, type Cells, type ItemTable } from './items';
import { quoted, type Place, type Tally } from './tally';
import { idList, idOf, numberOf, textOf } from '../records/values';

export const NO_USER = 'no user';
export const NO_ITEM = 'no item';
export const NO_TIME = 'no time';
export const BAD_TIME = 'time that cannot be read';
export const PROBLEMS = {
  fields: 'wrong number of fields',
  quotes: 'quotes that do not close',
  json: 'not a JSON object',
} as const;

/** Codes of an event's share of a given split. A `context` event is history of a row and nothing's target. */
export const SHARE_CODES: Readonly<Record<Share | 'none' | 'context', number>> = {
  none: 0,
  context: 1,
  train: 2,
  validation: 3,
  test: 4,
};

/** Events in the order of the files, one entry a column. */
export interface EventColumns {
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Unix seconds, or a running number. */
  readonly time: Float64Array;
  /** NaN where there is none. */
  readonly rating: Float32Array;
  /** Number of the kind of event, -1 where there is none. */
  readonly kind: Int32Array;
  /** Number of the query, -1 where there is none. */
  readonly query: Int32Array;
  readonly share: Uint8Array;
  readonly source: Uint16Array;
  /** Line, in Parquet row, counted from 1. */
  readonly line: Uint32Array;
  /** Items shown with event e: exposed[exposedEnd[e − 1] … exposedEnd[e]). */
  readonly exposedEnd: Uint32Array;
  readonly exposed: Int32Array;
}

/** Gathers the events of all sources. */
export class EventReader {
  readonly users = new Names();
  readonly kinds = new Names();
  readonly queries = new Names();
  private readonly user = new GrowingColumn((length) => new Int32Array(length));
  private readonly item = new GrowingColumn((length) => new Int32Array(length));
  private readonly time = new GrowingColumn((length) => new Float64Array(length));
  private readonly rating = new GrowingColumn((length) => new Float32Array(length));
  private readonly kind = new GrowingColumn((length) => new Int32Array(length));
  private readonly query = new GrowingColumn((length) => new Int32Array(length));
  private readonly share = new GrowingColumn((length) => new Uint8Array(length));
  private readonly source = new GrowingColumn((length) => new Uint16Array(length));
  private readonly line = new GrowingColumn((length) => new Uint32Array(length));
  private readonly exposedEnd = new GrowingColumn((length) => new Uint32Array(length));
  private readonly exposed = new GrowingColumn((length) => new Int32Array(length));
  /** Where there are no times: events are numbered in the order of the files. */
  private clock = 0;
  /** History beside a user's earliest row, which no row of its own need have. */
  private readonly firstHistory = new Map<number, { row: number; items: readonly string[] }>();
  /** Latest time of each user so far, to notice rows that are out of order. */
  private readonly latest: number[] = [];
  outOfOrder = 0;
  firstOutOfOrder: Place | null = null;

  constructor(
    private readonly items: ItemTable,
    private readonly rejected: Tally,
    private readonly notes: Tally,
  ) {}

  get count(): number {
    return this.user.length;
  }

  private append(user: number, item: number, time: number, share: number, source: number, line: number): void {
    this.user.push(user);
    this.item.push(item);
    this.time.push(time);
    this.share.push(share);
    this.source.push(source);
    this.line.push(line);
  }

  private appendBare(): void {
    this.rating.push(NaN);
    this.kind.push(-1);
    this.query.push(-1);
    this.exposedEnd.push(this.exposed.length);
  }

  private noteOrder(user: number, time: number, place: Place): void {
    const latest = this.latest[user];
    if (latest !== undefined && time < latest) {
      this.outOfOrder++;
      this.firstOutOfOrder ??= place;
    } else this.latest[user] = time;
  }

  /** Takes the records of one source; `index` is its number among the sources. */
  sink(mapping: SourceMapping, index: number): RecordSink {
    const { roles, timeUnit, share, name } = mapping;
    const shareCode = SHARE_CODES[share ?? 'none'];
    let row: (column: number) => unknown = () => undefined;
    const cells: Cells = (role) => {
      const column = roles[role];
      return column === undefined ? undefined : row(column);
    };
    const reject = (reason: string, line: number, example: string): void => {
      this.rejected.add(reason, { file: name, line }, example);
    };
    const record = (line: number): void => {
      const userId = idOf(cells('user'));
      if (userId === '') {
        reject(NO_USER, line, 'the user is empty');
        return;
      }
      if (roles.item === undefined) {
        this.sequence(userId, idList(cells('history')), shareCode, index, line, reject);
        return;
      }
      const itemId = idOf(cells('item'));
      if (itemId === '') {
        reject(NO_ITEM, line, 'the item is empty');
        return;
      }
      const when = cells('time');
      const time = timeUnit === 'order' ? this.clock++ : parseTime(when, timeUnit);
      if (Number.isNaN(time)) {
        const empty = when === undefined || when === null || when === '';
        reject(empty ? NO_TIME : BAD_TIME, line, empty ? 'the time is empty' : `${quoted(when)} is no ${timeUnit} time`);
        return;
      }
      const user = this.users.number(userId);
      const item = this.items.ids.number(itemId);
      const place = { file: name, line };
      this.noteOrder(user, time, place);
      describeItem(this.items, item, cells, place, this.notes);
      if (roles.history !== undefined) this.noteHistory(user, time, idList(cells('history')));
      this.append(user, item, time, shareCode, index, line);
      this.rating.push(roles.rating === undefined ? NaN : numberOf(cells('rating')));
      this.kind.push(this.nameNumber(this.kinds, idOf(cells('event'))));
      this.query.push(this.nameNumber(this.queries, roles.query === undefined ? '' : textOf(cells('query'))));
      if (roles.exposed !== undefined) this.showItems(item, idList(cells('exposed')), place);
      this.exposedEnd.push(this.exposed.length);
    };
    return {
      record: (current, line) => {
        row = current;
        record(line);
        return undefined;
      },
      problem: (kind, line, detail) => {
        reject(PROBLEMS[kind], line, detail);
      },
    };
  }

  private nameNumber(names: Names, text: string): number {
    return text === '' ? -1 : names.number(text);
  }

  private showItems(clicked: number, ids: readonly string[], place: Place): void {
    for (const shown of new Set(ids)) {
      const item = this.items.ids.number(shown);
      if (item === clicked) this.notes.add(OWN_EXPOSURE, place, `item ${quoted(shown)}`);
      else this.exposed.push(item);
    }
  }

  /** A line that is a whole history: its items are events with their places for times. */
  private sequence(
    userId: string,
    ids: readonly string[],
    share: number,
    source: number,
    line: number,
    reject: (reason: string, line: number, example: string) => void,
  ): void {
    if (ids.length === 0) {
      reject(NO_ITEM, line, 'no items behind the user');
      return;
    }
    const user = this.users.number(userId);
    for (const id of ids) {
      this.append(user, this.items.ids.number(id), this.clock++, share, source, line);
      this.appendBare();
    }
  }

  private noteHistory(user: number, time: number, items: readonly string[]): void {
    const known = this.firstHistory.get(user);
    if (known === undefined || time < this.time.done()[known.row]!) this.firstHistory.set(user, { row: this.count, items });
  }

  /**
   * What stood before a user's earliest row becomes events, a thousandth apart, in front of it.
   * @returns how many
   */
  private unfoldHistories(): number {
    const before = this.count;
    for (const [user, { row, items }] of this.firstHistory) {
      const start = this.time.done()[row]! - items.length / 1000;
      items.forEach((id, place) => {
        const source = this.source.done()[row]!;
        this.append(user, this.items.ids.number(id), start + place / 1000, SHARE_CODES.context, source, this.line.done()[row]!);
        this.appendBare();
      });
    }
    return this.count - before;
  }

  /** The columns, after the last source. `unfolded` counts events that stood in a history beside a row alone. */
  finish(): { columns: EventColumns; unfolded: number } {
    const unfolded = this.unfoldHistories();
    const columns: EventColumns = {
      user: this.user.done(),
      item: this.item.done(),
      time: this.time.done(),
      rating: this.rating.done(),
      kind: this.kind.done(),
      query: this.query.done(),
      share: this.share.done(),
      source: this.source.done(),
      line: this.line.done(),
      exposedEnd: this.exposedEnd.done(),
      exposed: this.exposed.done(),
    };
    return { columns, unfolded };
  }
}

export const OWN_EXPOSURE = 'list of shown items that names the clicked item itself';
