/** Filtered events → the log that everything downstream sees, and its split. */
import type { LogRecipe } from '../../recipe/logRecipe';
import { hashLog } from '../hashLog';
import { forkRandom } from '../random';
import { splitLog, type GivenShare } from '../split';
import { LogError, type CatalogueItem, type Interaction, type InteractionLog, type Split, type UserHistory } from '../types';
import type { Filtered } from './filters';
import type { EventOrder } from './order';
import { SHARE_CODES } from './readEvents';
import type { RawLog } from './rawLog';

/** Seed of everything that the intake draws: the same files and recipe give the same log. */
const SEED = 0;

const NONE: readonly number[] = [];

/**
 * Items (raw numbers) in the order of the catalogue: items files first, then as the events name them. Ids in first-seen order
 * are shuffled, so that no number left in the log says when its item came; a log that this program wrote was shuffled before.
 */
function catalogueItems(raw: RawLog, filtered: Filtered, { filters, sources }: LogRecipe): Int32Array {
  const { title } = raw.items.texts;
  const kept: number[] = [];
  for (let item = 0; item < raw.items.ids.texts.length; item++) {
    const hasText = (title[item] ?? '') !== '' || filters.withoutText === 'id';
    if (hasText && filtered.itemCounts[item]! >= filters.itemCore) kept.push(item);
  }
  const items = Int32Array.from(kept);
  const ordered = sources.some(({ keepsOrder }) => keepsOrder === true);
  return raw.idsTellTime && !ordered ? forkRandom(SEED, 'item-order').shuffle(items) : items;
}

function describeItems(raw: RawLog, items: Int32Array): CatalogueItem[] {
  const { ids, texts } = raw.items;
  return Array.from(items, (item, index) => {
    const id = ids.texts[item]!;
    const [price, image] = [texts.price[item], texts.image[item]];
    return {
      id,
      title: texts.title[item] ?? `item ${raw.idsTellTime ? index : id}`,
      category: texts.category[item] ?? '',
      description: texts.description[item] ?? '',
      ...(price === undefined ? {} : { price }),
      ...(image === undefined ? {} : { image }),
    };
  });
}

interface Histories {
  readonly users: readonly UserHistory[];
  /** Raw rows of the events, and where each user's begin. */
  readonly rows: Int32Array;
  readonly start: readonly number[];
}

function histories(raw: RawLog, order: EventOrder, { fate, used, userCounts }: Filtered, indexOf: Int32Array): Histories {
  const { item, time, query, exposed, exposedEnd } = raw.events;
  const users: UserHistory[] = [];
  const rows = new Int32Array(used);
  const start: number[] = [];
  let count = 0;
  for (let u = 0; u < raw.users.length; u++) {
    if (userCounts[u] === 0) continue;
    start.push(count);
    const events: Interaction[] = [];
    for (let at = order.start[u]!; at < order.start[u + 1]!; at++) {
      const row = order.rows[at]!;
      if (fate[row] !== 0) continue;
      const from = row === 0 ? 0 : exposedEnd[row - 1]!;
      const shown =
        exposedEnd[row] === from
          ? NONE
          : Array.from(exposed.subarray(from, exposedEnd[row]), (number) => indexOf[number]!).filter((index) => index >= 0);
      const asked = query[row]! < 0 ? '' : raw.queries[query[row]!]!;
      events.push({ item: indexOf[item[row]!]!, time: time[row]!, query: asked, exposed: shown });
      rows[count++] = row;
    }
    users.push({ id: raw.users[u]!, events });
  }
  return { users, rows, start };
}

const SHARE_NAMES = new Map<number, GivenShare>(
  (['train', 'validation', 'test', 'context'] as const).map((share) => [SHARE_CODES[share], share]),
);

export interface Assembled {
  readonly log: InteractionLog;
  readonly split: Split;
}

/** Log and split without the hash, which takes a pass over everything: enough for a preview. */
export function assemble(raw: RawLog, order: EventOrder, filtered: Filtered, recipe: LogRecipe, name: string): Assembled {
  const items = catalogueItems(raw, filtered, recipe);
  const indexOf = new Int32Array(raw.items.ids.texts.length).fill(-1);
  items.forEach((item, index) => {
    indexOf[item] = index;
  });
  const { users, rows, start } = histories(raw, order, filtered, indexOf);
  const embeddings = raw.items.embeddings.of(items);
  const log: InteractionLog = {
    name,
    hash: '',
    items: describeItems(raw, items),
    users,
    ...(embeddings === null ? {} : { embeddings }),
  };
  const shareAt = (user: number, position: number): GivenShare =>
    SHARE_NAMES.get(raw.events.share[rows[start[user]! + position]!]!) ?? 'train';
  return { log, split: splitLog(log, recipe.split, shareAt) };
}

/** @throws LogError when nothing can be trained on or ranked */
export function checkUsable({ log, split }: Assembled): void {
  const fail = (message: string): never => {
    throw new LogError(message, [{ file: log.name, line: 0, message }]);
  };
  const events = log.users.reduce((sum, user) => sum + user.events.length, 0);
  if (events === 0) fail('No event is left. Keep more of them, or map other columns.');
  if (log.items.length < 2) fail('There is a single item with a text, so there is nothing to rank. Open a log with more items.');
  const trainable = split.train.some(
    ({ user, end }) => log.users[user]!.events[end - 1]!.time > log.users[user]!.events[0]!.time,
  );
  if (!trainable) {
    fail(
      'No user has two events at different times to train on, beside those kept for validation and test. Open a log with longer histories, or choose another split.',
    );
  }
  if (split.test.length === 0) fail('No event is left to test on. Choose another split.');
}

/** The log with its hash. */
export async function hashed({ log, split }: Assembled): Promise<Assembled> {
  return { log: { ...log, hash: await hashLog(log) }, split };
}
