/** Mapped sources → every event and item in them, with every other row counted under its reason. */
import { t } from '../../words/words';
import type { SourceMapping } from '../../recipe/logRecipe';
import { readRecords } from '../records/readRecords';
import type { RecordSink, CellReader } from '../records/syntax';
import { refuse } from '../issues';
import type { Source } from '../source/source';
import { emptyTally } from '../source/text';
import { CandidateReader } from './candidates';
import { dropMissingTitles, emptyItems } from './items';
import { itemsKind, itemTaker, type ItemsKind } from './itemSinks';
import { EventReader, LEAST_UNIX, SHARE_CODES, type RawEventColumns } from './readEvents';
import { Accounts, Orders } from './orders';
import { inFileOrder, knownOrder, mappingProblem, READ_PARTS, someTimed, timedByOrder } from './readMappings';
import type { RawLog, SourceTally } from './rawLog';
import { Room } from './room';
import { NAMED_PLACES, quoted, Tally, type FilePosition } from './tally';
import { firstSeenIds, idOrderCorrelation, historiesSortedById, idsByFirstTime, idsInFirstSeenOrder, tellsTime } from './traps';

export interface ReadProgress {
  /** Bytes on disk. */
  readonly done: number;
  readonly total: number;
  /** The source that is being read. */
  readonly file: string;
  readonly events: number;
}

/** Columns (indices) that are read from a source. */
function wanted(mapping: SourceMapping): number[] {
  const { roles, where, historyWidth = 1, timeOf = [] } = mapping;
  const filtered = where === undefined ? [] : [where.column];
  const spread = Array.from({ length: roles.history === undefined ? 0 : historyWidth }, (_, place) => roles.history! + place);
  return [...new Set([...Object.values(roles), ...filtered, ...spread, ...timeOf])].sort((a, b) => a - b);
}

/** The sources whose rows others follow, each with room for the items of its rows. */
function followedSources(mappings: readonly SourceMapping[]): Map<string, number[]> {
  return new Map(mappings.flatMap(({ part, rowsOf }) => (part === 'items' && rowsOf !== undefined ? [[rowsOf, []]] : [])));
}

/** Before everything that names users by other IDs, or orders. */
const USERS_FIRST = -3;
/** After everything that names users and items. */
const CANDIDATES_LAST = 20;

const BEHIND_EVENTS: Readonly<Record<ItemsKind, number>> = {
  aliases: -2,
  texts: -1,
  codes: 9,
  ids: 10,
  embeddings: 11,
  rows: 12,
};

/**
 * Other IDs of items before everything that uses them, then texts before events, so that they take
 * precedence; then training before validation before test; embeddings last, since only those of existing
 * items are kept.
 */
function readingOrder(mappings: readonly SourceMapping[], followed: ReadonlyMap<string, unknown>): number[] {
  const rank = (mapping: SourceMapping): number => {
    if (mapping.part === 'candidates') return CANDIDATES_LAST;
    if (mapping.part === 'orders' || mapping.part === 'accounts') return USERS_FIRST;
    if (mapping.roles.alias !== undefined) return BEHIND_EVENTS.aliases;
    return mapping.part === 'items' ? BEHIND_EVENTS[itemsKind(mapping, followed)] : SHARE_CODES[mapping.share ?? 'none'];
  };
  return mappings
    .map((_, index) => index)
    .filter((index) => READ_PARTS.includes(mappings[index]!.part))
    .sort((a, b) => rank(mappings[a]!) - rank(mappings[b]!) || a - b);
}

/** @throws LogError unless an array has one row for each row of the source that it follows */
function checkRows({ name, rowsOf }: SourceMapping, rows: number, followed: ReadonlyMap<string, readonly number[]>): void {
  const expected = rowsOf === undefined ? rows : followed.get(rowsOf)!.length;
  if (rows === expected) return;
  throw refuse(
    name,
    t(
      'It has {rows, plural, one {# row} other {# rows}}, but {rowsOf} has {expected, plural, one {# row} other {# rows}}. They must describe the same items row by row; add a file of IDs.',
      { rows, rowsOf: rowsOf!, expected },
    ),
  );
}

/** Passes records on and counts them. */
class CountedSink implements RecordSink {
  records = 0;

  constructor(private readonly sink: RecordSink) {}

  record(row: CellReader, at: number): 'stop' | undefined {
    this.records++;
    return this.sink.record(row, at);
  }

  problem(...of: Parameters<RecordSink['problem']>): void {
    this.records++;
    this.sink.problem(...of);
  }

  doubt(at: number, detail: string): void {
    this.sink.doubt?.(at, detail);
  }
}

/** Limits of a reading, and its cancellation. */
export interface ReadLimits {
  readonly signal?: AbortSignal | undefined;
  /** Maximum bytes of memory; default: unlimited. */
  readonly memory?: number | undefined;
}

// eslint-disable-next-line no-control-regex
const ODD = /["\u0000-\u001f\u007f\ufffd]/;

/** Rows of users and items with IDs that no program would write: a row may be broken there. */
function oddIds(
  { user, item, source, line }: RawEventColumns,
  users: readonly string[],
  items: readonly string[],
  sources: readonly Source[],
): RawLog['oddIds'] {
  const odd = (ids: readonly string[]): Set<number> => new Set(ids.flatMap((id, at) => (ODD.test(id) ? [at] : [])));
  const [oddUsers, oddItems] = [odd(users), odd(items)];
  const first: FilePosition[] = [];
  let [rows, example] = [0, ''];
  if (oddUsers.size + oddItems.size === 0) return { rows, first, example };
  for (let row = 0; row < user.length; row++) {
    const byUser = oddUsers.has(user[row]!);
    if (!byUser && !oddItems.has(item[row]!)) continue;
    if (rows++ === 0) example = quoted(byUser ? users[user[row]!] : items[item[row]!]);
    if (first.length < NAMED_PLACES) first.push({ file: sources[source.at(row)]!.name, line: line[row]! });
  }
  return { rows, first, example };
}

/** Bytes between progress reports. */
const PROGRESS_STEP = 1 << 20;

/**
 * Reads all events and items. Unusable rows are counted rather than refused; files that cannot be read
 * further are refused.
 * @throws LogError; the signal's reason when aborted
 */
export async function readSources(
  sources: readonly Source[],
  mappings: readonly SourceMapping[],
  onProgress: (progress: ReadProgress) => void = () => undefined,
  { signal, memory = Infinity }: ReadLimits = {},
): Promise<RawLog> {
  for (const mapping of mappings) {
    const problem = mappingProblem(mapping, mappings);
    if (problem !== null) throw refuse(mapping.name, problem);
  }
  const items = emptyItems();
  const rejected = new Tally();
  const rejectedItems = new Tally();
  const notes = new Tally();
  const orders = new Orders(rejectedItems, notes);
  const accounts = new Accounts(rejectedItems, notes);
  const reader = new EventReader(
    items,
    rejected,
    notes,
    orders,
    accounts,
    someTimed(mappings) && knownOrder(mappings) === 'file',
  );
  const candidates = new CandidateReader(reader.users, items, rejectedItems, notes);
  const followed = followedSources(mappings);
  const order = readingOrder(mappings, followed);
  const total = order.reduce((sum, index) => sum + sources[index]!.size, 0);
  const tallies: SourceTally[] = [];
  let done = 0;
  let told = 0;
  const eventBytes = order.reduce((sum, index) => sum + (mappings[index]!.part === 'events' ? sources[index]!.size : 0), 0);
  const room = new Room(memory, eventBytes);
  const lookStep = Math.min(PROGRESS_STEP, eventBytes / 64);
  let [eventsDone, looked] = [0, 0];
  for (const index of order) {
    const mapping = mappings[index]!;
    const source = sources[index]!;
    const encoding = emptyTally();
    const before = reader.count + rejected.total;
    const rowsBefore = candidates.rows + orders.rows + accounts.rows;
    const list =
      mapping.part === 'items'
        ? itemTaker(mapping, itemsKind(mapping, followed), { items, rejected: rejectedItems, notes, followed })
        : null;
    const isEvents = mapping.part === 'events';
    const mustFit = (problem: string | null): void => {
      if (problem !== null) throw refuse(source.name, problem);
    };
    if (isEvents) mustFit(room.look(reader.held, eventsDone));
    const onBytes = (bytes: number): void => {
      if (isEvents && eventsDone - looked >= lookStep) {
        looked = eventsDone;
        mustFit(room.look(reader.held, eventsDone));
      }
      done += bytes;
      if (isEvents) eventsDone += bytes;
      if (done - told < PROGRESS_STEP) return;
      told = done;
      mustFit(room.named(reader.held));
      onProgress({ done, total, file: source.name, events: reader.count });
    };
    const onRows = (rows: number): void => {
      if (isEvents) mustFit(room.announced(reader.held, rows));
    };
    const byOrder = timedByOrder(mapping, mappings);
    const others = mapping.part === 'candidates' ? candidates : mapping.part === 'orders' ? orders : accounts;
    const sink = list ?? (isEvents ? reader.sink(mapping, index, byOrder) : others.sink(mapping));
    const counter = mapping.listed === undefined ? null : new CountedSink(sink);
    await readRecords(source, mapping, wanted(mapping), counter ?? sink, encoding, { signal, onBytes, onRows });
    if (list !== null) checkRows(mapping, list.rows, followed);
    const other = candidates.rows + orders.rows + accounts.rows - rowsBefore;
    const rows = list?.rows ?? (isEvents ? reader.count + rejected.total - before : other);
    const listed = counter === null ? {} : { listed: { ...mapping.listed!, records: counter.records } };
    tallies.push({ name: source.name, part: mapping.part, rows, encoding, ...listed });
  }
  const { columns, unfolded } = reader.finish();
  const seen = idsByFirstTime(columns, items.ids.texts);
  const idOrder = idOrderCorrelation(seen);
  dropMissingTitles(items);
  return {
    sourceNames: sources.map(({ name }) => name),
    sources: tallies,
    users: reader.users.texts,
    items,
    kinds: reader.kinds.texts,
    queries: reader.queries.texts,
    events: columns,
    candidates: candidates.finish(),
    rejected: rejected.counted(),
    rejectedItems: rejectedItems.counted(),
    notes: [...notes.counted(), ...(reader.latest < LEAST_UNIX ? [] : reader.oddTimes.counted())],
    oddIds: oddIds(columns, reader.users.texts, items.ids.texts, sources),
    outOfOrder: { rows: reader.outOfOrder, first: reader.firstOutOfOrder },
    unfolded,
    sortedById: mappings.some((mapping) => inFileOrder(mapping, mappings))
      ? historiesSortedById(columns, items.ids.texts, reader.users.texts.length)
      : false,
    itemsListed: order.some((index) => {
      const mapping = mappings[index]!;
      return mapping.part === 'items' && itemsKind(mapping, followed) === 'texts';
    }),
    idsTellTime: idsInFirstSeenOrder(firstSeenIds(columns.item, items.ids.texts)),
    idOrder: tellsTime(idOrder, seen.length) ? idOrder : 0,
  };
}
