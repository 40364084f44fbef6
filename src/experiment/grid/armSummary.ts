/** A few numbers that summarise an arm of a run, which tables and grids read instead of the record. */
import { z } from 'zod';
import { entries, measuredValues, ksOf, measuresAt, withTodaysIds } from '../../measures/measures';
import { comparedEvaluations, isOfAllArms } from '../../record/comparedEvaluations';
import type { ArmRecord, RunRecord } from '../../record/runRecord';
import { NAME, verbatim } from '../../recipe/texts';

/** By measure ID; IDs of earlier versions are mapped to current ones. */
const valuesSchema = z.record(verbatim(NAME), z.number()).transform(withTodaysIds);

export const armSummarySchema = z.object({
  id: verbatim(NAME),
  steps: z.number().int(),
  /** Training only. */
  seconds: z.number(),
  /**
   * By measure, the best value among the evaluations during training, and its step; measures without a better
   * direction are left out.
   */
  best: z.record(verbatim(NAME), z.object({ value: z.number(), step: z.number().int() })).transform(withTodaysIds),
  /**
   * By measure, the last evaluation during training that all arms have, on the targets that the recipe
   * watches.
   */
  watched: valuesSchema.prefault({}),
  /** The last evaluation that all arms of the run have: on all users if the run is complete. */
  last: z
    .object({
      step: z.number().int(),
      population: z.enum(['sample', 'all']),
      users: z.number().int(),
      /** Test targets of the log, of which these may be a sample; absent in earlier versions. */
      targets: z.number().int().optional(),
      values: valuesSchema,
    })
    .nullable(),
  /**
   * The base model's attention over the users of the final evaluation, by measure; empty where it was not
   * measured on them.
   */
  base: valuesSchema.prefault({}),
});
export type ArmSummary = z.infer<typeof armSummarySchema>;

/**
 * The summaries of a run's arms with values of the same targets: earlier versions summarised each arm's own
 * last evaluation, also of runs that ended between the final evaluations of two arms. Then all arms have what
 * they had on the watched targets.
 */
export function comparableSummaries(arms: readonly ArmSummary[]): ArmSummary[] {
  const behind = arms.find(({ last }) => last?.population === 'sample')?.last;
  if (!behind || arms.every(({ last }) => last?.population !== 'all')) return [...arms];
  return arms.map((arm) => {
    if (arm.last?.population !== 'all') return arm;
    const { watched } = arm;
    const known = arm.last.step === behind.step && Object.keys(watched).length > 0;
    return { ...arm, base: {}, last: known ? { ...behind, values: watched } : null };
  });
}

/** @param record of the arm */
export function summariseArm({ id, steps, evaluations }: ArmRecord, record: RunRecord): ArmSummary {
  const last = comparedEvaluations(record.arms, null).get(id);
  // An arm may be one evaluation ahead of the others.
  const shared = evaluations.filter((one) => isOfAllArms(one, record.arms));
  const watched = shared.findLast(({ population, step }) => population === 'sample' && step > 0);
  return {
    id,
    steps: steps.step.at(-1) ?? 0,
    seconds: steps.seconds.at(-1) ?? 0,
    best: bestOf(shared),
    watched: watched ? measuredValues(watched) : {},
    last: last
      ? {
          ...{ step: last.step, population: last.population, users: last.targets.all, values: measuredValues(last) },
          ...(record.data.targets !== undefined && { targets: record.data.targets }),
        }
      : null,
    base: last?.population === 'all' ? baseAttention(record) : {},
  };
}

function baseAttention(record: RunRecord): Record<string, number> {
  if (record.base.testSinks === undefined) return {};
  const values = entries().flatMap(({ id, topic, base }) => {
    const value = topic === 'attention' ? base(record, 'all') : null;
    return value === null ? [] : [[id, value] as const];
  });
  return Object.fromEntries(values);
}

/** Among evaluations of one population: those during training, or the final ones if there are no others. */
function bestOf(evaluations: ArmRecord['evaluations']): ArmSummary['best'] {
  const sampled = evaluations.filter(({ population, step }) => population === 'sample' && step > 0);
  // An object that dozens of names were added to one by one takes five times the memory, in every run of a
  // list.
  const best = new Map<string, ArmSummary['best'][string]>();
  for (const evaluation of sampled.length > 0 ? sampled : evaluations) {
    for (const { id, better, of } of measuresAt(ksOf(evaluation))) {
      const value = of(evaluation);
      if (value === null || better === null) continue;
      const before = best.get(id);
      if (!before || (better === 'higher' ? value > before.value : value < before.value))
        best.set(id, { value, step: evaluation.step });
    }
  }
  return Object.fromEntries(best);
}
