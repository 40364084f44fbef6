/** Which cells of a grid are already filled, by runs of any origin. Pure. */
import type { AdapterInfo, RunRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import type { ArmSummary } from '../armSummary';
import { cellKey, logName } from './cellKey';

/** What grids need to know about a run. */
export interface KnownRun {
  /** Key by which its record is found. */
  readonly id: string;
  readonly spec: RunSpec;
  readonly appVersion: string;
  readonly data: { readonly name: string; readonly hash: string };
  readonly model: { readonly id: string; readonly hash: string };
  readonly complete: boolean;
  readonly arms: readonly ArmSummary[];
  /** Absent where only summaries are stored. */
  readonly baselines?: RunRecord['baselines'];
  readonly easeLeftOut?: RunRecord['easeLeftOut'];
  /** The adapter that it ran on; only times on one adapter are compared. */
  readonly adapter: string;
  /** Preparation and evaluation included; null if it was not measured. */
  readonly wallSeconds: number | null;
}

/** A text that identifies an adapter, since times are comparable on one adapter only. */
export function adapterKey({ vendor, architecture, device, description, runtime }: AdapterInfo): string {
  return [vendor, architecture, device, description, runtime].join(' ');
}

export interface CellResult {
  readonly run: string;
  readonly arm: string;
  readonly summary: ArmSummary;
}

/** Results of finished runs by cell key; the later of two with the same key. */
export function finishedCells(runs: readonly KnownRun[]): Map<string, CellResult> {
  const found = new Map<string, CellResult>();
  for (const { id, spec, appVersion, data, complete, arms } of runs) {
    if (!complete) continue;
    for (const arm of spec.arms) {
      const summary = arms.find((one) => one.id === arm.id);
      if (summary?.last?.population !== 'all') continue;
      found.set(cellKey(spec, arm, logName(spec.data.id, data.hash), appVersion), { run: id, arm: arm.id, summary });
    }
  }
  return found;
}
