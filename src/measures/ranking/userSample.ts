/** How many users an evaluation during training may rank. */

export interface EvaluationBudget {
  /** Seconds of one training step. */
  readonly stepSeconds: number;
  readonly steps: number;
  /**
   * Evaluations on the sample, the one at step 0 included. The final one on all users is not part of the
   * budget.
   */
  readonly evaluations: number;
  readonly evaluationSecondsPerUser: number;
  /** Seconds of an evaluation whatever the number of users (probes, LM drift, readings). */
  readonly fixedEvaluationSeconds: number;
  /** Number of users. */
  readonly available: number;
  /** Share of the run, training and evaluation together, that evaluation may take. */
  readonly share?: number;
  /** Never fewer than this (or all), even when that breaks the budget. */
  readonly minimum?: number;
}

/**
 * The largest number of users with evaluation/(training + evaluation) ≤ share, within [min(minimum,
 * available), available]: evaluations·(fixed + users·perUser) ≤ stepSeconds·steps·share/(1 − share).
 */
export function usersWithinBudget({
  stepSeconds,
  steps,
  evaluations,
  evaluationSecondsPerUser,
  fixedEvaluationSeconds,
  available,
  share = 0.1,
  minimum = 64,
}: EvaluationBudget): number {
  if (share >= 1 || evaluations <= 0) return available;
  const perEvaluation = (stepSeconds * steps * share) / (1 - share) / evaluations;
  const left = perEvaluation - fixedEvaluationSeconds;
  const affordable = left <= 0 ? 0 : evaluationSecondsPerUser > 0 ? left / evaluationSecondsPerUser : available;
  // The tolerance prevents rounding from costing an exact budget a user.
  const users = Math.floor(Math.min(available, affordable * (1 + 1e-12)));
  return Math.max(users, Math.min(minimum, available));
}

/** Maximum number of products for one baseline's ranking of the targets: some ten seconds on one core. */
const MOST_PRODUCTS = 1e10;
/** Minimum number of targets ranked, whatever the cost. */
const LEAST_TARGETS = 1000;
/**
 * Test targets for each history that an arm is trained on, and the least: a short run is not measured for
 * longer than it is trained.
 */
const TARGETS_A_HISTORY = 2;
const LEAST_AFTER_FEW_STEPS = 300;

export interface RankedSizes {
  /** Test targets. */
  readonly targets: number;
  readonly items: number;
  /** Of an item's features. */
  readonly width: number;
  /** Histories that an arm is trained on: steps times users per step. */
  readonly trained: number;
}

/** Number of test targets that the final evaluation ranks, of so many asked for. */
export function targetsAtEnd(asked: number | 'auto', sizes: RankedSizes): number {
  return asked === 'auto' ? finalTargets(sizes) : Math.min(asked, sizes.targets);
}

/**
 * The number where none is asked for: all or, in a large catalogue, as many as the baselines can rank in
 * reasonable time, and after few steps as many as take no longer than these.
 */
export function finalTargets({ targets, items, width, trained }: RankedSizes): number {
  const affordable = Math.max(LEAST_TARGETS, Math.floor(MOST_PRODUCTS / (items * width)));
  return Math.min(targets, affordable, Math.max(LEAST_AFTER_FEW_STEPS, TARGETS_A_HISTORY * trained));
}
