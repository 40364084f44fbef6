/** Where two models' attention differs most. Pure. */

/**
 * The head with the largest absolute difference between two [layer][head] tables; entries missing from the
 * second count as 0.
 * @returns layer and head, counted from 0; null if the tables are empty
 */
export function mostDifferentHead(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): [number, number] | null {
  let best: [number, number] | null = null;
  let most = -1;
  a.forEach((row, layer) => {
    row.forEach((value, head) => {
      const difference = Math.abs(value - (b[layer]?.[head] ?? 0));
      if (difference > most) {
        most = difference;
        best = [layer, head];
      }
    });
  });
  return best;
}
