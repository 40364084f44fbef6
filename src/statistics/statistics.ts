/** Means, Student-t intervals and paired differences over seeds (or users). */
import { studentQuantile } from './studentT';

/** Numbers, one per seed or user. */
export type NumberList = readonly number[] | Float64Array | Float32Array;

/**
 * A mean and bounds around it. `low` and `high` are null when n < 2, since one value says nothing about
 * spread, and in a t-interval of equal values.
 */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** The numbers that a sentence about two arms needs. */
export interface Difference {
  /** Mean of treatment − control over pairs. */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** True when the interval exists and excludes 0. */
  readonly distinguishable: boolean;
}

export interface PairedSummary extends MeanInterval {
  /** Standard deviation and error of the differences; null when n < 2. */
  readonly sd: number | null;
  readonly standardError: number | null;
  readonly level: number;
}

/** @throws RangeError when there are no values */
export function mean(values: NumberList): number {
  if (values.length === 0) throw new RangeError('mean of no values');
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sample standard deviation (n − 1), null when n < 2; 0 for values that differ only by rounding. */
export function standardDeviation(values: NumberList): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  const deviation = Math.sqrt(squares / (values.length - 1));
  return deviation < 1e-9 * Math.abs(centre) ? 0 : deviation;
}

/** Standard error of the mean, sd/√n, null when n < 2. */
export function standardError(values: NumberList): number | null {
  const sd = standardDeviation(values);
  return sd === null ? null : sd / Math.sqrt(values.length);
}

/**
 * Student-t interval of the mean, mean ± t_{(1+level)/2, n−1}·sd/√n. Equal values have none: an interval
 * without width would make luck look certain.
 */
export function meanInterval(values: NumberList, level = 0.95): MeanInterval {
  const centre = mean(values);
  const error = standardError(values);
  if (error === null || error === 0) return { mean: centre, low: null, high: null, n: values.length };
  const half = studentQuantile((1 + level) / 2, values.length - 1) * error;
  return { mean: centre, low: centre - half, high: centre + half, n: values.length };
}

/**
 * The largest probability at which none of n is seen in 2.5 % of samples still: the upper bound of Clopper &
 * Pearson's interval. It stands in where values have no spread, of which resampling and t would make an
 * interval of no width.
 * @param n at least 1
 */
export function boundOfNone(n: number, level = 0.95): number {
  return 1 - ((1 - level) / 2) ** (1 / n);
}

/** treatment[i] − control[i]. @throws RangeError when the two differ in length */
export function pairedDifferences(treatment: NumberList, control: NumberList): Float64Array {
  if (treatment.length !== control.length)
    throw new RangeError(`${treatment.length} treatment values but ${control.length} control values`);
  return Float64Array.from(treatment, (value, i) => value - control[i]!);
}

/**
 * Student-t summary of treatment[i] − control[i].
 * @param treatment [pairs]
 * @param control [pairs] the same seeds (or users) in the same order
 */
export function pairedDifference(treatment: NumberList, control: NumberList, level = 0.95): PairedSummary {
  const differences = pairedDifferences(treatment, control);
  return {
    ...meanInterval(differences, level),
    sd: standardDeviation(differences),
    standardError: standardError(differences),
    level,
  };
}

/** 1 or −1, the interval's side, if it excludes 0; 0 if it does not, or does not exist. */
export function signOf({ low, high }: Pick<MeanInterval, 'low' | 'high'>): -1 | 0 | 1 {
  if (low === null || high === null) return 0;
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}

/** `pairedDifference` in the form that a sentence needs. */
export function describeDifference(treatment: NumberList, control: NumberList, level = 0.95): Difference {
  const { mean: difference, low, high, n } = pairedDifference(treatment, control, level);
  return { difference, low, high, n, distinguishable: signOf({ low, high }) !== 0 };
}

/** @returns NaN if there are none */
export function median(values: readonly number[]): number {
  return values.length === 0 ? NaN : quantile(Float64Array.from(values).sort(), 0.5);
}

/** Quantile of ascending values with linear interpolation (Hyndman & Fan type 7, as in numpy and R). */
export function quantile(ordered: Float64Array, p: number): number {
  const at = p * (ordered.length - 1);
  const below = Math.floor(at);
  const low = ordered[below]!;
  const high = ordered[Math.min(below + 1, ordered.length - 1)]!;
  return low + (at - below) * (high - low);
}
