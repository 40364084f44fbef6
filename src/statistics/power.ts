/** The power of a paired t-test over n seeds, by Student's noncentral t. Definitions: docs/metrics.md. */
import { regularisedBeta, studentQuantile } from './studentT';

/** The usual power: share of repetitions in which an existing difference should be found. */
export const USUAL_POWER = 0.8;
export const USUAL_ALPHA = 0.05;
/** Maximum number of seeds reported. */
const MOST_SEEDS = 10_000;
/** Shift δ at which e^(−δ²/2) would underflow, where a difference is certain to be found. */
const MOST_SHIFT = 37;

/**
 * P(T > t) of the noncentral t with `df` degrees of freedom and shift δ, t ≥ 0 (Lenth, AS 243, 1989, as an
 * upper tail): ½ Σ_j p_j·(1 − I_x(j + ½, df/2)) + q_j·(1 − I_x(j + 1, df/2)), x = t²/(df + t²), p_j =
 * e^(−λ)·λ^j/j!, q_j = δ/√2·e^(−λ)·λ^j/Γ(j + 3/2), λ = δ²/2.
 */
export function noncentralTail(t: number, df: number, shift: number): number {
  const half = (shift * shift) / 2;
  const [x, y] = [(t * t) / (df + t * t), df / (df + t * t)];
  let p = Math.exp(-half);
  let q = shift * Math.sqrt(2 / Math.PI) * p;
  let sum = 0;
  // Poisson's weights beyond ten deviations add nothing.
  const last = half + 10 * Math.sqrt(half) + 60;
  for (let j = 0; j <= last; j++) {
    sum += p * regularisedBeta(y, x, df / 2, j + 0.5) + q * regularisedBeta(y, x, df / 2, j + 1);
    p *= half / (j + 1);
    q *= half / (j + 1.5);
  }
  return Math.min(1, Math.max(0, sum / 2));
}

export interface PairedDesign {
  /** Standard deviation of the differences over seeds, > 0. */
  readonly sd: number;
  /** Two-sided level of the test: 0.05, divided by the number of comparisons if corrected for. */
  readonly alpha?: number;
}

/**
 * Power of the two-sided paired t-test over n pairs against a true mean difference.
 * @param n pairs; below 2 there is no test, and the power is 0
 */
export function pairedPower(difference: number, n: number, { sd, alpha = USUAL_ALPHA }: PairedDesign): number {
  if (n < 2) return 0;
  const df = n - 1;
  const shift = (Math.abs(difference) / sd) * Math.sqrt(n);
  if (shift > MOST_SHIFT) return 1;
  const critical = studentQuantile(1 - alpha / 2, df);
  return Math.min(1, noncentralTail(critical, df, shift) + noncentralTail(critical, df, -shift));
}

/** The smallest mean difference that n pairs detect with the usual power; null with fewer than two pairs. */
export function detectableDifference(n: number, design: PairedDesign, power = USUAL_POWER): number | null {
  if (n < 2) return null;
  let low = 0;
  let high = design.sd;
  while (pairedPower(high, n, design) < power) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (pairedPower(middle, n, design) < power) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * The minimum number of pairs that detect a mean difference with the usual power; null if it exceeds ten
 * thousand, or the difference is 0.
 */
export function seedsNeeded(difference: number, design: PairedDesign, power = USUAL_POWER): number | null {
  const enough = (n: number): boolean => pairedPower(difference, n, design) >= power;
  if (difference === 0 || !enough(MOST_SEEDS)) return null;
  let low = 1;
  let high = MOST_SEEDS;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
