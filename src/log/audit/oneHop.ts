import { targetFinding, type Check } from './check';

/**
 * Test targets that directly follow the last item of their history in some training history: what a table of successors
 * can predict (one hop in the graph of transitions).
 * @returns 1 by test target where it is one hop away
 */
export function oneHopTargets({ log, split }: Parameters<Check>[0]): Uint8Array {
  const keyOf = (from: number, to: number): number => from * log.items.length + to;
  const keys = split.test.map((target) => lastAndTarget({ log }, target, keyOf));
  const open = new Set(keys.filter((key) => key >= 0));
  const found = new Set<number>();
  for (const { user, end } of split.train) {
    const items = log.events.items(user, end);
    for (let at = 1; at < items.length; at++) {
      const key = keyOf(items[at - 1]!, items[at]!);
      if (open.has(key)) found.add(key);
    }
  }
  return Uint8Array.from(keys, (key) => (found.has(key) ? 1 : 0));
}

function lastAndTarget(
  { log }: Pick<Parameters<Check>[0], 'log'>,
  target: { readonly user: number; readonly position: number },
  keyOf: (from: number, to: number) => number,
): number {
  const { user, position } = target;
  const times = log.events.times(user, position + 1);
  let end = position;
  while (end > 0 && times[end - 1] === times[position]) end--;
  return end === 0 ? -1 : keyOf(log.events.item(user, end - 1), log.events.item(user, position));
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
