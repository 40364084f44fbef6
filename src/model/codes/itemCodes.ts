/**
 * Semantic IDs: the tuple of codes that stands for an item where items enter and are predicted as codes. Each
 * code of each level is a token of its own, counted level by level: its row of u is what the model reads, its
 * row of z what h is compared with. Definitions: docs/method.md.
 */
import { readIndex } from '../../recipe/codeIndex';
import { t } from '../../words/words';

export interface ItemCodes {
  /** Number of codes at each level. */
  readonly sizes: readonly number[];
  /** The code of every item at every level, counted from 0 at each: [items, levels]. */
  readonly codes: Uint32Array;
}

/**
 * The codes that an index gives to the items of a log.
 * @param ids of all items, in the order of the catalogue
 * @throws RangeError if the two do not match
 */
export function indexedCodes(lines: readonly string[], ids: readonly string[]): ItemCodes {
  const { sizes, items } = readIndex(lines);
  const missing = ids.filter((id) => !items.has(id));
  if (missing.length > 0)
    throw new RangeError(
      t(
        '{n, plural, one {# item of the log has} other {# items of the log have}} no codes in the file (objective.codeIndex), {item} among them.',
        {
          n: missing.length,
          item: missing[0]!,
        },
      ),
    );
  const here = new Set(ids);
  const unknown = [...items.keys()].filter((item) => !here.has(item));
  if (unknown.length > 0)
    throw new RangeError(
      t(
        'The file of codes (objective.codeIndex) names {n, plural, one {# item} other {# items}} that the log lacks, {item} among them.',
        {
          n: unknown.length,
          item: unknown[0]!,
        },
      ),
    );
  return { sizes, codes: Uint32Array.from(ids.flatMap((id) => items.get(id)!)) };
}

/** Number of tokens of all levels. */
export function codeTokens({ sizes }: Pick<ItemCodes, 'sizes'>): number {
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
