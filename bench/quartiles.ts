import { quantile } from '../src/statistics/statistics';

/** Median with quartiles: `18.4 (17.2–19.0)`. */
export function quartiles(values: readonly number[], digits: number): string {
  const sorted = Float64Array.from(values).sort();
  const [low, half, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share).toFixed(digits));
  return `${half} (${low}–${high})`;
}
