/**
 * How similar the retrieved items are to the target, in two readings of JS@K. Definitions: docs/metrics.md.
 */
import type { Measured } from '../../record/runRecord';
import { bootstrapMean } from '../../statistics/comparison';
import { mean } from '../../statistics/statistics';

/** Number of items retrieved. */
export const OVERLAP_K = 50;

/**
 * Whether lists of K of these items differ at all: in a smaller catalogue each holds all of it, whatever the
 * model.
 */
export function canDiffer(catalogue: number): boolean {
  return catalogue > OVERLAP_K;
}

/** About the Jaccard similarity of two random sets of K items: shared K²/N of 2K − K²/N. */
export function chanceOverlap(catalogue: number): number {
  const shared = OVERLAP_K ** 2 / catalogue;
  return shared / (2 * OVERLAP_K - shared);
}

/** |A ∩ B| / |A ∪ B|; 1 for two empty sets, which are equal. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const one of a) if (b.has(one)) both++;
  const either = a.size + b.size - both;
  return either === 0 ? 1 : both / either;
}

/** What the items retrieved for one target are compared with. */
export interface TargetLikeness {
  readonly item: number;
  /** The nearest items in the frozen space. */
  readonly nearest: ReadonlySet<number>;
}

/**
 * @param retrieved items by target, in the order of `targets` @param tokens distinct tokens of every item's
 * text
 * @returns by target, the Jaccard similarity with the nearest items, and the mean one of the texts' tokens; 0
 * if nothing was retrieved
 */
export function overlaps(
  retrieved: readonly (readonly number[])[],
  targets: readonly TargetLikeness[],
  tokens: readonly ReadonlySet<number>[],
): { readonly space: Float64Array; readonly tokens: Float64Array } {
  return {
    space: Float64Array.from(targets, ({ nearest }, index) => jaccard(new Set(retrieved[index]), nearest)),
    tokens: Float64Array.from(targets, ({ item }, index) => {
      const each = retrieved[index]!.map((other) => jaccard(tokens[other]!, tokens[item]!));
      return each.length === 0 ? 0 : mean(each);
    }),
  };
}

/** Means over targets with their intervals. @throws RangeError without targets */
export function summariseOverlap(
  found: ReturnType<typeof overlaps>,
  seed: number,
): Pick<Measured, 'values' | 'intervals'> & { readonly overlapTargets: number } {
  const values: Measured['values'] = {};
  const intervals: Measured['intervals'] = {};
  for (const kind of ['space', 'tokens'] as const) {
    const id = `js${OVERLAP_K}-${kind}`;
    const interval = bootstrapMean(found[kind], { seed });
    values[id] = mean(found[kind]);
    if (interval !== null) intervals[id] = [...interval];
  }
  return { values, intervals, overlapTargets: found.space.length };
}
