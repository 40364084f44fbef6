/**
 * What a verdict is about, for its checks: each looks for one thing that would mislead a reader, and has its
 * sentence if it is there.
 */
import type { ArmSpec } from '../../../recipe/runSpec';
import type { ArmRecord, Evaluation, RunRecord } from '../../../record/runRecord';

export interface CheckedArm {
  readonly id: string;
  readonly label: string;
  /** Null if the record's recipe does not list the arm. */
  readonly spec: ArmSpec | null;
  /** Its training in the run; undefined if the run does not have the arm. */
  readonly trained: ArmRecord | undefined;
  /** 95 % interval of the verdict's measure at K; null if it is not known. */
  readonly range: (k: number) => readonly [number, number] | null;
}

export interface CheckedRun {
  /** The run, or one of the runs of all seeds. */
  readonly record: RunRecord;
  /** Null for one run. */
  readonly seeds: readonly number[] | null;
  /** Seeds that were run and are hidden. */
  readonly hidden: readonly number[];
  readonly treatment: CheckedArm;
  readonly control: CheckedArm;
  readonly others: readonly CheckedArm[];
  /** One whose targets are ranked; null if the run has none. */
  readonly evaluation: Evaluation | null;
  /**
   * One run: that whose attention is compared. Over seeds null if the base model was measured on all users.
   */
  readonly attended: Evaluation | null;
  /** Whether each arm has a rate that was chosen for it. */
  readonly tuned: boolean;
  /** Items among which a target is ranked, one of them. */
  readonly candidates: number;
  /** A baseline that takes no training and that both stay below; `unknown` where that is not in a link. */
  readonly bothBelowUntrained: 'zeroShot' | 'start' | 'unknown' | null;
}

/** Null if there is nothing to say. */
export type VerdictCheck = (checked: CheckedRun) => string | null;

/** The two arms that are compared, as a verdict names them. */
export function pairOf({ control, treatment }: CheckedRun): readonly [CheckedArm, CheckedArm] {
  return [control, treatment];
}

/** The steps of an arm up to the verdict's. */
export function lossesOf({ trained }: CheckedArm, { evaluation }: Pick<CheckedRun, 'evaluation'>): readonly number[] {
  if (trained === undefined) return [];
  const { step, action } = trained.steps;
  return action.filter((_, row) => evaluation === null || (step[row] ?? Infinity) <= evaluation.step);
}
