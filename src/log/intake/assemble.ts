/** Filtered events → the log that everything downstream sees, and its split. */
import { t } from '../../words/words';
import type { LogRecipe } from '../../recipe/logRecipe';
import { hashLog } from '../hashLog';
import { columnsOfLog, logOfColumns } from '../logColumns';
import { forkRandom } from '../random';
import { splitLog, type GivenShare } from '../split';
import { Catalogue } from '../catalogue';
import { LogEvents } from '../logEvents';
import { FoundTexts, type TextList } from '../textColumn';
import { LogError, type InteractionLog, type Split } from '../types';
import { keptCandidates } from './candidates';
import type { Filtered } from './filters';
import type { EventOrder } from './order';
import { SHARE_CODES } from './readEvents';
import { visualOf, type Pictured } from './pictured';
import type { RawLog } from './rawLog';
import { REASONS } from './reasons';
import type { Counted } from './tally';

/** Seed of all random draws of the intake, so that the same files and recipe give the same log. */
const SEED = 0;

/**
 * Items (raw numbers) in the order of the catalogue: items files first, then as the events name them. IDs in
 * first-seen order are shuffled, so that no number left in the log reveals when its item appeared; a log
 * written by this program has been shuffled already.
 */
export function catalogueItems(raw: RawLog, filtered: Filtered, { filters, sources }: LogRecipe): Int32Array {
  const { title } = raw.items.texts;
  const kept: number[] = [];
  for (let item = 0; item < raw.items.ids.texts.length; item++) {
    const hasText = (title[item] ?? '') !== '' || filters.withoutText !== 'drop';
    if (hasText && filtered.itemCounts[item]! >= filters.itemCore) kept.push(item);
  }
  const items = Int32Array.from(kept);
  const ordered = sources.some(({ keepsOrder }) => keepsOrder === true);
  return raw.idsTellTime && !ordered ? forkRandom(SEED, 'item-order').shuffle(items) : items;
}

/** The texts of the catalogue, looked up among the files' texts. */
function describeItems(raw: RawLog, items: Int32Array, { filters }: LogRecipe): Catalogue {
  const { ids, texts } = raw.items;
  // The index of an item may itself reveal when it appeared.
  const numbers =
    filters.withoutText === 'number' ? forkRandom(SEED, 'item-number').shuffle(Int32Array.from(items, (_, at) => at)) : null;
  const nameOf = (index: number): string => {
    if (numbers !== null) return `item ${numbers[index]!}`;
    return `item ${raw.idsTellTime ? index : ids.texts[items[index]!]!}`;
  };
  const column = (find: (item: number, index: number) => string): FoundTexts =>
    new FoundTexts(items.length, (index) => find(items[index]!, index));
  return new Catalogue({
    id: column((item) => ids.texts[item]!),
    title: column((item, index) => ((texts.title[item] ?? '') === '' ? nameOf(index) : texts.title[item]!)),
    category: column((item) => texts.category[item] ?? ''),
    description: column((item) => texts.description[item] ?? ''),
    price: column((item) => texts.price[item] ?? ''),
    image: column((item) => texts.image[item] ?? ''),
    semantic: column((item) => texts.semantic[item] ?? ''),
  });
}

/** Queries of the used events, renumbered in order of appearance. */
class UsedQueries {
  private readonly numbers: Int32Array;
  private readonly used: number[] = [];

  constructor(private readonly queries: readonly string[]) {
    this.numbers = new Int32Array(queries.length).fill(-1);
  }

  number(query: number): number {
    if (query < 0) return -1;
    if (this.numbers[query]! < 0) this.numbers[query] = this.used.push(query) - 1;
    return this.numbers[query]!;
  }

  done(): TextList {
    const used = Int32Array.from(this.used);
    return new FoundTexts(used.length, (place) => this.queries[used[place]!]!);
  }
}

interface Histories {
  readonly users: TextList;
  readonly events: LogEvents;
  /** Raw rows of the events. */
  readonly rows: Int32Array;
}

function histories(raw: RawLog, order: EventOrder, filtered: Filtered, indexOf: Int32Array): Histories {
  const { fate, used, userCounts } = filtered;
  const { exposed, exposedEnd } = raw.events;
  const rows = new Int32Array(used);
  const start = new Int32Array(filtered.users + 1);
  const users = new Int32Array(filtered.users);
  let [count, user, shown] = [0, 0, 0];
  for (let u = 0; u < raw.users.length; u++) {
    if (userCounts[u] === 0) continue;
    users[user] = u;
    for (let at = order.start[u]!; at < order.start[u + 1]!; at++) {
      const row = order.rows[at]!;
      if (fate[row] !== 0) continue;
      rows[count++] = row;
      const end = shownEnd(exposedEnd, row);
      for (let e = shownEnd(exposedEnd, row - 1); e < end; e++) if (indexOf[exposed[e]!]! >= 0) shown++;
    }
    start[++user] = count;
  }
  const names = new FoundTexts(users.length, (place) => raw.users[users[place]!]!);
  return { users: names, events: eventsOf(raw, rows, start, shown, indexOf), rows };
}

/** By raw number of a user: the number in the log, −1 if left out. */
function keptUsers({ userCounts }: Filtered): Int32Array {
  let user = 0;
  return userCounts.map((count) => (count === 0 ? -1 : user++));
}

/** Where in `exposed` the items shown with an event end, and those of the next one start. */
function shownEnd(exposedEnd: Uint32Array | null, row: number): number {
  return exposedEnd === null || row < 0 ? 0 : exposedEnd[row]!;
}

/** @param shown items that were shown with these events and are in the catalogue */
function eventsOf(raw: RawLog, rows: Int32Array, start: Int32Array<ArrayBuffer>, shown: number, indexOf: Int32Array): LogEvents {
  const { events } = raw;
  const queries = new UsedQueries(raw.queries);
  const item = new Int32Array(rows.length);
  const time = new Float64Array(rows.length);
  const query = new Int32Array(rows.length);
  const exposedStart = new Uint32Array(rows.length + 1);
  const exposed = new Int32Array(shown);
  let end = 0;
  rows.forEach((row, at) => {
    item[at] = indexOf[events.item[row]!]!;
    time[at] = events.time[row]!;
    query[at] = queries.number(events.query?.[row] ?? -1);
    const last = shownEnd(events.exposedEnd, row);
    for (let e = shownEnd(events.exposedEnd, row - 1); e < last; e++) {
      const index = indexOf[events.exposed[e]!]!;
      if (index >= 0) exposed[end++] = index;
    }
    exposedStart[at + 1] = end;
  });
  return new LogEvents({ start, item, time, query, queries: queries.done(), exposedStart, exposed });
}

const SHARE_NAMES = new Map<number, GivenShare>(
  (['train', 'validation', 'test', 'context'] as const).map((share) => [SHARE_CODES[share], share]),
);

export interface Assembled {
  readonly log: InteractionLog;
  readonly split: Split;
}

/**
 * Log and split without the hash, which takes a pass over everything, and with texts shared with the files:
 * enough for a preview.
 */
export function assemble(
  raw: RawLog,
  order: EventOrder,
  filtered: Filtered,
  recipe: LogRecipe,
  { name, pictured = null }: { readonly name: string; readonly pictured?: Pictured | null },
): Assembled {
  const items = catalogueItems(raw, filtered, recipe);
  const indexOf = new Int32Array(raw.items.ids.texts.length).fill(-1);
  items.forEach((item, index) => {
    indexOf[item] = index;
  });
  const { users, events, rows } = histories(raw, order, filtered, indexOf);
  const embeddings = raw.items.embeddings.of(items);
  const visual = raw.items.visual.present(items) ?? (pictured && visualOf(pictured, items));
  const candidates = raw.candidates && keptCandidates(raw.candidates, keptUsers(filtered), indexOf);
  const log: InteractionLog = {
    name,
    hash: '',
    items: describeItems(raw, items, recipe),
    users,
    events,
    ...(embeddings === null ? {} : { embeddings }),
    ...(visual === null ? {} : { visual }),
    ...(candidates === null ? {} : { candidates }),
  };
  const shareAt = (user: number, position: number): GivenShare =>
    SHARE_NAMES.get(raw.events.share?.[rows[events.place(user, position)]!] ?? SHARE_CODES.none) ?? 'train';
  return { log, split: splitLog(log, recipe.split, shareAt) };
}

/** @param leftOut rows that are not in the log @throws LogError when nothing can be trained on or ranked */
export function checkUsable({ log, split }: Assembled, leftOut: readonly Counted[]): void {
  const fail = (message: string): never => {
    throw new LogError(message, [{ file: log.name, line: 0, message }]);
  };
  if (log.events.length === 0) {
    const reasons = leftOut.map(({ reason, rows }) =>
      t('{n, plural, one {# row: {reason}} other {# rows: {reason}}}', { n: rows, reason: t(REASONS[reason].text) }),
    );
    fail(t('No event is left ({reasons}). Keep more of them, or map other columns.', { reasons: reasons.join('; ') }));
  }
  if (log.items.length < 2) fail(t('Only one item has a text, so there is nothing to rank. Open a log with more items.'));
  const trainable = split.train.some(({ user, end }) => log.events.time(user, end - 1) > log.events.time(user, 0));
  if (!trainable) {
    fail(
      t(
        'No user has two events at different times to train on, besides those held out for validation and test. Open a log with longer histories, or choose another split.',
      ),
    );
  }
  if (split.test.length === 0) fail(t('No event is left to test on. Choose another split.'));
}

/** The log with its hash and its own texts, so that what was read from the files can be released. */
export async function hashed({ log, split }: Assembled): Promise<Assembled> {
  return { log: logOfColumns(columnsOfLog({ ...log, hash: await hashLog(log) })), split };
}
