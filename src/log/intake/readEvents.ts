/** Rows of events to columns of numbers. */
import type { Share, SourceMapping } from '../../recipe/logRecipe';
import { isOddTime, parseTime, timeProblem, UNTIMED } from '../eventTime';
import type { RecordSink } from '../records/syntax';
import { GrowingColumn, Names, OptionalColumn, RunColumn } from './columns';
import { describeItem, describesItem, itemNumber, type RoleReader, type ItemTable } from './items';
import type { ReasonId } from './reasons';
import { quoted, Tally, type FilePosition } from './tally';
import { entityId, idList, idOf, ratingOf, textOf } from '../records/values';
import { shareOf } from '../formats/format';
import type { Accounts, Order, Orders } from './orders';
import { readImpressions, Requests, type Impressions } from './requests';

/**
 * Codes of an event's share of a given split. A `context` event is part of a row's history and never a
 * target.
 */
export const SHARE_CODES: Readonly<Record<Share | 'none' | 'context', number>> = {
  none: 0,
  context: 1,
  train: 2,
  validation: 3,
  test: 4,
};

/** Events in the order of the files, one entry per column. */
export interface RawEventColumns {
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Unix seconds, or a running number. */
  readonly time: Float64Array;
  /** NaN if there is none or it cannot be read; null if there is none at all. */
  readonly rating: Float32Array | null;
  /** 1 if there is an unreadable rating; null if there is none. */
  readonly badRating: Uint8Array | null;
  /** Place among the events at one time, ∞ if there is none; null if there is none at all. */
  readonly position: Float64Array | null;
  /** Number of the kind of event, -1 if there is none; null if there is none at all. */
  readonly kind: Int32Array | null;
  /** Number of the query, -1 if there is none; null if there is none at all. */
  readonly query: Int32Array | null;
  /** One of `SHARE_CODES`; null if the files give no split. */
  readonly share: Uint8Array | null;
  /** Number of the source. */
  readonly source: Pick<RunColumn, 'at'>;
  /** Line, in Parquet row, counted from 1. */
  readonly line: Uint32Array;
  /** Items shown with event e: exposed[exposedEnd[e − 1] … exposedEnd[e]); null if there are none. */
  readonly exposedEnd: Uint32Array | null;
  readonly exposed: Int32Array;
}

function missing(what: string, cell: unknown): string {
  const id = idOf(cell);
  return id === '' ? `the ${what} is empty` : `${quoted(id)} stands for a missing value`;
}

/** One text of the cells of a time: a date and a time of day, or year, month, day, hour, minute, second. */
function joinedTime(cells: readonly unknown[]): unknown {
  const texts = cells.map(idOf);
  if (texts.includes('')) return '';
  const two = (text: string | undefined): string => (text ?? '0').padStart(2, '0');
  const [first, second, third, hour, minute, seconds] = texts;
  if (third === undefined) {
    // `930`, `13`: hour and minute, or the hour.
    const clock = second!.replace(/^(\d{1,2}?)(\d{2})?$/, (_, hours: string, minutes = '00') => `${two(hours)}:${minutes}`);
    return `${cells[0] instanceof Date ? cells[0].toISOString().slice(0, 10) : first!} ${clock}`;
  }
  return `${first!}-${two(second)}-${two(third)} ${two(hour)}:${two(minute)}:${two(seconds)}`;
}

/** What has been read so far. */
export interface Held {
  readonly events: number;
  /** Users, items and queries. */
  readonly names: number;
  /** `textBytes` of all texts. */
  readonly bytes: number;
}

/** NaN without one, null for one that cannot be read. */
function ratingOfOrder(order: Order | null): number | null {
  return order?.badRating === true ? null : (order?.rating ?? NaN);
}

function positionOf(cell: unknown): number {
  const number = parseTime(cell ?? '', 'numbered');
  return Number.isNaN(number) ? Infinity : number;
}

/** The least time, in 1973, of a log whose times are unix times. */
export const LEAST_UNIX = 1e8;

/** Share of histories ending with their row's own item from which this is how the file is made. */
const OWN_HISTORIES = 0.5;

/** Whether an event comes before another one: in an earlier part of a given split, or earlier within it. */
function precedes(share: number, time: number, ofShare: number, ofTime: number): boolean {
  return share < ofShare || (share === ofShare && time < ofTime);
}

/** Collects the events of all sources. */
export class EventReader {
  readonly users = new Names();
  readonly kinds = new Names();
  readonly queries = new Names();
  private readonly user = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly item = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly time = new GrowingColumn((buffer) => new Float64Array(buffer));
  private readonly position = new OptionalColumn((buffer) => new Float64Array(buffer), Infinity);
  private readonly rating = new OptionalColumn((buffer) => new Float32Array(buffer), NaN);
  private readonly badRating = new OptionalColumn((buffer) => new Uint8Array(buffer), 0);
  private readonly request = new OptionalColumn((buffer) => new Int32Array(buffer), -1);
  private readonly requests = new Requests();
  private readonly kind = new OptionalColumn((buffer) => new Int32Array(buffer), -1);
  private readonly query = new OptionalColumn((buffer) => new Int32Array(buffer), -1);
  private readonly share = new OptionalColumn((buffer) => new Uint8Array(buffer), SHARE_CODES.none);
  private readonly source = new RunColumn();
  private readonly line = new GrowingColumn((buffer) => new Uint32Array(buffer));
  private readonly exposedEnd = new OptionalColumn((buffer) => new Uint32Array(buffer), 0);
  private readonly exposed = new GrowingColumn((buffer) => new Int32Array(buffer));
  /** Without times, events are numbered in the order of the files. */
  private clock: number;
  /** History beside a user's earliest row, which need not have rows of its own. */
  private readonly firstHistory = new Map<number, { row: number; share: number; time: number; items: readonly string[] }>();
  /** Rows with a history, and those among them whose history ends with their own item. */
  private histories = 0;
  private readonly ownHistories = new Tally();
  /** Time of each user's row before, to notice rows that are out of order. */
  private readonly previous: number[] = [];
  outOfOrder = 0;
  /** Times that stand for missing ones, unless all times are small numbers. */
  readonly oddTimes = new Tally();
  latest = -Infinity;
  firstOutOfOrder: FilePosition | null = null;

  constructor(
    private readonly items: ItemTable,
    private readonly rejected: Tally,
    private readonly notes: Tally,
    private readonly orders: Orders,
    private readonly accounts: Accounts,
    /** Whether some sources have times and others have none. */
    mixed: boolean,
  ) {
    this.clock = mixed ? UNTIMED : 0;
  }

  get count(): number {
    return this.user.length;
  }

  /** Amount read, for watching memory. */
  get held(): Held {
    const names = [this.users, this.items.ids, this.queries, this.orders.ids, this.orders.users];
    return {
      events: this.count,
      names: names.reduce((sum, { texts }) => sum + texts.length, 0),
      bytes: names.reduce((sum, { bytes }) => sum + bytes, this.items.bytes),
    };
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
    this.position.push(Infinity);
    this.badRating.push(0);
    this.request.push(-1);
    this.rating.push(NaN);
    this.kind.push(-1);
    this.query.push(-1);
    this.exposedEnd.push(this.exposed.length);
  }

  private noteOrder(user: number, time: number, place: FilePosition): void {
    const previous = this.previous[user];
    if (previous !== undefined && time < previous) {
      this.outOfOrder++;
      this.firstOutOfOrder ??= place;
    }
    this.previous[user] = time;
  }

  /**
   * Adds the records of one source; `index` is its number among the sources.
   * @param byOrder whether the time of an event is that of its order
   */
  sink(mapping: SourceMapping, index: number, byOrder: boolean): RecordSink {
    const { roles, timeUnit, share, name, where, historyWidth, padding, timeOf, kind: kindOfAll = '' } = mapping;
    const shareOfAll = SHARE_CODES[share ?? 'none'];
    const describes = describesItem(roles);
    const timed = roles.time !== undefined && !['order', 'numbered'].includes(timeUnit);
    let row: (column: number) => unknown = () => undefined;
    const cells: RoleReader = (role) => {
      const column = roles[role];
      return column === undefined ? undefined : row(column);
    };
    const whenOf = (): unknown => (timeOf === undefined ? cells('time') : joinedTime(timeOf.map((column) => row(column))));
    const history = (): string[] => {
      if (historyWidth === undefined) return idList(cells('history'), padding);
      return idList(
        Array.from({ length: historyWidth }, (_, place) => row(roles.history! + place)),
        padding,
      );
    };
    const reject = (reason: ReasonId, line: number, example: string): void => {
      this.rejected.add(reason, { file: name, line }, example);
    };
    const record = (line: number): void => {
      const order = roles.order === undefined ? null : this.orders.find(entityId(cells('order')));
      if (roles.order !== undefined && order === null && (roles.user === undefined || byOrder)) {
        reject('unknownOrder', line, quoted(cells('order')));
        return;
      }
      const userId = this.accounts.own(roles.user === undefined ? order!.user : entityId(cells('user')));
      if (userId === '') {
        reject('noUser', line, roles.user === undefined ? 'its order has none' : missing('user', cells('user')));
        return;
      }
      if (where !== undefined && !where.values.includes(idOf(row(where.column)))) {
        const request = this.requests.number(entityId(cells('request')));
        const shown = entityId(cells('item'));
        if (request >= 0 && shown !== '') {
          const item = itemNumber(this.items, shown);
          if (describes) describeItem(this.items, item, cells, { file: name, line }, this.notes);
          this.requests.show(request, item);
        }
        const value = `${mapping.columns[where.column] ?? 'the column'} is ${quoted(idOf(row(where.column)))}`;
        reject(request < 0 ? 'filteredRow' : 'shownRow', line, value);
        return;
      }
      const shareCode =
        roles.subset === undefined ? shareOfAll : SHARE_CODES[shareOf(`.${idOf(cells('subset')).toLowerCase()}.`) ?? 'none'];
      if (roles.item === undefined && roles.impressions === undefined) {
        const when = roles.time === undefined || timeUnit === 'order' ? null : cells('time');
        const times = when === null ? null : (Array.isArray(when) ? when : [when]).map((one) => parseTime(one, timeUnit));
        this.sequence(
          userId,
          history(),
          times,
          { shareCode, source: index, line, shown: idList(cells('exposed'), padding) },
          reject,
        );
        return;
      }
      const items = roles.impressions === undefined ? one(cells('item'), line) : clicked(idOf(cells('impressions')), line);
      if (items === null) return;
      const when = whenOf();
      const time = byOrder ? order!.time : timeUnit === 'order' ? this.clock++ : parseTime(when, timeUnit);
      if (Number.isNaN(time) && byOrder) {
        reject('noTime', line, 'its order has none that can be read');
        return;
      }
      if (Number.isNaN(time)) {
        const empty = when === undefined || when === null || when === '';
        reject(
          empty ? 'noTime' : 'badTime',
          line,
          empty
            ? 'the time is empty'
            : `${quoted(when)} is not a time in the unit ${timeUnit}. ${timeProblem(when, timeUnit) ?? ''}`.trimEnd(),
        );
        return;
      }
      const user = this.users.number(userId);
      const place = { file: name, line };
      this.noteOrder(user, time, place);
      if (timed && isOddTime(time)) this.oddTimes.add('oddTime', place, quoted(when));
      if (timed) this.latest = Math.max(this.latest, time);
      if (roles.history !== undefined) {
        const before = history();
        if (before.length > 0) this.histories++;
        if (before.length > 0 && before.at(-1) === items.clicked[0])
          this.ownHistories.add('ownHistory', place, quoted(before.at(-1)));
        this.noteHistory(user, shareCode, time, before);
      }
      const rating = roles.rating === undefined ? ratingOfOrder(order) : ratingOf(cells('rating'));
      if (rating === null) this.notes.add('badRating', place, roles.rating === undefined ? '' : quoted(cells('rating')));
      const kind = this.nameNumber(this.kinds, roles.event === undefined ? (order?.kind ?? kindOfAll) : idOf(cells('event')));
      const query = this.nameNumber(this.queries, roles.query === undefined ? '' : textOf(cells('query')));
      const request = roles.request === undefined ? -1 : this.requests.number(entityId(cells('request')));
      for (const id of items.clicked) {
        const item = itemNumber(this.items, id);
        if (describes && roles.impressions === undefined) describeItem(this.items, item, cells, place, this.notes);
        this.append(user, item, time, shareCode, index, line);
        this.position.push(positionOf(cells('position')));
        this.rating.push(rating ?? NaN);
        this.badRating.push(rating === null ? 1 : 0);
        this.kind.push(kind);
        this.query.push(query);
        this.request.push(request);
        if (roles.exposed !== undefined) this.showItems(item, idList(cells('exposed'), padding), place);
        if (items.shown.length > 0) this.showItems(item, items.shown, place);
        this.exposedEnd.push(this.exposed.length);
      }
    };
    const one = (cell: unknown, line: number): Pick<Impressions, 'clicked' | 'shown'> | null => {
      const id = entityId(cell);
      if (id !== '') return { clicked: [id], shown: [] };
      reject('noItem', line, missing('item', cell));
      return null;
    };
    const clicked = (cell: string, line: number): Impressions | null => {
      const seen = readImpressions(cell);
      if (seen.clicked.length > 0) return seen;
      reject(seen.unmarked > 0 ? 'noAnswers' : 'noClick', line, quoted(cell));
      return null;
    };
    return {
      record: (current, line) => {
        row = current;
        record(line);
        return undefined;
      },
      problem: (kind, line, detail) => {
        reject(kind, line, detail);
      },
      doubt: (line, detail) => {
        this.notes.add('oddQuotes', { file: name, line }, detail);
      },
    };
  }

  private nameNumber(names: Names, text: string): number {
    return text === '' ? -1 : names.number(text);
  }

  private showItems(clicked: number, ids: readonly string[], place: FilePosition): void {
    if (ids.length === 0) return;
    for (const shown of new Set(ids)) {
      const item = itemNumber(this.items, shown);
      if (item === clicked) this.notes.add('ownExposure', place, `item ${quoted(shown)}`);
      else this.exposed.push(item);
    }
  }

  /**
   * A line that is a whole history: its items are events, with their positions as times if it has none.
   * @param times of its items, or of all of them
   */
  private sequence(
    userId: string,
    ids: readonly string[],
    times: readonly number[] | null,
    { shareCode, source, line, shown }: { shareCode: number; source: number; line: number; shown: readonly string[] },
    reject: (reason: ReasonId, line: number, example: string) => void,
  ): void {
    if (ids.length === 0) {
      reject('noItem', line, 'no items after the user');
      return;
    }
    if (times !== null && (times.some((time) => Number.isNaN(time)) || (times.length !== 1 && times.length !== ids.length))) {
      for (const id of ids) reject('badTime', line, quoted(id));
      return;
    }
    const user = this.users.number(userId);
    ids.forEach((id, at) => {
      const item = itemNumber(this.items, id);
      this.append(user, item, times === null ? this.clock++ : times[times.length === 1 ? 0 : at]!, shareCode, source, line);
      if (shown.length > 0)
        this.showItems(
          item,
          shown.filter((one) => !ids.includes(one)),
          { file: '', line },
        );
      this.appendBare();
    });
  }

  private noteHistory(user: number, share: number, time: number, items: readonly string[]): void {
    const known = this.firstHistory.get(user);
    if (known === undefined || precedes(share, time, known.share, known.time))
      this.firstHistory.set(user, { row: this.count, share, time, items });
  }

  /** Forgets the histories of users who have earlier events, which the history repeats. */
  private forgetLaterHistories(): void {
    if (this.firstHistory.size === 0) return;
    for (let row = 0; row < this.count; row++) {
      const first = this.firstHistory.get(this.user.at(row));
      if (first !== undefined && precedes(this.share.at(row), this.time.at(row), first.share, first.time))
        this.firstHistory.delete(this.user.at(row));
    }
  }

  /**
   * History beside a user's earliest row becomes events before it, a thousandth apart. If most histories end
   * with their row's own item, they contain what is to be predicted, and it is taken out; a few users choose
   * an item twice in a row.
   * @returns their number
   */
  private unfoldHistories(): number {
    this.forgetLaterHistories();
    const before = this.count;
    const own = this.ownHistories.total > OWN_HISTORIES * this.histories;
    if (own)
      for (const { reason, first, example, rows } of this.ownHistories.counted())
        this.notes.add(reason, first[0]!, example, rows);
    for (const [user, { row, items: given }] of this.firstHistory) {
      const items = own && given.at(-1) === this.items.ids.texts[this.item.at(row)] ? given.slice(0, -1) : given;
      const start = this.time.at(row) - items.length / 1000;
      items.forEach((id, place) => {
        const source = this.source.at(row);
        this.append(user, itemNumber(this.items, id), start + place / 1000, SHARE_CODES.context, source, this.line.at(row));
        this.appendBare();
      });
    }
    return this.count - before;
  }

  /**
   * The columns, after the last source. `unfolded` counts events that were only in a history beside a row.
   */
  finish(): { columns: RawEventColumns; unfolded: number } {
    const unfolded = this.unfoldHistories();
    const lists = { exposedEnd: this.exposedEnd.done(), exposed: this.exposed.done() };
    const item = this.item.done();
    const shown = this.requests.shown === 0 ? lists : this.requests.merge(lists, this.request.done() ?? new Int32Array(), item);
    const columns: RawEventColumns = {
      badRating: this.badRating.done(),
      user: this.user.done(),
      item,
      time: this.time.done(),
      position: this.position.done(),
      rating: this.rating.done(),
      kind: this.kind.done(),
      query: this.query.done(),
      share: this.share.done(),
      source: this.source,
      line: this.line.done(),
      ...shown,
    };
    return { columns, unfolded };
  }
}
