/** Errors of shares of hits that are known as numbers alone, and whether they differ. Pure. */
import { boundOfNone } from './statistics';
import { studentTail } from './studentT';

const NORMAL_975 = 1.959963984540054;

/**
 * Standard error of a share among n users; of none and of all, that of the bound of none, since they have no
 * spread.
 */
export function shareError(share: number, n: number): number {
  if (n < 1) return Infinity;
  return share <= 0 || share >= 1 ? boundOfNone(n) / NORMAL_975 : Math.sqrt((share * (1 - share)) / n);
}

/** Standard error that a 95 % interval stands for. */
export function halfWidthError({ low, high }: { readonly low: number; readonly high: number }): number {
  return (high - low) / (2 * NORMAL_975);
}

/**
 * Two-sided p of a difference with independent sources of error, by Welch and Satterthwaite. Shares of the
 * same users, taken as if of different ones, give one that is too large: hits of two rankings go together.
 * @param errors standard errors, with the degrees of freedom of each if it is known from few values
 */
export function unpairedP(
  difference: number,
  errors: readonly (number | { readonly error: number; readonly df: number })[],
): number {
  const known = errors
    .map((one) => (typeof one === 'number' ? { error: one, df: Infinity } : one))
    .filter(({ error }) => error > 0);
  const variance = known.reduce((sum, { error }) => sum + error ** 2, 0);
  if (!(variance > 0)) return difference === 0 ? 1 : 0;
  if (variance === Infinity) return 1;
  const spread = known.reduce((sum, { error, df }) => sum + error ** 4 / df, 0);
  const df = spread === 0 ? LARGE : Math.min(LARGE, variance ** 2 / spread);
  return 2 * studentTail(Math.abs(difference) / Math.sqrt(variance), df);
}

/** Degrees of freedom at which Student's t is the normal distribution. */
const LARGE = 1e6;
