/**
 * Which groups a target is in: one hop from its history or not, a popular item or not, how long its history
 * is.
 */
import { LONG_HISTORY, MEDIUM_HISTORY, TARGET_GROUPS, type TargetGroup } from '../record/targetGroups';
import { historyEnd, trainedLog, type InteractionLog, type Split, type Target } from './types';

interface SplitLog {
  readonly log: InteractionLog;
  readonly split: Split;
}

/** Share of the items that form the head. */
export const HEAD = 0.1;

/**
 * By item, 1 for the tenth of the catalogue with most training events; ties in the order of the catalogue.
 */
export function headItems({ log, split }: SplitLog): Uint8Array {
  const counts = new Int32Array(log.items.length);
  const { start, item } = trainedLog(log, split).events.columns;
  for (const { user, end } of split.train) {
    const until = Math.min(start[user]! + end, start[user + 1]!);
    for (let at = start[user]!; at < until; at++) counts[item[at]!]!++;
  }
  const order = Uint32Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const head = new Uint8Array(log.items.length);
  for (const item of order.subarray(0, Math.ceil(HEAD * log.items.length))) head[item] = 1;
  return head;
}

/**
 * Index of the first of the events [0, end) of a user that share the time of the last one: one event, or a
 * basket.
 */
function basketStart(times: Float64Array, first: number, end: number): number {
  let from = end - 1;
  while (from > first && times[from - 1] === times[end - 1]) from--;
  return Math.max(first, from);
}

/**
 * Pairs of items, by the second of them: those before item i are from[start[i] … start[i + 1]), in ascending
 * order.
 */
class PairsByItem {
  private readonly start: Int32Array;
  private readonly from: Int32Array;
  /** 1 if the pair was found; for equal ones, at the first. */
  private readonly found: Uint8Array;

  /** @param each calls its argument with every pair, the same ones each time */
  constructor(items: number, each: (take: (from: number, to: number) => void) => void) {
    this.start = new Int32Array(items + 1);
    const { start } = this;
    each((_, to) => {
      start[to + 1]!++;
    });
    for (let item = 0; item < items; item++) start[item + 1]! += start[item]!;
    const next = start.slice(0, items);
    this.from = new Int32Array(start[items]!);
    each((from, to) => {
      this.from[next[to]!++] = from;
    });
    for (let item = 0; item < items; item++) {
      if (start[item + 1]! > start[item]! + 1) this.from.subarray(start[item], start[item + 1]).sort();
    }
    this.found = new Uint8Array(this.from.length);
  }

  /** Whether there are pairs with this second item. */
  leadTo(to: number): boolean {
    return this.start[to + 1]! > this.start[to]!;
  }

  /** Marks a pair as found, if it is one of these. */
  note(from: number, to: number): void {
    const at = this.find(from, to);
    if (at >= 0) this.found[at] = 1;
  }

  wasNoted(from: number, to: number): boolean {
    const at = this.find(from, to);
    return at >= 0 && this.found[at] === 1;
  }

  private find(from: number, to: number): number {
    const end = this.start[to + 1]!;
    let [low, high] = [this.start[to]!, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.from[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return low < end && this.from[low] === from ? low : -1;
  }
}

/**
 * Targets whose item directly follows the last item of their history in some training history, which a table
 * of successors can predict (one hop in the graph of transitions). Events of one time are a basket: any item
 * of a basket is followed by any of the next.
 * @returns 1 by target where it is one hop away
 */
export function oneHopTargets({ log, split }: SplitLog, targets: readonly Target[] = split.test): Uint8Array {
  const { start, item, time } = log.events.columns;
  const pairsOf = (target: Target, take: (from: number, to: number) => void): void => {
    const first = start[target.user]!;
    const end = first + historyEnd(log, target);
    if (end === first) return;
    const to = item[first + target.position]!;
    for (let at = basketStart(time, first, end); at < end; at++) take(item[at]!, to);
  };
  const pairs = new PairsByItem(log.items.length, (take) => {
    for (const target of targets) pairsOf(target, take);
  });
  const trained = trainedLog(log, split).events.columns;
  for (const { user, end } of split.train) {
    const first = trained.start[user]!;
    const until = Math.min(first + end, trained.start[user + 1]!);
    // [before, own) is the basket before the one that starts at `own`.
    let before = first;
    let own = first;
    for (let at = first + 1; at < until; at++) {
      if (trained.time[at] !== trained.time[at - 1]) {
        before = own;
        own = at;
      }
      const to = trained.item[at]!;
      if (own === first || !pairs.leadTo(to)) continue;
      for (let of = before; of < own; of++) pairs.note(trained.item[of]!, to);
    }
  }
  const hops = new Uint8Array(targets.length);
  targets.forEach((target, at) => {
    pairsOf(target, (from, to) => {
      if (pairs.wasNoted(from, to)) hops[at] = 1;
    });
  });
  return hops;
}

/**
 * Groups of targets as the bits that `inGroup` reads: every target is in one of each pair or triple of
 * groups.
 */
export class TargetGroups {
  private readonly head: Uint8Array;
  private readonly known = new WeakMap<readonly Target[], Uint8Array>();

  constructor(private readonly data: SplitLog) {
    this.head = headItems(data);
  }

  /** [targets]; takes a pass over all training events at the first call for an array. */
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
