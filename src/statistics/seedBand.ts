/** The band that is drawn around the mean over seeds. */
import { mean, meanInterval, standardDeviation, standardError, type MeanInterval } from './statistics';

/** Standard deviation, standard error, 95 % Student-t interval of the mean, or smallest and largest seed. */
export const BANDS = ['t95', 'sd', 'se', 'range'] as const;
export type BandKind = (typeof BANDS)[number];

/** `low` and `high` are null with one seed. @throws RangeError without values */
export function seedBand(values: readonly number[], kind: BandKind): MeanInterval {
  const n = values.length;
  const centre = mean(values);
  if (n < 2) return { mean: centre, low: null, high: null, n };
  switch (kind) {
    case 't95': {
      // A curve that begins at one value, as drift does, has a band without width there, not a gap.
      const interval = meanInterval(values);
      return interval.low === null ? around(centre, 0, n) : interval;
    }
    case 'sd':
      return around(centre, standardDeviation(values)!, n);
    case 'se':
      return around(centre, standardError(values)!, n);
    case 'range':
      return { mean: centre, low: Math.min(...values), high: Math.max(...values), n };
  }
}

function around(centre: number, half: number, n: number): MeanInterval {
  return { mean: centre, low: centre - half, high: centre + half, n };
}
