/**
 * A run as its ranking of a few of the sampled users tells it: those of the plane that a reader picked. Pure.
 */
import { rankingBySplit } from '../../measures/ranking/ranking';
import type { Evaluation, RunRecord } from '../../record/runRecord';

/**
 * The users that a record's plane has, of those picked. The plane's users are the first of the sampled ones.
 */
export function knownUsers(
  { projection }: Pick<RunRecord, 'projection'>,
  users: readonly number[] | null,
): readonly number[] | null {
  const known = users?.filter((user) => user < (projection?.users.target.length ?? 0)) ?? [];
  return known.length === 0 ? null : known;
}

/**
 * Evaluations of the sample, from the picked users' ranks; the others, and measures that have no rank by
 * user, are left out.
 */
export function ofUsers(record: RunRecord, users: readonly number[]): RunRecord {
  const { ks } = record.spec.evaluation;
  const { seed } = record.spec;
  return {
    ...record,
    arms: record.arms.map((arm) => ({
      ...arm,
      evaluations: arm.evaluations.flatMap((evaluation) => restricted(evaluation, users, ks, seed) ?? []),
    })),
  };
}

function restricted(evaluation: Evaluation, users: readonly number[], ks: readonly number[], seed: number): Evaluation | null {
  // A run from a link has no ranks.
  if (evaluation.population !== 'sample' || users.some((user) => user >= evaluation.ranks.length)) return null;
  const pick = (values: readonly number[]): number[] => users.map((user) => values[user]!);
  const { groups, pool } = evaluation;
  const targets = { cold: Uint8Array.from(pick(evaluation.cold)), ...(groups && { groups: Uint8Array.from(pick(groups)) }) };
  const whole = rankingBySplit(pick(evaluation.ranks), targets, ks, { seed });
  const pooled =
    pool &&
    rankingBySplit(
      pick(pool.ranks),
      targets,
      ks.filter((k) => k < pool.size),
      { seed, pooled: true },
    );
  return {
    ...evaluation,
    targets: whole.targets,
    values: { ...whole.values, ...pooled?.values },
    intervals: { ...whole.intervals, ...pooled?.intervals },
    requests: undefined,
    ranks: pick(evaluation.ranks),
    cold: [...targets.cold],
    ...(groups && { groups: pick(groups) }),
    ...(pool && { pool: { ...pool, ranks: pick(pool.ranks) } }),
  };
}

/**
 * Indices of the recorded histories that are of picked users; null if the record does not name the users of
 * its plane.
 */
export function historiesOf(
  { projection, probes }: Pick<RunRecord, 'projection' | 'probes'>,
  users: readonly number[],
): readonly number[] | null {
  const ids = projection?.users.id;
  if (ids === undefined) return null;
  const picked = new Set(users.map((user) => ids[user]));
  return probes.flatMap(({ user }, at) => (picked.has(user) ? [at] : []));
}
