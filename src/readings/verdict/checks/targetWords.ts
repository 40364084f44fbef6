/** Whose targets a verdict is about, in words: users, or targets where a user has several. Pure. */
import type { Evaluation, RunRecord } from '../../../record/runRecord';
import { t } from '../../../words/words';
import { count } from '../../format';

/**
 * Whether a user may have several of an evaluation's targets, as with baskets; records of earlier versions
 * say only that the log has more of them.
 */
export function isSeveralPerUser({ data }: Pick<RunRecord, 'data'>, { owners }: Evaluation): boolean {
  return owners !== undefined || (data.targets ?? 0) > data.users;
}

/** Number of users whose targets were ranked; that of targets where it is not known whose they are. */
export function targetUserCount({ owners, targets }: Pick<Evaluation, 'targets'> & Partial<Pick<Evaluation, 'owners'>>): number {
  return owners === undefined ? targets.all : new Set(owners).size;
}

/** “3,000 test users”; “300 test targets of 223 users”. */
export function rankedWords(record: RunRecord, evaluation: Evaluation): string {
  const { population, owners } = evaluation;
  const n = count(evaluation.targets.all);
  const test = population === 'all' || record.spec.evaluation.watch === 'test';
  if (!isSeveralPerUser(record, evaluation)) {
    if (population === 'all') return t('{n} test users', { n });
    return test ? t('{n} sampled test users', { n }) : t('{n} sampled validation users', { n });
  }
  const targets =
    population === 'all'
      ? t('{n} test targets', { n })
      : test
        ? t('{n} sampled test targets', { n })
        : t('{n} sampled validation targets', { n });
  return owners === undefined ? targets : t('{targets} of {users} users', { targets, users: count(targetUserCount(evaluation)) });
}
