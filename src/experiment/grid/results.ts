/** Which cells of a grid are already filled, by runs of any origin. Pure. */
import { entries } from '../../measures/measures';
import type { RanksByTarget } from '../../measures/measure';
import { comparedEvaluations } from '../../record/comparedEvaluations';
import type { AdapterInfo, Evaluation, RunRecord } from '../../record/runRecord';
import type { RunSpec } from '../../recipe/runSpec';
import { summariseArm, type ArmSummary } from './armSummary';
import { cellKey, logName } from './cellKey';

/** Ranks of the test targets in a final evaluation, and who and what the targets are. */
export interface FinalRanks extends RanksByTarget {
  readonly cold: readonly number[];
  readonly groups?: readonly number[] | undefined;
  readonly owners?: readonly number[] | undefined;
}

/** What a run's record says beside the summaries of its arms. */
export interface RecordFacts {
  readonly baselines: RunRecord['baselines'];
  /** By arm; only of arms that have them on all test targets. */
  readonly finals: ReadonlyMap<string, FinalRanks>;
  /** The untrained model's values, by measure; of rankings they are among the baselines. */
  readonly start: ReadonlyMap<string, number>;
  /** The grid for which it was run. */
  readonly grid: RunRecord['grid'];
  readonly easeLeftOut: RunRecord['easeLeftOut'];
}

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
  /** Absent where only summaries are read. */
  readonly facts?: RecordFacts;
  /** The adapter that it ran on; only times on one adapter are compared. */
  readonly adapter: string;
  /** Preparation and evaluation included; null if it was not measured. */
  readonly wallSeconds: number | null;
}

/** A text that identifies an adapter, since times are comparable on one adapter only. */
export function adapterKey({ vendor, architecture, device, description, runtime }: AdapterInfo): string {
  return [vendor, architecture, device, description, runtime].join(' ');
}

/** What grids need to know about a run, from its record. */
export function knownRun(id: string, record: RunRecord, wallSeconds: number | null = null): KnownRun {
  const { spec, appVersion, data, model, complete, arms, adapter } = record;
  return {
    ...{ id, spec, appVersion, data, model, complete, wallSeconds },
    adapter: adapterKey(adapter),
    arms: arms.map((arm) => summariseArm(arm, record)),
    facts: recordFacts(record),
  };
}

/** @param record whole, not shortened */
export function recordFacts(record: RunRecord): RecordFacts {
  const { arms, baselines, grid, easeLeftOut } = record;
  const last = [...comparedEvaluations(arms, null)].filter(([, { population }]) => population === 'all');
  const start = entries().flatMap(({ id, topic, base }) => {
    // Older records have the base model's attention on the probe histories alone.
    const value = topic === 'attention' && record.base.testSinks === undefined ? null : base(record, 'all');
    return value === null ? [] : [[id, value] as const];
  });
  return {
    ...{ baselines, grid, easeLeftOut },
    finals: new Map(last.map(([id, one]) => [id, ranksOf(one)])),
    start: new Map(start),
  };
}

function ranksOf({ ranks, pool, cold, groups, owners }: Evaluation): FinalRanks {
  return { ...{ ranks, cold, groups, owners }, pool: pool && { ranks: pool.ranks } };
}

export interface CellResult {
  readonly run: string;
  readonly arm: string;
  readonly summary: ArmSummary;
  /** Of its run; absent where only summaries are read. */
  readonly facts?: RecordFacts | undefined;
}

/** Results of finished runs by cell key; the later of two with the same key. */
export function finishedCells(runs: readonly KnownRun[]): Map<string, CellResult> {
  const found = new Map<string, CellResult>();
  for (const { id, spec, appVersion, data, complete, arms, facts } of runs) {
    if (!complete) continue;
    for (const arm of spec.arms) {
      const summary = arms.find((one) => one.id === arm.id);
      if (summary?.last?.population !== 'all') continue;
      found.set(cellKey(spec, arm, logName(spec.data.id, data.hash), appVersion), { run: id, arm: arm.id, summary, facts });
    }
  }
  return found;
}
