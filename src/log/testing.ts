/** Small logs for tests; nothing of the app imports this. */
import type { InteractionLog } from './types';

/** One user per list of item indices, times 0, 1, 2, … unless `times` says otherwise, `items` items called `item 0`, `item 1`, … */
export function logOf(
  histories: readonly (readonly number[])[],
  items: number,
  times: readonly (readonly number[])[] = [],
): InteractionLog {
  return {
    name: 'test',
    hash: '',
    items: Array.from({ length: items }, (_, i) => ({ id: `i${i}`, title: `item ${i}`, category: '', description: '' })),
    users: histories.map((events, u) => ({
      id: `u${u}`,
      events: events.map((item, place) => ({ item, time: times[u]?.[place] ?? place, query: '', exposed: [] })),
    })),
  };
}

/** A dropped file. */
export function fileOf(name: string, content: string | Uint8Array<ArrayBuffer>): File {
  return new File([content], name);
}
