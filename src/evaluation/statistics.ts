/** Means, Student-t intervals and paired differences over seeds (or users). */

/** Numbers, one a seed or a user. */
export type Values = readonly number[] | Float64Array | Float32Array;

/** Student-t interval of a mean. `low` and `high` are null when n < 2: one value says nothing about spread. */
export interface MeanInterval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** What a sentence about two arms needs. */
export interface Difference {
  /** Mean of treatment − control over pairs. */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  /** True when the interval exists and leaves 0 out. */
  readonly distinguishable: boolean;
}

export interface PairedSummary extends MeanInterval {
  /** Standard deviation and error of the differences; null when n < 2. */
  readonly sd: number | null;
  readonly standardError: number | null;
  readonly level: number;
}

/** @throws RangeError when there are no values */
export function mean(values: Values): number {
  if (values.length === 0) throw new RangeError('mean of no values');
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Sample standard deviation (n − 1), null when n < 2. */
export function standardDeviation(values: Values): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** Standard error of the mean, sd/√n, null when n < 2. */
export function standardError(values: Values): number | null {
  const sd = standardDeviation(values);
  return sd === null ? null : sd / Math.sqrt(values.length);
}

/** mean ± t_{(1+level)/2, n−1}·sd/√n. */
export function meanInterval(values: Values, level = 0.95): MeanInterval {
  const centre = mean(values);
  const error = standardError(values);
  if (error === null) return { mean: centre, low: null, high: null, n: values.length };
  const half = studentQuantile((1 + level) / 2, values.length - 1) * error;
  return { mean: centre, low: centre - half, high: centre + half, n: values.length };
}

/**
 * Student-t summary of treatment[i] − control[i].
 * @param treatment [pairs]
 * @param control [pairs] the same seeds (or users) in the same order
 */
export function pairedDifference(treatment: Values, control: Values, level = 0.95): PairedSummary {
  if (treatment.length !== control.length) {
    throw new RangeError(`${treatment.length} treatment values but ${control.length} control values`);
  }
  const differences = new Float64Array(treatment.length);
  for (let i = 0; i < differences.length; i++) differences[i] = treatment[i]! - control[i]!;
  return {
    ...meanInterval(differences, level),
    sd: standardDeviation(differences),
    standardError: standardError(differences),
    level,
  };
}

/** `pairedDifference` as a sentence needs it. */
export function describeDifference(treatment: Values, control: Values, level = 0.95): Difference {
  const { mean: difference, low, high, n } = pairedDifference(treatment, control, level);
  return { difference, low, high, n, distinguishable: low !== null && high !== null && (low > 0 || high < 0) };
}

/**
 * Quantile of Student's t: P(T ≤ t) = p. Inverts the distribution function by bisection to the last bit.
 * @param p in (0, 1)
 * @param df degrees of freedom, > 0
 */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1 && df > 0)) throw new RangeError(`no t quantile for p = ${p}, df = ${df}`);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let low = 0;
  let high = 1;
  while (studentTail(high, df) > tail) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return p < 0.5 ? -high : high;
}

/** P(T > t), t ≥ 0: I_x(df/2, 1/2)/2 with x = df/(df + t²) (Abramowitz & Stegun 26.7.1). */
function studentTail(t: number, df: number): number {
  return regularisedBeta(df / (df + t * t), (t * t) / (df + t * t), df / 2, 0.5) / 2;
}

/** Regularised incomplete beta I_x(a, b) (A&S 26.5.8 as a continued fraction); y = 1 − x is given so that none of it is lost. */
function regularisedBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(y));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(y, b, a)) / b;
}

/** The continued fraction of I_x(a, b), evaluated by the modified Lentz method. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const nonZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** log Γ(x), x > 0: recurrence up to x ≥ 15, then Stirling's series (A&S 6.1.40), error below 1e-15 of the value. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 15) {
    shift += Math.log(z);
    z += 1;
  }
  const w = 1 / (z * z);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
