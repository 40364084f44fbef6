/**
 * Which evaluations of several arms may be compared: those of the same targets after the same step. Arms are
 * evaluated one after the other, for minutes each at the end, and a run may end in between, so one arm can be
 * ahead of the others. Code that shows arms beside each other takes its evaluations from here. Pure.
 */
import type { ArmRecord, AttentionSnapshot, Evaluation } from './runRecord';

/** What is read of an arm. */
export type EvaluatedArm = Pick<ArmRecord, 'id' | 'evaluations'>;

/** By arm, in the arms' order. */
export type ComparedEvaluations = ReadonlyMap<string, Evaluation>;

type Population = Evaluation['population'];

/**
 * Whether two evaluations ranked the same targets of the same users after the same step. A run from a link
 * does not have its users one by one.
 */
export function isOfSameTargets(one: Evaluation, other: Evaluation): boolean {
  return (
    one.step === other.step &&
    one.population === other.population &&
    one.targets.all === other.targets.all &&
    one.cold.length === other.cold.length &&
    one.cold.every((cold, user) => cold === other.cold[user])
  );
}

/** Whether every arm that was evaluated at all has an evaluation of the same targets after the same step. */
export function isOfAllArms(evaluation: Evaluation, arms: readonly EvaluatedArm[]): boolean {
  return arms.every(
    ({ evaluations }) => evaluations.length === 0 || evaluations.some((other) => isOfSameTargets(evaluation, other)),
  );
}

/**
 * The evaluations at a step, or at the nearest one before it that all arms have; on all users if they have
 * these, too.
 * @param step null for the last one
 * @returns arms that were not evaluated at all are left out; none if the others have no targets and step in
 * common
 */
export function comparedEvaluations(arms: readonly EvaluatedArm[], step: number | null): ComparedEvaluations {
  return latestOf(arms, step, 'all');
}

/**
 * The evaluations whose attention is read: after the same step, on the sampled users, if all arms have these.
 * The base model was measured on those users alone. Histories of test targets are one event longer, and sinks
 * are rarer in them whatever an arm does.
 */
export function attendedEvaluations(arms: readonly EvaluatedArm[], step: number | null): ComparedEvaluations {
  const [shown] = comparedEvaluations(arms, step).values();
  return shown ? latestOf(arms, shown.step, 'sample') : new Map();
}

/** Those on the sampled users, who are the same at every step; on all users if there are no others. */
export function sampledEvaluations(arms: readonly EvaluatedArm[], step: number | null): ComparedEvaluations {
  const sampled = arms.map(({ id, evaluations }) => ({
    id,
    evaluations: evaluations.filter(({ population }) => population === 'sample'),
  }));
  return comparedEvaluations(sampled.some(({ evaluations }) => evaluations.length > 0) ? sampled : arms, step);
}

/** Any one of compared evaluations, which have step and targets in common; null if there are none. */
export function oneOf(evaluations: ComparedEvaluations): Evaluation | null {
  return [...evaluations.values()][0] ?? null;
}

/**
 * The attention at a step, or at the nearest one before it that was recorded for every arm of which any was.
 */
export function comparedSnapshots(
  arms: readonly Pick<ArmRecord, 'id' | 'attention'>[],
  step: number | null,
): ReadonlyMap<string, AttentionSnapshot> {
  const recorded = arms.filter(({ attention }) => attention.length > 0);
  const steps = (recorded[0]?.attention ?? []).map((one) => one.step).filter((one) => step === null || one <= step);
  const common = steps.filter((one) => recorded.every(({ attention }) => attention.some((other) => other.step === one)));
  const last = Math.max(...common);
  return new Map(
    recorded.flatMap(({ id, attention }) => {
      const snapshot = attention.find((one) => one.step === last);
      return snapshot === undefined ? [] : [[id, snapshot] as const];
    }),
  );
}

/** @param preferred of two populations after the same step */
function latestOf(arms: readonly EvaluatedArm[], step: number | null, preferred: Population): ComparedEvaluations {
  const evaluated = arms.filter(({ evaluations }) => evaluations.length > 0);
  const rank = ({ population }: Evaluation): number => Number(population === preferred);
  const found = (evaluated[0]?.evaluations ?? [])
    .filter((one) => step === null || one.step <= step)
    .sort((a, b) => b.step - a.step || rank(b) - rank(a))
    .find((one) => isOfAllArms(one, evaluated));
  if (found === undefined) return new Map();
  return new Map(
    evaluated.map(({ id, evaluations }) => [id, evaluations.findLast((other) => isOfSameTargets(found, other))!] as const),
  );
}
