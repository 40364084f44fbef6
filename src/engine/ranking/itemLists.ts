/** Lists of best items, as the engine writes and `src/measures` reads them. */

/** Stands where a list is shorter than was asked for: all other items are left out. */
export const NO_ITEM = 0xffff_ffff;
/** Longest list. */
export const MOST_LISTED = 200;
