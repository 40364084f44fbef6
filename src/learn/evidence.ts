/** What a lesson may refer to: the recorded runs that it names, and the finding over learning rates. */
import type { Sweep } from '../experiment/grid/sweep';
import type { RecordedId } from '../recipe/recordedFiles';
import type { RunRecord } from '../record/runRecord';

export interface Evidence {
  readonly runs: ReadonlyMap<RecordedId, RunRecord>;
  /** Null until it is loaded, and if the site has none. */
  readonly sweep: Sweep | null;
}

/** Whether something holds in the evidence; null if unknown. */
export type Predicate = (evidence: Evidence) => boolean | null;
