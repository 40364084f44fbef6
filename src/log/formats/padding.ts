/** Recognises the value that pads lists of items to a fixed length. */
import { t } from '../../words/words';
import { idOf } from '../records/values';

const FILLERS = ['0', '-1', '[PAD]', '<pad>', 'PAD'];

/** Number of fillers before and after everything else; null if some are in between. */
function runs(list: readonly string[], filler: string): readonly [before: number, behind: number] | null {
  const from = list.findIndex((id) => id !== filler);
  if (from < 0) return [list.length, 0];
  const to = list.findLastIndex((id) => id !== filler) + 1;
  return list.slice(from, to).includes(filler) ? null : [from, list.length - to];
}

/**
 * The filler of lists: all have the same length, it is on one side of all of them and nowhere else, and more
 * than once in some. Undefined if there is none.
 */
export function paddingOf(rows: readonly (readonly unknown[])[]): string | undefined {
  const lists = rows.map((row) => row.map(idOf));
  const length = lists[0]?.length ?? 0;
  if (lists.length < 2 || length < 3 || lists.some((list) => list.length !== length)) return undefined;
  return FILLERS.find((filler) => {
    const found = lists.map((list) => runs(list, filler)).filter((run) => run === null || run[0] < length);
    if (found.length === 0 || found.includes(null)) return false;
    const most = [0, 1].map((side) => found.reduce((longest, run) => Math.max(longest, run![side]!), 0));
    return Math.min(...most) === 0 && Math.max(...most) > 1;
  });
}

/** In words. */
export function paddingReason(filler: string): string {
  return t('its lists are filled up with “{filler}”, which is not an item', { filler });
}
