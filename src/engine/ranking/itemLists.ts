/** Format of lists of best items, which the engine writes and `src/measures` reads. */

/** Pads a list that is shorter than requested because all other items are masked. */
export const NO_ITEM = 0xffff_ffff;
/** Maximum length of a list. */
export const MOST_LISTED = 200;
