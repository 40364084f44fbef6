/** How far the verdict reaches: seeds, steps, users, log. */
import { isSeveralPerUser } from './targetWords';
import { baseUserSinks } from '../../../measures/sinks/userSinks';
import { cutSentence } from '../../../record/measuringCut';
import { ONLY_GIVEN, ranksGivenPools } from '../../../record/poolSizes';
import { message, t } from '../../../words/words';
import { count, listed } from '../../format';
import type { VerdictCheck } from './check';

/** Seeds below which t-intervals are too wide to say much. */
const FEW = 5;

export const oneSeed: VerdictCheck = ({ seeds }) =>
  seeds === null ? t('One seed: another may reverse this. The interval covers the sampling of users, not the seed.') : null;

export const manySeeds: VerdictCheck = ({ seeds, evaluation, record: { data, spec } }) => {
  if (seeds === null) return null;
  const users = evaluation?.targets.all ?? 0;
  // A sample of the targets is drawn from the run's seed; given pools say themselves which are ranked.
  return users < (data.targets ?? 0) && !ranksGivenPools(spec)
    ? t(
        'Means over {n} seeds with 95 % t-intervals; all seeds have the same log, but each ranks its own sample of {users} of the {targets} test targets, and baselines are those of one sample.',
        { n: count(seeds.length), users: count(users), targets: count(data.targets ?? 0) },
      )
    : t(
        'Means over {n} seeds with 95 % t-intervals; all seeds have the same log and the same test users, so another log may differ.',
        { n: count(seeds.length) },
      );
};

export const fewSeeds: VerdictCheck = ({ seeds }) =>
  seeds !== null && seeds.length < FEW
    ? t('Intervals of fewer than {n} seeds are wide and assume normality.', { n: count(FEW) })
    : null;

export const hiddenSeedsCheck: VerdictCheck = ({ hidden }) =>
  hidden.length === 0
    ? null
    : t('Left out, since hidden: {n, plural, one {seed} other {seeds}} {seeds}.', {
        n: hidden.length,
        seeds: listed(hidden.map(String)),
      });

export const stopped: VerdictCheck = ({ seeds, evaluation, record: { complete, spec } }) =>
  seeds === null && evaluation !== null && !complete && evaluation.step < spec.training.steps
    ? t('These are the numbers of step {step} of {steps}.', {
        step: count(evaluation.step),
        steps: count(spec.training.steps),
      })
    : null;

export const sampled: VerdictCheck = ({ seeds, evaluation, record }) => {
  if (seeds !== null || evaluation?.population !== 'sample') return null;
  const n = count(evaluation.targets.all);
  return isSeveralPerUser(record, evaluation)
    ? t('A sample of {n} targets; the final figures are on all test targets.', { n })
    : t('A sample of {n} users; the final figures are on all test users.', { n });
};

export const unknownOwners: VerdictCheck = ({ evaluation, record }) =>
  evaluation !== null && evaluation.owners === undefined && isSeveralPerUser(record, evaluation)
    ? t('Several targets may be of one user, and this record does not say which: intervals over them are too narrow.')
    : null;

export const attendedUsers: VerdictCheck = ({ seeds, evaluation, attended, record }) => {
  if (seeds !== null)
    return attended === null || baseUserSinks(record) === undefined
      ? null
      : t('Attention is compared on the sampled users of each seed; the base model’s is that of one seed’s.');
  return evaluation?.population === 'all' && attended?.userSinks && attended.population === 'sample'
    ? t('Attention is compared on the {n} sampled users on whom the base model was measured.', {
        n: count(attended.userSinks.users),
      })
    : null;
};

export const measuringCut: VerdictCheck = ({ seeds, record: { cut } }) => (seeds === null && cut ? cutSentence(cut) : null);

const SIMULATED = message('The behaviour in the sample log is simulated.');
export const simulated: VerdictCheck = ({ record: { data } }) => (data.id === 'sample' ? t(SIMULATED) : null);

export const onlyGiven: VerdictCheck = ({ record: { spec } }) => (ranksGivenPools(spec) ? t(ONLY_GIVEN) : null);
