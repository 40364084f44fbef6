/**
 * Orders and accounts: files that say whose the events of an order are and when, and who the users behind
 * other IDs are.
 */
import type { SourceMapping } from '../../recipe/logRecipe';
import { parseTime } from '../eventTime';
import type { RecordSink, CellReader } from '../records/syntax';
import { entityId, idOf, ratingOf } from '../records/values';
import { GrowingColumn, Names, ownCopy } from './columns';
import { quoted, type Tally } from './tally';

/** What is known of an order; what no file says is empty, NaN or null. */
export interface Order {
  readonly user: string;
  readonly time: number;
  readonly rating: number;
  readonly badRating: boolean;
  readonly kind: string | null;
}

type Column = Pick<GrowingColumn<Float64Array<ArrayBuffer>>, 'at' | 'set'>;

/** Counts what cannot be read as a row of that source, and rejects it. */
function rejecting(reader: { rows: number }, rejected: Tally, file: string): RecordSink['problem'] {
  return (kind, line, detail) => {
    reader.rows++;
    rejected.add(kind, { file, line }, detail);
  };
}

/** Orders by ID. What the first row says of an order holds; another file may add to it. */
export class Orders {
  readonly ids = new Names();
  readonly kinds = new Names();
  readonly users = new Names();
  private readonly user = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly kind = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly time = new GrowingColumn((buffer) => new Float64Array(buffer));
  /** −∞ if it cannot be read. */
  private readonly rating = new GrowingColumn((buffer) => new Float64Array(buffer));
  /** Rows read. */
  rows = 0;

  constructor(
    private readonly rejected: Tally,
    private readonly notes: Tally,
  ) {}

  find(id: string): Order | null {
    const order = this.ids.find(id);
    if (order === undefined) return null;
    const [user, kind, rating] = [this.user.at(order), this.kind.at(order), this.rating.at(order)];
    return {
      user: user < 0 ? '' : this.users.texts[user]!,
      kind: kind < 0 ? null : this.kinds.texts[kind]!,
      time: this.time.at(order),
      rating: rating === -Infinity ? NaN : rating,
      badRating: rating === -Infinity,
    };
  }

  private orderOf(id: string): number {
    const order = this.ids.number(id);
    if (order === this.user.length) {
      this.user.push(-1);
      this.kind.push(-1);
      this.time.push(NaN);
      this.rating.push(NaN);
    }
    return order;
  }

  /** Adds the records of one source. */
  sink({ name, roles, timeUnit }: SourceMapping): RecordSink {
    const record = (row: CellReader, line: number): undefined => {
      this.rows++;
      const cell = (role: 'order' | 'user' | 'time' | 'rating' | 'event'): unknown =>
        roles[role] === undefined ? undefined : row(roles[role]);
      const place = { file: name, line };
      const id = entityId(cell('order'));
      if (id === '') {
        this.rejected.add('noOrder', place);
        return;
      }
      const order = this.orderOf(id);
      /** @returns whether an earlier row says something else */
      const keep = (column: Column, value: number, unknown: number): boolean => {
        const known = column.at(order);
        if (Object.is(value, unknown)) return false;
        if (Object.is(known, unknown)) column.set(order, value);
        return !Object.is(known, unknown) && known !== value;
      };
      const user = entityId(cell('user'));
      const kind = idOf(cell('event'));
      const rating = roles.rating === undefined ? NaN : (ratingOf(cell('rating')) ?? -Infinity);
      const time = roles.time === undefined ? NaN : parseTime(cell('time'), timeUnit);
      if (roles.time !== undefined && Number.isNaN(time)) this.notes.add('unreadableOrder', place, quoted(cell('time')));
      const differs = [
        keep(this.user, user === '' ? -1 : this.users.number(user), -1),
        keep(this.kind, kind === '' ? -1 : this.kinds.number(kind), -1),
        keep(this.rating, rating, NaN),
        keep(this.time, time, NaN),
      ];
      if (differs.includes(true)) this.notes.add('secondOrder', place, quoted(id));
    };
    return { record, problem: rejecting(this, this.rejected, name) };
  }
}

/** The users behind other IDs. */
export class Accounts {
  private readonly users = new Map<string, string>();
  /** Rows read. */
  rows = 0;

  constructor(
    private readonly rejected: Tally,
    private readonly notes: Tally,
  ) {}

  /** The own ID of a user named by any ID. */
  own(id: string): string {
    return this.users.get(id) ?? id;
  }

  /** Adds the records of one source. */
  sink({ name, roles }: SourceMapping): RecordSink {
    return {
      record: (row, line) => {
        this.rows++;
        const [user, other] = [entityId(row(roles.user!)), entityId(row(roles.alias!))];
        const place = { file: name, line };
        const known = this.users.get(other);
        if (user === '' || other === '') this.rejected.add('noUser', place);
        else if (known === undefined) this.users.set(ownCopy(other), ownCopy(user));
        else if (known !== user) this.notes.add('secondAccount', place, quoted(other));
        return undefined;
      },
      problem: rejecting(this, this.rejected, name),
    };
  }
}
