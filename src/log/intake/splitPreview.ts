/** A split in numbers, and some users under it. Pure. */
import type { Assembled } from './assemble';
import type { InteractionLog, Split, Target } from '../types';
import { shownText } from '../../recipe/texts';

/**
 * The role of an event in the split. `history` precedes a target and is itself neither trained on nor
 * predicted.
 */
export type EventPart = 'train' | 'history' | 'validation' | 'test';

export interface ExampleEvent {
  readonly title: string;
  readonly time: number;
  readonly query: string;
  readonly part: EventPart;
}

export interface ExampleUser {
  readonly id: string;
  /** Number of events before those listed. */
  readonly earlier: number;
  readonly events: readonly ExampleEvent[];
}

/** Events of a time span, by role. */
export interface TimeBin {
  /** Unix seconds at which the span starts. */
  readonly from: number;
  readonly events: Readonly<Record<EventPart, number>>;
}

export interface SplitPreview {
  /** Items that are ranked. */
  readonly catalogue: number;
  readonly train: { readonly users: number; readonly events: number };
  readonly validation: { readonly users: number; readonly targets: number };
  readonly test: { readonly users: number; readonly targets: number; readonly cold: number };
  /** Events that are in no other part: neither trained on nor a target. */
  readonly history: { readonly users: number; readonly events: number };
  /** Users with no target in any part. */
  readonly withoutTarget: number;
  readonly bins: readonly TimeBin[];
  readonly examples: readonly ExampleUser[];
}

const EXAMPLES = 8;
const EXAMPLE_EVENTS = 12;
const BINS = 48;

const PARTS: readonly EventPart[] = ['history', 'train', 'validation', 'test'];

/** 1 by user for those with a target. */
function usersOf(targets: readonly Target[], users: number): Uint8Array {
  const has = new Uint8Array(users);
  for (const { user } of targets) has[user] = 1;
  return has;
}

/** By event of the log: its role, as an index into `PARTS`. */
function partsOf({ events }: InteractionLog, { train, validation, test }: Split): Uint8Array {
  const parts = new Uint8Array(events.length);
  const { start } = events.columns;
  for (const { user, end } of train) parts.fill(1, start[user], Math.min(start[user]! + end, start[user + 1]!));
  for (const { user, position } of validation) parts[events.place(user, position)] = 2;
  for (const { user, position } of test) parts[events.place(user, position)] = 3;
  return parts;
}

function historyOf({ events, users }: InteractionLog, parts: Uint8Array): SplitPreview['history'] {
  const { start } = events.columns;
  let [of, count] = [0, 0];
  for (let user = 0; user < users.length; user++) {
    let own = 0;
    for (let at = start[user]!; at < start[user + 1]!; at++) if (parts[at] === 0) own++;
    count += own;
    if (own > 0) of++;
  }
  return { users: of, events: count };
}

function binsOf({ events }: InteractionLog, parts: Uint8Array): TimeBin[] {
  const { time } = events.columns;
  let [first, last] = [Infinity, -Infinity];
  for (const own of time) {
    first = Math.min(first, own);
    last = Math.max(last, own);
  }
  if (!(last > first)) return [];
  const width = (last - first) / BINS;
  const counts = new Int32Array(BINS * PARTS.length);
  for (let at = 0; at < time.length; at++) {
    const bin = Math.min(BINS - 1, Math.floor((time[at]! - first) / width));
    counts[bin * PARTS.length + parts[at]!]!++;
  }
  const countOf = (bin: number, part: EventPart): number => counts[bin * PARTS.length + PARTS.indexOf(part)]!;
  return Array.from({ length: BINS }, (_, at) => ({
    from: first + at * width,
    events: {
      train: countOf(at, 'train'),
      history: countOf(at, 'history'),
      validation: countOf(at, 'validation'),
      test: countOf(at, 'test'),
    },
  }));
}

function exampleOf({ events, items, users }: InteractionLog, parts: Uint8Array, user: number): ExampleUser {
  const count = events.count(user);
  const earlier = Math.max(0, count - EXAMPLE_EVENTS);
  const shown = Array.from({ length: count - earlier }, (_, at): ExampleEvent => {
    const { item, time, query } = events.at(user, earlier + at);
    return { title: items.titleOf(item), time, query: shownText(query), part: PARTS[parts[events.place(user, earlier + at)]!]! };
  });
  return { id: shownText(users.at(user)), earlier, events: shown };
}

function sum(values: Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Counts, events over time, and users spread evenly over those with a test target. */
export function previewSplit({ log, split }: Assembled): SplitPreview {
  const { train, validation, test, cold } = split;
  const parts = partsOf(log, split);
  const users = log.users.length;
  const [validated, tested, either] = [usersOf(validation, users), usersOf(test, users), usersOf([], users)];
  const shown = new Int32Array(sum(tested));
  let filled = 0;
  for (let user = 0; user < users; user++) {
    if (tested[user] === 1) shown[filled++] = user;
    either[user] = validated[user]! | tested[user]!;
  }
  const step = Math.max(1, shown.length / EXAMPLES);
  const examples = Array.from({ length: Math.min(EXAMPLES, shown.length) }, (_, at) => shown[Math.floor(at * step)]!);
  return {
    catalogue: log.items.length,
    train: { users: train.length, events: train.reduce((events, { end }) => events + end, 0) },
    validation: { users: sum(validated), targets: validation.length },
    test: {
      users: sum(tested),
      targets: test.length,
      cold: test.filter(({ user, position }) => cold[log.events.item(user, position)] === 1).length,
    },
    history: historyOf(log, parts),
    withoutTarget: users - sum(either),
    bins: binsOf(log, parts),
    examples: examples.map((user) => exampleOf(log, parts, user)),
  };
}
