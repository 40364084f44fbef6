/** Lists of best items, as the engine writes and `src/measures` reads them. */

/** Fills a list that is shorter than requested because all other items are left out. */
export const NO_ITEM = 0xffff_ffff;
/** Longest list. */
export const MOST_LISTED = 200;
