/**
 * Semantic IDs: the tuple of codes that stands for an item where items enter and are predicted as codes. Each code of each level is a token of
 * its own, counted level by level: its row of u is what the model reads, its row of z what h is compared with. Definitions: docs/definitions.md.
 */
import type { RunSpec } from '../../recipe/runSpec';

export interface CodeShape {
  /** Number of codes at each level. */
  readonly sizes: readonly number[];
}

export interface ItemCodes extends CodeShape {
  /** The code of every item at every level, counted from 0 at each: [items, levels]. */
  readonly codes: Uint32Array;
}

/** How many codes a recipe's semantic IDs have. */
export function codeShape({ codeLevels, codebookSize }: Pick<RunSpec['objective'], 'codeLevels' | 'codebookSize'>): CodeShape {
  return { sizes: new Array<number>(codeLevels).fill(codebookSize) };
}

/** Number of tokens of all levels. */
export function codeTokens({ sizes }: CodeShape): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The tokens of an item's codes, level by level. */
export function tokensOf({ sizes, codes }: ItemCodes, item: number): number[] {
  let first = 0;
  return sizes.map((size, level) => {
    const token = first + codes[item * sizes.length + level]!;
    first += size;
    return token;
  });
}

/** Share of the items whose tuple another item has too. */
export function collisionRate({ sizes, codes }: ItemCodes): number {
  const levels = sizes.length;
  const items = codes.length / levels;
  const sharing = new Map<string, number>();
  const tuples = Array.from({ length: items }, (_, item) => codes.subarray(item * levels, (item + 1) * levels).join());
  for (const tuple of tuples) sharing.set(tuple, (sharing.get(tuple) ?? 0) + 1);
  return items === 0 ? 0 : tuples.filter((tuple) => sharing.get(tuple)! > 1).length / items;
}
