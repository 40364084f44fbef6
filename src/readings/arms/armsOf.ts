/**
 * The arms of a record as listed in figures, and the snapshots or evaluations that represent a step. Pure.
 */
import { armMark, type ArmMark } from '../../scene/marks/armMark';
import {
  attendedEvaluations,
  comparedEvaluations,
  comparedSnapshots,
  sampledEvaluations,
  type ComparedEvaluations,
} from '../../record/comparedEvaluations';
import type { ArmRecord, AttentionSnapshot, RunRecord } from '../../record/runRecord';
import { baseUserSinks } from '../../measures/sinks/userSinks';
import type { ArmSpec } from '../../recipe/runSpec';

export interface FigureArm {
  readonly id: string;
  readonly label: string;
  readonly mark: ArmMark;
  readonly record: ArmRecord;
  /** Null if the record's spec does not list the arm. */
  readonly spec: ArmSpec | null;
}

export function armsOf({ arms, spec }: Pick<RunRecord, 'arms' | 'spec'>): FigureArm[] {
  // Of all arms, shown or not, so that hiding one leaves the marks of the others.
  const ids = [...spec.arms, ...arms].map(({ id }) => id);
  return arms.map((record) => {
    const armSpec = spec.arms.find((one) => one.id === record.id) ?? null;
    return { id: record.id, label: armSpec?.label ?? record.id, mark: armMark(record.id, ids), record, spec: armSpec };
  });
}

/** The mark of a column: an arm's, else the base model's. */
export function markOfColumn(arms: readonly Pick<FigureArm, 'id' | 'mark'>[], id: string): ArmMark {
  return arms.find((arm) => arm.id === id)?.mark ?? armMark('base', []);
}

/** Steps at which any arm's attention was recorded, ascending. */
export function recordedSteps(arms: readonly ArmRecord[]): number[] {
  return [...new Set(arms.flatMap((arm) => arm.attention.map((snapshot) => snapshot.step)))].sort((a, b) => a - b);
}

/**
 * The attention of arms at a step or the nearest one before it that all of them have; the last one for null.
 * By arm.
 */
export function snapshotsAt(arms: readonly FigureArm[], step: number | null): ReadonlyMap<string, AttentionSnapshot> {
  return comparedSnapshots(recordsOf(arms), step);
}

/** `comparedEvaluations` of arms in figures. */
export function evaluationsAt(arms: readonly FigureArm[], step: number | null): ComparedEvaluations {
  return comparedEvaluations(recordsOf(arms), step);
}

/** `sampledEvaluations` of arms in figures. */
export function sampledAt(arms: readonly FigureArm[], step: number | null): ComparedEvaluations {
  return sampledEvaluations(recordsOf(arms), step);
}

/** `attendedEvaluations` of arms in figures. */
export function attentionsAt(arms: readonly FigureArm[], step: number | null): ComparedEvaluations {
  return attendedEvaluations(recordsOf(arms), step);
}

function recordsOf(arms: readonly FigureArm[]): ArmRecord[] {
  return arms.map(({ record }) => record);
}

/**
 * The arms that sentences and the difference map compare: those that the reader chose, else KARMA (or the
 * last arm) with Action (or the first).
 * @returns treatment and control, null if there is one arm
 */
export function comparedArms<Arm extends { readonly id: string }>(
  arms: readonly Arm[],
  chosen: readonly [string, string] | null,
): readonly [treatment: Arm, control: Arm] | null {
  const find = (id: string): Arm | undefined => arms.find((arm) => arm.id === id);
  if (chosen) {
    const [treatment, control] = [find(chosen[0]), find(chosen[1])];
    if (treatment && control && treatment !== control) return [treatment, control];
  }
  const control = find('action') ?? arms[0];
  const treatment = find('karma') ?? arms.at(-1);
  return treatment && control && treatment !== control ? [treatment, control] : null;
}

/**
 * A record with some of its arms; the record itself if all are shown, or none of those named exists. Without
 * any arm it keeps the base model's sinks, which are those of the arms before their first step.
 */
export function withArms(record: RunRecord, ids: readonly string[] | null | undefined): RunRecord {
  if (ids?.length === 0) {
    const userSinks = baseUserSinks(record);
    return { ...record, arms: [], base: { ...record.base, ...(userSinks && { userSinks }) } };
  }
  const arms = record.arms.filter(({ id }) => ids?.includes(id) ?? true);
  return arms.length === 0 || arms.length === record.arms.length ? record : { ...record, arms };
}
