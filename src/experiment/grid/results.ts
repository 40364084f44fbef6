/** Which cells of a grid are filled already, by runs of whatever origin. Pure. */
import type { AdapterInfo } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import type { ArmSummary } from '../armSummary';
import { cellKey, logName } from './cellKey';

/** A run as far as grids need to know it. */
export interface KnownRun {
  /** How its record is found again. */
  readonly id: string;
  readonly spec: RunSpec;
  readonly appVersion: string;
  readonly data: { readonly hash: string };
  readonly complete: boolean;
  readonly arms: readonly ArmSummary[];
  /** What it ran on; times are compared on one adapter only. */
  readonly adapter: string;
  /** Preparation and evaluation included; null if nobody measured it. */
  readonly wallSeconds: number | null;
}

/** One text for one adapter: times are told apart by it. */
export function adapterKey({ vendor, architecture, device, description, runtime }: AdapterInfo): string {
  return [vendor, architecture, device, description, runtime].join(' ');
}

export interface CellResult {
  readonly run: string;
  readonly arm: string;
  readonly summary: ArmSummary;
}

/** Results of finished runs by cell key; of two with one key the later. */
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
