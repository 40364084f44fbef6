/** Turns histories into training examples. All draws come from named streams of the seed, so every arm sees the same batches. */
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
  /** Item whose text is y: the target, or another item for the shuffled-text control. */
  readonly textItem: number;
  /** What each item of the history predicts where that is not the next one, null where it predicts nothing; of the last one, the target. */
  readonly predicted?: readonly (number | null)[];
}

export interface BatchOptions {
  readonly seed: number;
  /** Users per step; if the log has fewer, every batch holds them all. */
  readonly batchSize: number;
  readonly maxHistory: number;
  /** Where histories end: anywhere, or `whole` ones as long as they fit. */
  readonly crop: 'random' | 'whole';
  /** Whether baskets are predicted, which have no order, in place of each event from the one before (`basketExample`). */
  readonly baskets: boolean;
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

/** The example that predicts `target` from what came before it in time, as evaluation uses it. */
export function exampleForTarget(log: InteractionLog, target: Target, maxHistory: number): TrainingExample {
  const { user, position } = target;
  const end = historyEnd(log, target);
  const whole = log.events.items(user, end);
  const begin = Math.max(0, end - maxHistory);
  const [earlier, history] = [[...whole.subarray(0, begin)], [...whole.subarray(begin)]];
  const { item, query, exposed } = log.events.at(user, position);
  return { user, history, earlier, target: item, query, exposed, textItem: item };
}

/**
 * The example that predicts the basket of an event, of which the first `end` of its user may be trained on: what is predicted after the last item of
 * each basket, and as the target, is drawn from the whole next basket, without items of the history where that has others. A single item is not drawn.
 */
export function basketExample(
  log: InteractionLog,
  { user, position, end }: Target & { readonly end: number },
  maxHistory: number,
  random: Pick<Random, 'integer'>,
): TrainingExample {
  const items = log.events.items(user, end);
  const times = log.events.times(user, end);
  const known = new Set<number>();
  /** The position of an item drawn from the basket that starts at `first`. */
  const drawnFrom = (first: number): number => {
    let after = first + 1;
    while (after < end && times[after] === times[first]) after++;
    const basket = Array.from({ length: after - first }, (_, place) => first + place);
    const fresh = basket.filter((place) => !known.has(items[place]!));
    const among = fresh.length > 0 ? fresh : basket;
    return among[among.length > 1 ? random.integer(among.length) : 0]!;
  };
  const next = historyEnd(log, { user, position });
  const begin = Math.max(0, next - maxHistory);
  const predicted: (number | null)[] = [];
  for (let place = 0; place < next; place++) {
    known.add(items[place]!);
    const after = place + 1;
    if (place < begin || after === next) continue;
    predicted.push(times[after] === times[place] ? null : items[drawnFrom(after)]!);
  }
  const example = exampleForTarget(log, { user, position: drawnFrom(next) }, maxHistory);
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
 * Batches without replacement: each epoch is a new permutation of the users, split into full batches (the rest is
 * left out, a different one each time). Each user's history is cropped at a random end: a target with all that precedes it in time, ≥ 1 event;
 * with `whole` it ends at the last training event (or basket), or where it is longer than `maxHistory` anywhere after as many events.
 * @throws RangeError when no user has two training events.
 */
export function createBatchSampler(log: InteractionLog, split: Split, options: BatchOptions): BatchSampler {
  const { seed, maxHistory, crop: ends, baskets } = options;
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

  const sampleBatch = (step: number, shuffledText = false): TrainingExample[] => {
    const first = (step % batches) * batchSize;
    const picked = orderOf(Math.floor(step / batches)).subarray(first, first + batchSize);
    const crop = forkRandom(seed, 'crop', step);
    const text = forkRandom(seed, 'shuffled-text', step);
    return Array.from(picked, (index) => {
      const { user, first, end } = trainable[index]!;
      const last = baskets ? historyEnd(trained, { user, position: end - 1 }) : end - 1;
      const earliest = ends === 'random' ? first : Math.max(first, Math.min(last, maxHistory));
      const position = earliest + crop.integer(end - earliest);
      const example = baskets
        ? basketExample(trained, { user, position, end }, maxHistory, forkRandom(seed, 'baskets', step, user))
        : exampleForTarget(trained, { user, position }, maxHistory);
      if (!shuffledText || log.items.length < 2) return example;
      // One of the other items, uniformly: the target's own index is skipped.
      const other = text.integer(log.items.length - 1);
      return { ...example, textItem: other < example.target ? other : other + 1 };
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
