/** A split in numbers, and some users as it sees them. Pure. */
import type { Assembled } from './assemble';
import type { InteractionLog, Split, Target } from '../types';

/** What an event is to the split. `history` is shown before a target and is itself neither trained on nor predicted. */
export type EventPart = 'train' | 'history' | 'validation' | 'test';

export interface ExampleEvent {
  readonly title: string;
  readonly time: number;
  readonly query: string;
  readonly part: EventPart;
}

export interface ExampleUser {
  readonly id: string;
  /** Events before those that are listed. */
  readonly earlier: number;
  readonly events: readonly ExampleEvent[];
}

/** Events of a span of time by what they are for. */
export interface TimeBin {
  /** Unix seconds at which the span begins. */
  readonly from: number;
  readonly events: Readonly<Record<EventPart, number>>;
}

export interface SplitPreview {
  /** Items that are ranked. */
  readonly catalogue: number;
  readonly train: { readonly users: number; readonly events: number };
  readonly validation: { readonly users: number; readonly targets: number };
  readonly test: { readonly users: number; readonly targets: number; readonly cold: number };
  /** Users with no target in any part. */
  readonly withoutTarget: number;
  readonly bins: readonly TimeBin[];
  readonly examples: readonly ExampleUser[];
}

const EXAMPLES = 8;
const EXAMPLE_EVENTS = 12;
const BINS = 48;

function usersOf(targets: readonly Target[]): Set<number> {
  return new Set(targets.map(({ user }) => user));
}

/** What each event of the log is, user after user. */
function partsOf(log: InteractionLog, { train, validation, test }: Split): EventPart[][] {
  const parts = Array.from({ length: log.users.length }, (_, user) =>
    new Array<EventPart>(log.events.count(user)).fill('history'),
  );
  for (const { user, end } of train) parts[user]!.fill('train', 0, end);
  for (const { user, position } of validation) parts[user]![position] = 'validation';
  for (const { user, position } of test) parts[user]![position] = 'test';
  return parts;
}

function binsOf(log: InteractionLog, parts: readonly (readonly EventPart[])[]): TimeBin[] {
  let [first, last] = [Infinity, -Infinity];
  for (const time of log.events.columns.time) {
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  if (!(last > first)) return [];
  const width = (last - first) / BINS;
  const bins = Array.from({ length: BINS }, (_, at) => ({
    from: first + at * width,
    events: { train: 0, history: 0, validation: 0, test: 0 },
  }));
  parts.forEach((own, user) => {
    log.events.times(user).forEach((time, at) => {
      bins[Math.min(BINS - 1, Math.floor((time - first) / width))]!.events[own[at]!]++;
    });
  });
  return bins;
}

function exampleOf(log: InteractionLog, parts: readonly (readonly EventPart[])[], user: number): ExampleUser {
  const count = log.events.count(user);
  const earlier = Math.max(0, count - EXAMPLE_EVENTS);
  const events = Array.from({ length: count - earlier }, (_, at): ExampleEvent => {
    const { item, time, query } = log.events.at(user, earlier + at);
    return { title: log.items.titleOf(item), time, query, part: parts[user]![earlier + at]! };
  });
  return { id: log.users.at(user), earlier, events };
}

/** Counts, events over time, and users evenly spread over those with a test target. */
export function previewSplit({ log, split }: Assembled): SplitPreview {
  const { train, validation, test, cold } = split;
  const parts = partsOf(log, split);
  const [validated, tested] = [usersOf(validation), usersOf(test)];
  const shown = [...tested];
  const step = Math.max(1, shown.length / EXAMPLES);
  const examples = Array.from({ length: Math.min(EXAMPLES, shown.length) }, (_, at) => shown[Math.floor(at * step)]!);
  return {
    catalogue: log.items.length,
    train: { users: train.length, events: train.reduce((sum, { end }) => sum + end, 0) },
    validation: { users: validated.size, targets: validation.length },
    test: {
      users: tested.size,
      targets: test.length,
      cold: test.filter(({ user, position }) => cold[log.events.item(user, position)] === 1).length,
    },
    withoutTarget: log.users.length - new Set([...validated, ...tested]).size,
    bins: binsOf(log, parts),
    examples: examples.map((user) => exampleOf(log, parts, user)),
  };
}
