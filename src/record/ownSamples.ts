/** Whether a run ranks a sample of the test targets, which its seed draws. Pure. */
import { inEnglish, message, numberFormat, t } from '../words/words';

/** What must stand beside means over seeds of such runs. */
const OWN_SAMPLE = message(
  'Each seed ranks a sample of its own of the {targets} test targets, the same for all its arms and baselines; differences are paired within it.',
);

/**
 * All test targets, if only a sample of them is ranked; null if all are, or all that have a candidate set, or
 * an older record does not say.
 */
export function sampledOf(
  last: { readonly users: number; readonly targets?: number | undefined },
  onlyGiven: boolean,
): number | null {
  const { users, targets } = last;
  return targets === undefined || onlyGiven || users >= targets ? null : targets;
}

/** @param sampled `sampledOf` the rows; the largest is named. Empty if none is a sample. */
export function ownSampleCaveat(sampled: readonly (number | null)[]): string {
  const targets = Math.max(0, ...sampled.map((of) => of ?? 0));
  return targets === 0 ? '' : t(OWN_SAMPLE, { targets: numberFormat().format(targets) });
}

/** The same for tables of a paper. */
export function ownSampleNote(sampled: readonly (number | null)[]): string {
  return inEnglish(() => ownSampleCaveat(sampled));
}
