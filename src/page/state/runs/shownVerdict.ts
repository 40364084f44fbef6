/**
 * The verdict that the page gives on a run: over all saved seeds of it at its end, unless one seed is
 * requested; else on the run alone.
 */
import type { RunRecord } from '../../../record/runRecord';
import type { RunEntry } from '../../../readings/runs/runEntry';
import { inEnglish } from '../../../words/words';
import { useRuns } from './runsState';
import { useView } from '../view/view';
import { armsOverSeeds, hiddenSeeds } from '../../../readings/verdict/armsOverSeeds';
import { verdictOf, type RunVerdict } from '../../../readings/verdict/verdict';
import { verdictOverSeeds } from '../../../readings/verdict/verdictOverSeeds';

export interface ShownVerdict {
  /** Null if no two arms have been measured. */
  readonly verdict: RunVerdict | null;
  /** Whether several seeds are known, so that the run's alone can be chosen. */
  readonly several: boolean;
}

/**
 * @param step a step of the run, or null for its end
 * @param oneSeed the run alone, even if other seeds are saved
 */
export function shownVerdict(
  record: RunRecord,
  entries: readonly RunEntry[],
  step: number | null,
  oneSeed: boolean,
): ShownVerdict {
  const arms = step === null ? armsOverSeeds(record, entries) : null;
  const hidden = step === null ? hiddenSeeds(record, entries) : [];
  const overSeeds = arms && verdictOverSeeds(record, arms, hidden);
  return overSeeds !== null && !oneSeed
    ? { verdict: overSeeds, several: true }
    : { verdict: verdictOf(record, step, hidden), several: overSeeds !== null };
}

/** The findings in exports: the sentences that the page shows at the end of the run. */
export function exportedVerdict(record: RunRecord): RunVerdict | null {
  const { entries } = useRuns.getState();
  const { oneSeed } = useView.getState();
  return inEnglish(() => shownVerdict(record, entries, null, oneSeed).verdict);
}
