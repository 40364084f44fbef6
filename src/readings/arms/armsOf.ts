/** The arms of a record as listed in figures, and the snapshot or evaluation that represents a step. Pure. */
import { armMark, type ArmMark } from '../../charts/marks/armMark';
import type { ArmRecord, AttentionSnapshot, Evaluation, RunRecord } from '../../record/runRecord';
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

/** The snapshot at a step or the nearest one before it; the last one for null. */
export function snapshotAt(arm: ArmRecord, step: number | null): AttentionSnapshot | null {
  return arm.attention.findLast((snapshot) => step === null || snapshot.step <= step) ?? null;
}

/** The evaluation at a step or the nearest one before it, on all users if there are two; the last one for null. */
export function evaluationAt(arm: ArmRecord, step: number | null): Evaluation | null {
  let found: Evaluation | null = null;
  for (const evaluation of arm.evaluations) {
    if (step !== null && evaluation.step > step) continue;
    if (!found || evaluation.step > found.step || (evaluation.step === found.step && evaluation.population === 'all')) {
      found = evaluation;
    }
  }
  return found;
}

/** The same on the sampled users, who are the same at every step; on all users if there is no other. */
export function sampledAt(arm: ArmRecord, step: number | null): Evaluation | null {
  const sampled = arm.evaluations.filter(({ population }) => population === 'sample');
  return evaluationAt(sampled.length > 0 ? { ...arm, evaluations: sampled } : arm, step);
}

/**
 * The evaluation whose attention is read: that of the sampled users, if they were measured at the step shown. The base model was measured
 * on them alone; histories of test targets are one event longer, and in them sinks are rarer whatever an arm does.
 */
export function attentionAt(arm: ArmRecord, step: number | null): Evaluation | null {
  const shown = evaluationAt(arm, step);
  const sampled = arm.evaluations.find((one) => one.step === shown?.step && one.population === 'sample');
  return sampled ?? shown;
}

/**
 * The arms that sentences and the difference map compare: those that the reader chose, else KARMA (or the last arm) with Action (or the first).
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
 * A record with some of its arms; the record itself if all are shown, or none of those named exists. Without any arm it keeps the base model's sinks,
 * which are those of the arms before their first step.
 */
export function withArms(record: RunRecord, ids: readonly string[] | null | undefined): RunRecord {
  if (ids?.length === 0) {
    const userSinks = baseUserSinks(record);
    return { ...record, arms: [], base: { ...record.base, ...(userSinks && { userSinks }) } };
  }
  const arms = record.arms.filter(({ id }) => ids?.includes(id) ?? true);
  return arms.length === 0 || arms.length === record.arms.length ? record : { ...record, arms };
}
