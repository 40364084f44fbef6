import { t } from '../../words/words';
import { number, type AuditCheck } from './check';

/**
 * Half-width of the 95 % interval of a hit rate of 10 %, as a share of 1; targets of one user count as one.
 */
export function precisionOf(users: number): number {
  return 1.96 * Math.sqrt((0.1 * 0.9) / users);
}

/** Points of a hit rate from which a test set counts as small. */
const MUCH = 0.02;

/** How precise results on the test set can be, given its number of users. */
export const precision: AuditCheck = ({ split }) => {
  const users = new Set(split.test.map(({ user }) => user)).size;
  if (users === 0) {
    return {
      id: 'precision',
      level: 'red',
      count: 0,
      of: 0,
      message: t('There are no test targets, so nothing can be measured'),
      advice: t('Keep more events (filters), or choose another split.'),
      first: [],
    };
  }
  const half = precisionOf(users);
  return {
    id: 'precision',
    level: half > MUCH ? 'amber' : 'green',
    count: users,
    of: users,
    message: t('{n} test users: a hit rate of 10 % has a 95 % interval of ±{points} points', {
      n: number(users),
      points: (100 * half).toFixed(1),
    }),
    advice: half > MUCH ? t('Smaller differences need more users, or paired comparisons and several seeds.') : '',
    first: [],
  };
};
