/** Which groups a target is in: one hop from its history or not, a popular item or not, how long its history is. */
import { LONG_HISTORY, MEDIUM_HISTORY, TARGET_GROUPS, type TargetGroup } from '../record/targetGroups';
import { historyEnd, trainedLog, type InteractionLog, type Split, type Target } from './types';

interface SplitLog {
  readonly log: InteractionLog;
  readonly split: Split;
}

/** Of the items, those that are the head. */
export const HEAD = 0.1;

/** 1 by item for the tenth of the catalogue with most training events; equal items in the order of the catalogue. */
export function headItems({ log, split }: SplitLog): Uint8Array {
  const counts = new Int32Array(log.items.length);
  const { events } = trainedLog(log, split);
  for (const { user, end } of split.train) for (const item of events.items(user, end)) counts[item]! += 1;
  const order = Uint32Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const head = new Uint8Array(log.items.length);
  for (const item of order.subarray(0, Math.ceil(HEAD * log.items.length))) head[item] = 1;
  return head;
}

/** The last time of a history, as a range of the user's events: one event, or a basket. Empty if there is no history. */
function lastBasket(times: Float64Array, end: number): { from: number; end: number } {
  let from = end - 1;
  while (from > 0 && times[from - 1] === times[end - 1]) from--;
  return { from: Math.max(0, from), end };
}

/**
 * Targets whose item directly follows the last item of their history in some training history: what a table of successors can
 * predict (one hop in the graph of transitions). Events of one time are a basket: any item of a basket is followed by any of the next.
 * @returns 1 by target where it is one hop away
 */
export function oneHopTargets({ log, split }: SplitLog, targets: readonly Target[] = split.test): Uint8Array {
  const { events } = log;
  const keyOf = (from: number, to: number): number => from * log.items.length + to;
  const pairsOf = (target: Target): number[] => {
    const { user, position } = target;
    const basket = lastBasket(events.times(user), historyEnd(log, target));
    const to = events.item(user, position);
    return basket.end === 0 ? [] : Array.from(events.items(user, basket.end).subarray(basket.from), (from) => keyOf(from, to));
  };
  const wanted = new Map<number, Set<number>>();
  for (const target of targets) {
    const to = events.item(target.user, target.position);
    let from = wanted.get(to);
    if (from === undefined) wanted.set(to, (from = new Set()));
    for (const pair of pairsOf(target)) from.add((pair - to) / log.items.length);
  }
  const found = new Set<number>();
  const trained = trainedLog(log, split).events;
  for (const { user, end } of split.train) {
    const items = trained.items(user, end);
    const times = trained.times(user, end);
    // [before, start) is the basket before the one that starts at `start`.
    let [before, start] = [0, 0];
    for (let at = 1; at < items.length; at++) {
      if (times[at] !== times[at - 1]) [before, start] = [start, at];
      const to = items[at]!;
      const from = start === 0 ? undefined : wanted.get(to);
      if (from === undefined) continue;
      for (let of = before; of < start; of++) if (from.has(items[of]!)) found.add(keyOf(items[of]!, to));
    }
  }
  return Uint8Array.from(targets, (target) => (pairsOf(target).some((pair) => found.has(pair)) ? 1 : 0));
}

/** Groups of targets as the bits that `inGroup` reads: of each pair or triple of groups, every target is in one. */
export class TargetGroups {
  private readonly head: Uint8Array;
  private readonly known = new WeakMap<readonly Target[], Uint8Array>();

  constructor(private readonly data: SplitLog) {
    this.head = headItems(data);
  }

  /** [targets]; takes a pass over all training events the first time that it is asked about an array. */
  of(targets: readonly Target[]): Uint8Array {
    let bits = this.known.get(targets);
    if (bits === undefined) this.known.set(targets, (bits = this.count(targets)));
    return bits;
  }

  private count(targets: readonly Target[]): Uint8Array {
    const { log } = this.data;
    const hops = oneHopTargets(this.data, targets);
    const bit = (group: TargetGroup): number => 1 << TARGET_GROUPS.indexOf(group);
    return Uint8Array.from(targets, (target, at) => {
      const length = historyEnd(log, target);
      const long = length >= LONG_HISTORY ? 'long-history' : length >= MEDIUM_HISTORY ? 'medium-history' : 'short-history';
      const popular = this.head[log.events.item(target.user, target.position)] === 1;
      return bit(hops[at] === 1 ? 'one-hop' : 'multi-hop') | bit(popular ? 'head' : 'tail') | bit(long);
    });
  }
}
