/** How the spread over seeds is drawn around their mean. */
import { mean, meanInterval, standardDeviation, standardError } from './statistics';

/** Standard deviation, standard error, 95 % Student-t interval of the mean, or smallest and largest seed. */
export const BANDS = ['t95', 'sd', 'se', 'range'] as const;
export type BandKind = (typeof BANDS)[number];

export interface SeedBand {
  readonly mean: number;
  /** Null with one seed, which says nothing about spread. */
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** @throws RangeError without values */
export function seedBand(values: readonly number[], kind: BandKind): SeedBand {
  const n = values.length;
  const centre = mean(values);
  if (n < 2) return { mean: centre, low: null, high: null, n };
  switch (kind) {
    case 't95':
      return meanInterval(values);
    case 'sd':
      return around(centre, standardDeviation(values)!, n);
    case 'se':
      return around(centre, standardError(values)!, n);
    case 'range':
      return { mean: centre, low: Math.min(...values), high: Math.max(...values), n };
  }
}

function around(centre: number, half: number, n: number): SeedBand {
  return { mean: centre, low: centre - half, high: centre + half, n };
}
