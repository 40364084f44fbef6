import { targetFinding, type Check } from './check';

/** Of the items, those that are the head. */
export const HEAD = 0.1;

/** 1 by item for the tenth of the catalogue with most training events; equal items in the order of the catalogue. */
export function headItems({ log, split }: Parameters<Check>[0]): Uint8Array {
  const counts = new Int32Array(log.items.length);
  for (const { user, end } of split.train) for (const item of log.events.items(user, end)) counts[item]! += 1;
  const order = Uint32Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const head = new Uint8Array(log.items.length);
  for (const item of order.subarray(0, Math.ceil(HEAD * log.items.length))) head[item] = 1;
  return head;
}

/** Test targets among the most popular tenth of the items. */
export const head: Check = (audited) => {
  const popular = headItems(audited);
  return targetFinding(audited, {
    id: 'head',
    among: 'test',
    is: ({ user, position }) => popular[audited.log.events.item(user, position)] === 1,
    most: 0.5,
    level: 'amber',
    message: 'test targets are among the 10 % of items with the most training events',
    advice: 'Compare with the popularity baseline, and report head and tail separately.',
  });
};
