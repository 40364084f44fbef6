/**
 * Turns histories into training examples. All draws come from named streams of the seed, so every arm sees
 * the same batches.
 */
import { t } from '../words/words';
import { forkRandom, type Random } from './random';
import { historyEnd, trainedLog, type InteractionLog, type Split, type Target } from './types';

export interface TrainingExample {
  readonly user: number;
  /** Item indices, oldest first, at least 1 and at most `maxHistory`. */
  readonly history: readonly number[];
  /** The user's items before those, oldest first. */
  readonly earlier: readonly number[];
  readonly target: number;
  /** Search query of the target event, empty if none. */
  readonly query: string;
  /** Items shown with the target but not clicked. */
  readonly exposed: readonly number[];
  /**
   * The same of what the item before each item of the history predicts, if they were asked for; nothing reads
   * that of the first one.
   */
  readonly historyExposed?: readonly (readonly number[])[];
  /** Item whose text is y: the target, or another item for the shuffled-text control. */
  readonly textItem: number;
  /**
   * Items of its history as targets of examples of their own, which carry further texts; left out if there
   * are none.
   */
  readonly further?: readonly TrainingExample[];
  /**
   * What each item of the history predicts where that is not the next one, null where it predicts nothing; of
   * the last one, the target.
   */
  readonly predicted?: readonly (number | null)[];
}

export interface BatchOptions {
  readonly seed: number;
  /** Users per step; if the log has fewer, every batch holds them all. */
  readonly batchSize: number;
  readonly maxHistory: number;
  /** Where histories end: anywhere, or `whole` ones as long as they fit. */
  readonly crop: 'random' | 'whole';
  /**
   * Whether baskets are predicted, which have no order, in place of each event from the one before
   * (`basketExample`).
   */
  readonly baskets: boolean;
  /** Whether examples also have the items shown with what each item of their history predicts. */
  readonly shown?: boolean;
  /** Texts per user; beyond 1 examples have further ones. Default: 1. */
  readonly texts?: number;
}

export interface BatchSampler {
  /** Users that can be trained on: those with training events at two or more times. */
  readonly users: number;
  /** Users in every batch: `batchSize`, or fewer if the log has fewer. */
  readonly batchSize: number;
  /**
   * The batch of step 0, 1, …: a function of (log, seed, step) alone, whatever was requested before.
   * `shuffledText` changes `textItem` and nothing else.
   */
  sampleBatch(step: number, shuffledText?: boolean): TrainingExample[];
}

/**
 * The example that predicts `target` from what came before it in time, as evaluation uses it.
 * @param shown as in `BatchOptions`
 */
export function exampleForTarget(log: InteractionLog, target: Target, maxHistory: number, shown = false): TrainingExample {
  const { user, position } = target;
  const end = historyEnd(log, target);
  const whole = log.events.items(user, end);
  const begin = Math.max(0, end - maxHistory);
  const [earlier, history] = [[...whole.subarray(0, begin)], [...whole.subarray(begin)]];
  const { item, query, exposed } = log.events.at(user, position);
  const historyExposed = shown && { historyExposed: history.map((_, at) => [...log.events.exposed(user, begin + at)]) };
  return { user, history, earlier, target: item, query, exposed, ...historyExposed, textItem: item };
}

/** An event of a user whose first `end` ones may be trained on. */
type Cut = Target & { readonly end: number };

/**
 * The place of an item drawn from the whole basket that starts at `first`, without known items where it has
 * others. A single item is not drawn.
 */
function drawnPlace(
  { items, times }: Record<'items' | 'times', ArrayLike<number>>,
  first: number,
  known: ReadonlySet<number>,
  random: Pick<Random, 'integer'>,
): number {
  let after = first + 1;
  while (after < items.length && times[after] === times[first]) after++;
  const basket = Array.from({ length: after - first }, (_, place) => first + place);
  const fresh = basket.filter((place) => !known.has(items[place]!));
  const among = fresh.length > 0 ? fresh : basket;
  return among[among.length > 1 ? random.integer(among.length) : 0]!;
}

/**
 * What predicts the basket of an event has as its target: drawn from that basket, without items of the
 * history where it has others.
 */
function basketTarget(log: InteractionLog, cut: Cut, random: Pick<Random, 'integer'>): Target {
  const { user, end } = cut;
  const items = log.events.items(user, end);
  const first = historyEnd(log, cut);
  const known = new Set(items.subarray(0, first));
  return { user, position: drawnPlace({ items, times: log.events.times(user, end) }, first, known, random) };
}

/**
 * The example that predicts the basket of an event: what is predicted after the last item of each basket, and
 * as the target, is drawn from the whole next basket, without items of the history where that has others.
 * @param shown as in `BatchOptions`
 */
export function basketExample(
  log: InteractionLog,
  { user, position, end }: Cut,
  maxHistory: number,
  random: Pick<Random, 'integer'>,
  shown = false,
): TrainingExample {
  const items = log.events.items(user, end);
  const times = log.events.times(user, end);
  const known = new Set<number>();
  const next = historyEnd(log, { user, position });
  const begin = Math.max(0, next - maxHistory);
  const predicted: (number | null)[] = [];
  const exposedAt = (at: number | null): number[] => (at === null || !shown ? [] : [...log.events.exposed(user, at)]);
  const historyExposed = [exposedAt(begin)];
  for (let place = 0; place < next; place++) {
    known.add(items[place]!);
    const after = place + 1;
    if (place < begin || after === next) continue;
    const at = times[after] === times[place] ? null : drawnPlace({ items, times }, after, known, random);
    predicted.push(at === null ? null : items[at]!);
    historyExposed.push(exposedAt(at));
  }
  const target = { user, position: drawnPlace({ items, times }, next, known, random) };
  const example = { ...exampleForTarget(log, target, maxHistory), ...(shown && { historyExposed }) };
  const ordered = predicted.every((item, k) => item === example.history[k + 1]);
  return ordered ? example : { ...example, predicted: [...predicted, example.target] };
}

/** The first event of a user that has earlier ones in time. */
function firstWithHistory({ events }: InteractionLog, user: number): number {
  const times = events.times(user);
  let first = 1;
  while (first < times.length && times[first] === times[0]) first++;
  return first;
}

export interface TrainableUser {
  readonly user: number;
  /** Positions first … end − 1 can be targets: each has a history. */
  readonly first: number;
  readonly end: number;
}

/** Users with training events at two or more times. */
export function trainableUsers(log: InteractionLog, split: Split): TrainableUser[] {
  const trained = trainedLog(log, split);
  return split.train
    .map(({ user, end }) => ({ user, first: firstWithHistory(trained, user), end }))
    .filter(({ first, end }) => end > first);
}

/**
 * How many of `some` things go to each of `all` places, spread evenly: place k has ⌊(k+1)·some/all⌋ −
 * ⌊k·some/all⌋ of them.
 */
export function spreadOver(all: number, some: number): number[] {
  const before = (place: number): number => Math.floor((place * some) / all);
  return Array.from({ length: all }, (_, place) => before(place + 1) - before(place));
}

/**
 * Batches without replacement: each epoch is a new permutation of the users, split into full batches (the
 * rest is left out, a different one each time). Each user's history is cropped at a random end: a target with
 * all that precedes it in time, ≥ 1 event; with `whole` it ends at the last training event (or basket), or
 * where it is longer than `maxHistory` anywhere after as many events.
 * @throws RangeError when no user has two training events.
 */
export function createBatchSampler(log: InteractionLog, split: Split, options: BatchOptions): BatchSampler {
  const { seed, maxHistory, crop: ends, baskets, shown = false, texts = 1 } = options;
  const trained = trainedLog(log, split);
  const trainable = trainableUsers(log, split);
  if (trainable.length === 0) {
    throw new RangeError(t('No user has two training events at different times, so there is no step to learn from.'));
  }
  const batchSize = Math.min(options.batchSize, trainable.length);
  const batches = Math.floor(trainable.length / batchSize);

  let epoch = -1;
  let order = new Int32Array();
  const orderOf = (wanted: number): Int32Array => {
    if (wanted !== epoch) {
      epoch = wanted;
      order = forkRandom(seed, 'order', wanted).shuffle(Int32Array.from(trainable, (_, index) => index));
    }
    return order;
  };

  /**
   * Where the history of an event has items that others precede in time; of a basket the first, since its
   * items have one history.
   */
  const placesBefore = (target: Target, first: number, length: number): Int32Array => {
    const times = trained.events.times(target.user);
    const last = historyEnd(trained, target);
    const from = Math.max(first, last - length);
    const all = Int32Array.from({ length: Math.max(0, last - from) }, (_, k) => from + k);
    return baskets ? all.filter((at) => times[at] !== times[at - 1]) : all;
  };
  const sampleBatch = (step: number, shuffledText = false): TrainingExample[] => {
    const first = (step % batches) * batchSize;
    const picked = orderOf(Math.floor(step / batches)).subarray(first, first + batchSize);
    const crop = forkRandom(seed, 'crop', step);
    const text = forkRandom(seed, 'shuffled-text', step);
    const places = forkRandom(seed, 'further texts', step);
    const furtherText = forkRandom(seed, 'shuffled further texts', step);
    const further = spreadOver(picked.length, Math.round(Math.max(0, texts - 1) * picked.length));
    const spoken = (example: TrainingExample, random: Random): TrainingExample => {
      if (!shuffledText || log.items.length < 2) return example;
      // One of the other items, uniformly: the target's own index is skipped.
      const other = random.integer(log.items.length - 1);
      return { ...example, textItem: other < example.target ? other : other + 1 };
    };
    return Array.from(picked, (index, place) => {
      const { user, first, end } = trainable[index]!;
      const last = baskets ? historyEnd(trained, { user, position: end - 1 }) : end - 1;
      const earliest = ends === 'random' ? first : Math.max(first, Math.min(last, maxHistory));
      const position = earliest + crop.integer(end - earliest);
      const random = baskets ? forkRandom(seed, 'baskets', step, user) : null;
      const cut = { user, position, end };
      const example =
        random === null
          ? exampleForTarget(trained, cut, maxHistory, shown)
          : basketExample(trained, cut, maxHistory, random, shown);
      const own = spoken(example, text);
      if (further[place] === 0) return own;
      const more = Array.from(
        places.shuffle(placesBefore(cut, first, example.history.length)).subarray(0, further[place]),
        (at) => {
          const target = random === null ? { user, position: at } : basketTarget(trained, { ...cut, position: at }, random);
          return spoken(exampleForTarget(trained, target, maxHistory), furtherText);
        },
      );
      return more.length === 0 ? own : { ...own, further: more };
    });
  };
  return { users: trainable.length, batchSize, sampleBatch };
}

/** A fixed sample of `n` targets in their given order; all of them when there are no more. */
export function sampleUsers(targets: readonly Target[], n: number, seed: number): Target[] {
  const order = forkRandom(seed, 'evaluation-users').shuffle(Int32Array.from(targets, (_, index) => index));
  return Array.from(order.subarray(0, n).sort(), (index) => targets[index]!);
}

/** Indices of some targets among all; null if one is missing. */
export function placesIn(all: readonly Target[], some: readonly Target[]): number[] | null {
  const place = new Map(all.map((target, index) => [target, index]));
  const places = some.flatMap((target) => place.get(target) ?? []);
  return places.length < some.length ? null : places;
}
