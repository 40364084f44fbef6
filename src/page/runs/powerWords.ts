/** Power over seeds in words. Pure. */
import type { Measure } from '../../measures/measure';
import { detectableDifference, seedsNeeded, USUAL_ALPHA, USUAL_POWER, type PairedDesign } from '../../statistics/power';
import { standardDeviation } from '../../statistics/statistics';
import { count, fixed, percent } from '../format';

/** Digits for a number smaller than the measure's own resolution. */
function shown({ scale, digits }: Measure, value: number): string {
  const own = fixed(value * scale, digits);
  return Number(own) === 0 ? String(Number((value * scale).toPrecision(1))) : own;
}

/**
 * The spread of the differences, and the level that Holm's correction applies to the smallest of several p-values, its strictest; null
 * without a spread.
 */
export function designOf(differences: readonly number[], comparisons: number): Required<PairedDesign> | null {
  const sd = standardDeviation(differences);
  return sd === null || sd === 0 ? null : { sd, alpha: USUAL_ALPHA / Math.max(1, comparisons) };
}

/** `with these 5 seeds …` */
export function powerSentence(measure: Measure, n: number, design: Required<PairedDesign>, comparisons: number): string {
  const seen = detectableDifference(n, design)!;
  const correction = comparisons > 1 ? `, corrected for ${count(comparisons)} comparisons at the strictest` : '';
  return `with these ${count(n)} seeds a difference of ${shown(measure, seen)} would be distinguishable in ${percent(USUAL_POWER).replace(/\.0$/, '')} % of such experiments (standard deviation of the paired differences ${shown(measure, design.sd)}, itself known from ${count(n)} seeds alone${correction}).`;
}

/** `needs 7 seeds …` @param difference unscaled */
export function seedsSentence(difference: number, design: Required<PairedDesign>): string {
  if (!(Math.abs(difference) > 0)) return 'needs a number other than 0.';
  const needed = seedsNeeded(difference, design);
  return needed === null
    ? 'needs more than ten thousand seeds.'
    : `needs ${count(needed)} seeds to be distinguishable in ${percent(USUAL_POWER).replace(/\.0$/, '')} % of such experiments.`;
}
