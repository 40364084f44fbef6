/** Candidate sets as in the files: a list of items for a user, or for one target of a user. */
import type { SourceMapping } from '../../recipe/logRecipe';
import type { RecordSink, CellReader } from '../records/syntax';
import { entityId, idList } from '../records/values';
import type { GivenCandidates } from '../types';
import { GrowingColumn, type Names } from './columns';
import { findItem, type ItemTable } from './items';
import type { ReasonId } from './reasons';
import type { FilePosition, Tally } from './tally';

/** `(0,25)`: a user and the target. */
const PAIR = /^\(\s*([^\s,]+)\s*,\s*([^\s,]+)\s*\)$/;

/** Sets, with users and items by raw number; the items of set s are item[end[s − 1] … end[s]). */
export interface RawCandidates {
  readonly user: Int32Array;
  /** −1 if a set belongs to every target of its user. */
  readonly target: Int32Array;
  readonly end: Uint32Array;
  readonly item: Int32Array;
}

export class CandidateReader {
  private readonly user = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly target = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly end = new GrowingColumn((buffer) => new Uint32Array(buffer));
  private readonly item = new GrowingColumn((buffer) => new Int32Array(buffer));
  private readonly known = new Set<string>();
  /** Rows read. */
  rows = 0;

  /**
   * @param rejected rows that became no set
   * @param notes oddities of sets that are used
   */
  constructor(
    private readonly users: Names,
    private readonly items: ItemTable,
    private readonly rejected: Tally,
    private readonly notes: Tally,
  ) {}

  /** Adds the records of one source, whose users and items have been read before. */
  sink({ name, roles, padding }: SourceMapping): RecordSink {
    const cell = (row: CellReader, role: 'user' | 'item' | 'candidates'): unknown => {
      const column = roles[role];
      return column === undefined ? undefined : row(column);
    };
    return {
      record: (row, line) => {
        this.rows++;
        const key = entityId(cell(row, 'user'));
        const [, first = key, second = ''] = (roles.item === undefined ? PAIR.exec(key) : null) ?? [];
        const target = roles.item === undefined ? second : entityId(cell(row, 'item'));
        const reason = this.take(first, target, idList(cell(row, 'candidates'), padding), { file: name, line });
        if (reason !== null) this.rejected.add(reason, { file: name, line }, key);
        return undefined;
      },
      problem: (problem, line, detail) => {
        this.rows++;
        this.rejected.add(problem, { file: name, line }, detail);
      },
    };
  }

  /** @returns why the set is not used, or null */
  private take(userId: string, targetId: string, ids: readonly string[], place: FilePosition): ReasonId | null {
    if (userId === '') return 'noUser';
    if (ids.length === 0) return 'noItem';
    const user = this.users.find(userId);
    if (user === undefined) return 'setOfUnknownUser';
    const target = targetId === '' ? -1 : findItem(this.items, targetId);
    if (target === undefined) return 'setOfUnknownTarget';
    const key = `${user}/${target}`;
    if (this.known.has(key)) return 'secondSet';
    this.known.add(key);
    for (const id of new Set(ids)) {
      const item = findItem(this.items, id);
      if (item === undefined) this.notes.add('unknownCandidate', place, id);
      else this.item.push(item);
    }
    this.user.push(user);
    this.target.push(target);
    this.end.push(this.item.length);
    return null;
  }

  /** Null if there is no set. */
  finish(): RawCandidates | null {
    if (this.user.length === 0) return null;
    return { user: this.user.done(), target: this.target.done(), end: this.end.done(), item: this.item.done() };
  }
}

/**
 * The sets of the users and items that a log keeps, in the order of its users; null if none is left.
 * @param userOf by raw number: the user in the log, −1 if it is left out
 * @param itemOf by raw number: the item in the catalogue, −1 if it is left out
 */
export function keptCandidates(raw: RawCandidates, userOf: Int32Array, itemOf: Int32Array): GivenCandidates | null {
  const itemsOf = (set: number): number[] =>
    Array.from(raw.item.subarray(set === 0 ? 0 : raw.end[set - 1]!, raw.end[set]), (item) => itemOf[item]!).filter(
      (item) => item >= 0,
    );
  const sets = Array.from(raw.user.keys()).filter(
    (set) => userOf[raw.user[set]!]! >= 0 && (raw.target[set]! < 0 || itemOf[raw.target[set]!]! >= 0) && itemsOf(set).length > 0,
  );
  if (sets.length === 0) return null;
  sets.sort((a, b) => userOf[raw.user[a]!]! - userOf[raw.user[b]!]! || a - b);
  const start = new Uint32Array(sets.length + 1);
  const items: number[] = [];
  sets.forEach((set, at) => {
    for (const item of itemsOf(set)) items.push(item);
    start[at + 1] = items.length;
  });
  return {
    user: Int32Array.from(sets, (set) => userOf[raw.user[set]!]!),
    target: Int32Array.from(sets, (set) => (raw.target[set]! < 0 ? -1 : itemOf[raw.target[set]!]!)),
    start,
    item: Int32Array.from(items),
  };
}
