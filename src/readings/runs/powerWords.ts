/** Power over seeds in words. Pure. */
import { t, type MessageValues } from '../../words/words';
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
 * The spread of the differences, and the level that Holm's correction applies to the smallest of several
 * p-values, its strictest; null without a spread.
 */
export function designOf(differences: readonly number[], comparisons: number): Required<PairedDesign> | null {
  const sd = standardDeviation(differences);
  return sd === null || sd === 0 ? null : { sd, alpha: USUAL_ALPHA / Math.max(1, comparisons) };
}

/**
 * Numbers of the sentence on what these seeds can detect: the difference, in what share of experiments, the
 * spread.
 */
export function powerValues(measure: Measure, n: number, design: Required<PairedDesign>, comparisons: number): MessageValues {
  return {
    n: count(n),
    difference: shown(measure, detectableDifference(n, design)!),
    share: usualPower(),
    sd: shown(measure, design.sd),
    comparisons: count(Math.max(1, comparisons)),
  };
}

function usualPower(): string {
  return percent(USUAL_POWER).replace(/\.0$/, '');
}

/** `needs 7 seeds …`, after the difference that is asked for. @param difference unscaled */
export function seedsSentence(difference: number, design: Required<PairedDesign>): string {
  if (!(Math.abs(difference) > 0)) return t('needs a number other than 0.');
  const needed = seedsNeeded(difference, design);
  return needed === null
    ? t('needs more than ten thousand seeds.')
    : t('needs {n} seeds to be distinguishable in {share} % of such experiments.', { n: count(needed), share: usualPower() });
}
