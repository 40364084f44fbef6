/** Which rows of a long table are drawn. Pure. */

/** A row, by its index, or rows that are left out, by their height in pixels. */
export type RowPart = number | { readonly gap: number; readonly before: number };

/** Pixels above and below what is seen that are drawn as well, so that scrolling does not show gaps. */
const MARGIN = 600;

/**
 * @param heights of the rows, in pixels
 * @param top where what is seen begins, in pixels from the first row
 * @param height of what is seen
 * @param kept a row that is drawn in any case, such as the one with the focus; −1 for none
 */
export function rowWindow(heights: readonly number[], top: number, height: number, kept: number): RowPart[] {
  const parts: RowPart[] = [];
  let y = 0;
  let gap = 0;
  heights.forEach((own, index) => {
    const drawn = index === kept || (y + own > top - MARGIN && y < top + height + MARGIN);
    if (drawn && gap > 0) {
      parts.push({ gap, before: index });
      gap = 0;
    }
    if (drawn) parts.push(index);
    else gap += own;
    y += own;
  });
  return gap > 0 ? [...parts, { gap, before: heights.length }] : parts;
}
