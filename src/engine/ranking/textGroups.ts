/** Texts, and the tokens that they predict, split into parts that fit a pass. CPU only. */
import type { TextTargets } from '../decoder/sequence';

/**
 * Texts in order, as many at a time as fit a pass. A text has a row for `[BOS]` and one for each token.
 * @param most maximum numbers of rows, and of texts, per pass. A text longer than a pass is a group of its
 * own, which `Decoder.load` refuses.
 */
export function textGroups<T extends { readonly length: number }>(
  texts: readonly T[],
  { rows: most, texts: mostTexts = Infinity }: { readonly rows: number; readonly texts?: number },
): T[][] {
  const groups: T[][] = [];
  let rows = Infinity;
  for (const text of texts) {
    const own = text.length + 1;
    if (rows + own > most || groups.at(-1)!.length === mostTexts) {
      groups.push([]);
      rows = 0;
    }
    groups.at(-1)!.push(text);
    rows += own;
  }
  return groups;
}

/** The same rows, at most `most` at a time. */
export function targetParts({ rows, tokens, weights }: TextTargets, most: number): TextTargets[] {
  const parts: TextTargets[] = [];
  for (let first = 0; first < rows.length; first += most) {
    const end = first + most;
    parts.push({ rows: rows.slice(first, end), tokens: tokens.slice(first, end), weights: weights.slice(first, end) });
  }
  return parts;
}
