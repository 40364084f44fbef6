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
  /** The same of each item of the history, if they were asked for. */
  readonly historyExposed?: readonly (readonly number[])[];
  /** Item whose text is y: the target, or another item for the shuffled-text control. */
  readonly textItem: number;
  /** Items of its history as targets of examples of their own, which carry further texts; left out if there are none. */
  readonly further?: readonly TrainingExample[];
}

export interface BatchOptions {
  readonly seed: number;
  /** Users per step; if the log has fewer, every batch holds them all. */
  readonly batchSize: number;
  readonly maxHistory: number;
  /** Where histories end: anywhere, or `whole` ones as long as they fit. */
  readonly crop: 'random' | 'whole';
  /** Whether examples also have the items shown with those of their history. */
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

/** The example that predicts `target` from what came before it in time, as evaluation uses it. @param shown as in `BatchOptions` */
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

/** How many of `some` things go to each of `all` places, spread evenly: place k has ⌊(k+1)·some/all⌋ − ⌊k·some/all⌋ of them. */
export function spreadOver(all: number, some: number): number[] {
  const before = (place: number): number => Math.floor((place * some) / all);
  return Array.from({ length: all }, (_, place) => before(place + 1) - before(place));
}

/**
 * Batches without replacement: each epoch is a new permutation of the users, split into full batches (the rest is
 * left out, a different one each time). Each user's history is cropped at a random end: a target with all that precedes it in time, ≥ 1 event;
 * with `whole` it ends at the last training event, or where it is longer than `maxHistory` anywhere after as many events.
 * @throws RangeError when no user has two training events.
 */
export function createBatchSampler(log: InteractionLog, split: Split, options: BatchOptions): BatchSampler {
  const { seed, maxHistory, crop: ends, shown = false, texts = 1 } = options;
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
    const trained = trainedLog(log, split);
    const crop = forkRandom(seed, 'crop', step);
    const text = forkRandom(seed, 'shuffled-text', step);
    const places = forkRandom(seed, 'further texts', step);
    const furtherText = forkRandom(seed, 'shuffled further texts', step);
    const further = spreadOver(picked.length, Math.round(Math.max(0, texts - 1) * picked.length));
    const spoken = (target: Target, random: Random, withShown = false): TrainingExample => {
      const example = exampleForTarget(trained, target, maxHistory, withShown);
      if (!shuffledText || log.items.length < 2) return example;
      // One of the other items, uniformly: the target's own index is skipped.
      const other = random.integer(log.items.length - 1);
      return { ...example, textItem: other < example.target ? other : other + 1 };
    };
    return Array.from(picked, (index, place) => {
      const { user, first, end } = trainable[index]!;
      const earliest = ends === 'random' ? first : Math.max(first, Math.min(end - 1, maxHistory));
      const position = earliest + crop.integer(end - earliest);
      const example = spoken({ user, position }, text, shown);
      if (further[place] === 0) return example;
      // Items of the history that others precede in time.
      const last = historyEnd(trained, { user, position });
      const from = Math.max(first, last - example.history.length);
      const positions = places.shuffle(Int32Array.from({ length: Math.max(0, last - from) }, (_, k) => from + k));
      const more = Array.from(positions.subarray(0, further[place]), (at) => spoken({ user, position: at }, furtherText));
      return more.length === 0 ? example : { ...example, further: more };
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
