/** What a lesson may speak of: the recorded runs that it names, and the finding over learning rates. */
import type { Sweep } from '../experiment/grid/sweep';
import type { PresetId } from '../recipe/presets';
import type { RunRecord } from '../record/runRecord';

export interface Evidence {
  readonly runs: ReadonlyMap<PresetId, RunRecord>;
  /** Null until it is here, and where the site has none. */
  readonly sweep: Sweep | null;
}

/** Whether something is so in the evidence; null if it does not say. */
export type Predicate = (evidence: Evidence) => boolean | null;
