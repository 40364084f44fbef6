/** Variants, runs and comparisons in words. Pure. */
import { t } from '../../words/words';
import { pText, type Comparison } from '../../statistics/comparison';
import type { Measure } from '../../measures/measure';
import type { Setting, Variant } from '../../experiment/grid/plan';
import { sameValue } from '../../recipe/specPath';
import { fixed, listed, signed } from '../format';
import { fieldLabel } from '../../recipe/whatChanged';
import { inSentence } from '../../recipe/words';
import { CHOICE_FIELDS } from './gridDraft';

export function settingText({ path, value }: Setting): string {
  const option = CHOICE_FIELDS.find((field) => field.path === path)?.options.find((one) => sameValue(one.value, value));
  return `${inSentence(fieldLabel(path))} ${option?.label ?? (typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value))}`;
}

export function variantText({ arm, settings }: Variant): string {
  return [arm.label, ...settings.map(settingText)].join(', ');
}

export function shownValue({ scale, digits }: Measure, value: number): string {
  return fixed(value * scale, digits);
}

export function signedShown({ scale, digits }: Measure, value: number): string {
  return signed(value * scale, digits);
}

/** What this number of seeds can say about a difference, in one line. */
export function comparisonText(measure: Measure, { n, low, high, p, adjusted, distinguishable, effect }: Comparison): string {
  if (n === 1 || low === null || high === null) return t('one seed: no interval, no test');
  if (p === null || adjusted === null)
    return t('all seeds differ by the same amount: no spread to test against, not distinguishable');
  const parts = [
    t('95 % interval {low} to {high}', { low: signedShown(measure, low), high: signedShown(measure, high) }),
    t('paired t-test over {n} seeds {p}, {adjusted} after Holm’s correction', { n, p: pText(p), adjusted: pText(adjusted) }),
    ...(effect ? [`Hedges’ g ${effect.g.toFixed(1)} [${effect.low.toFixed(1)}, ${effect.high.toFixed(1)}]`] : []),
  ];
  const found = listed(parts);
  return distinguishable ? t('{tests}: distinguishable', { tests: found }) : t('{tests}: not distinguishable', { tests: found });
}
