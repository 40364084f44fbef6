/**
 * A split with less training: only some of the users, and only items of some categories. Evaluated users are
 * unchanged.
 */
import { t } from '../words/words';
import { topCategory } from './categories';
import { LogEvents } from './logEvents';
import { forkRandom } from './random';
import type { InteractionLog, Split } from './types';

export interface TrainingLimits {
  /** Number of users whose histories are trained on, drawn at random; 0: all. */
  readonly trainingUsers: number;
  /** Share of the categories whose items are held out of training. */
  readonly heldOutCategories: number;
}

/** First parts of a catalogue's categories `a > b > c`, in alphabetical order. */
function categoriesOf({ items }: InteractionLog): string[] {
  return [...new Set(Array.from(items, ({ category }) => topCategory(category)))].filter((name) => name !== '').sort();
}

/**
 * The categories held out for a given share: the same for every seed of an experiment, so that seeds are
 * comparable.
 */
export function heldOut(log: InteractionLog, share: number): string[] {
  const categories = categoriesOf(log);
  return forkRandom(0, 'held-out categories')
    .shuffle(categories)
    .slice(0, Math.round(share * categories.length))
    .sort();
}

/**
 * The split with those limits; itself if there are none. Items no longer trained on become cold.
 * @throws RangeError if categories should be held out and no item has one, or if nothing is left to train on
 */
export function restrictTraining(log: InteractionLog, split: Split, { trainingUsers, heldOutCategories }: TrainingLimits): Split {
  if (trainingUsers === 0 && heldOutCategories === 0) return split;
  const order = forkRandom(0, 'training users').shuffle(Int32Array.from(split.train, (_, index) => index));
  const some = trainingUsers === 0 ? order : order.subarray(0, trainingUsers);
  const train = Array.from(some.sort(), (index) => split.train[index]!);
  const held = new Set(heldOut(log, heldOutCategories));
  if (heldOutCategories > 0 && held.size === 0)
    throw new RangeError(
      t('Categories are to be held out of training, but the items of this log have none: set data.heldOutCategories to 0.'),
    );
  const left =
    held.size === 0
      ? { train }
      : withoutItems(
          log,
          train,
          Uint8Array.from(log.items, ({ category }) => Number(held.has(topCategory(category)))),
        );
  const cold = new Uint8Array(log.items.length).fill(1);
  for (const { user, end } of left.train) for (const item of (left.training ?? log).events.items(user, end)) cold[item] = 0;
  return { ...split, ...left, cold };
}

/**
 * The users' training events without those of some items, as a separate log, whose indices differ from those
 * of `log`.
 */
function withoutItems(log: InteractionLog, train: Split['train'], out: Uint8Array): Pick<Split, 'train' | 'training'> {
  const { columns } = log.events;
  const ends = new Map(train.map(({ user, end }) => [user, end]));
  const start = new Int32Array(log.users.length + 1);
  const kept: number[] = [];
  const exposed: number[] = [];
  const exposedStart = [0];
  for (let user = 0; user < log.users.length; user++) {
    for (let position = 0; position < (ends.get(user) ?? 0); position++) {
      const place = log.events.place(user, position);
      if (out[columns.item[place]!] === 1) continue;
      kept.push(place);
      exposed.push(...log.events.exposed(user, position).filter((item) => out[item] === 0));
      exposedStart.push(exposed.length);
    }
    start[user + 1] = kept.length;
  }
  const events = new LogEvents({
    start,
    item: Int32Array.from(kept, (place) => columns.item[place]!),
    time: Float64Array.from(kept, (place) => columns.time[place]!),
    query: Int32Array.from(kept, (place) => columns.query[place]!),
    queries: columns.queries,
    exposedStart: Uint32Array.from(exposedStart),
    exposed: Int32Array.from(exposed),
  });
  const training = { ...log, events };
  return { training, train: train.map(({ user }) => ({ user, end: events.count(user) })).filter(({ end }) => end > 0) };
}
