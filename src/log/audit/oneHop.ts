import { historyEnd, trainedLog, type Target } from '../types';
import { targetFinding, type Check } from './check';

type Audited = Pick<Parameters<Check>[0], 'log' | 'split'>;

/** The last time of a history, as a range of the user's events: one event, or a basket. Empty where there is no history. */
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
export function oneHopTargets({ log, split }: Audited, targets: readonly Target[] = split.test): Uint8Array {
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

/** Share from which on a gain over other models may be one of remembered pairs. */
const MUCH = 0.2;

export const oneHop: Check = (audited) => {
  const hops = oneHopTargets(audited);
  let at = 0;
  return targetFinding(audited, {
    id: 'one-hop',
    among: 'test',
    is: () => hops[at++] === 1,
    most: MUCH,
    level: 'amber',
    message: 'test targets directly follow the last item of their history in some training history (one hop)',
    advice: 'Report one-hop and other targets separately: memorised pairs may account for a gain.',
  });
};
