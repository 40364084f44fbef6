import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { busiestHour } from '../intake/filters';
import { hasTimes, NAMED, number, share, type AuditCheck } from './check';

/** Maximum events per hour of a person, unless the recipe sets another limit. */
export const MOST_PER_HOUR = 200;

/**
 * Users with more events within an hour than a person would have, counting a basket once: programs, shared
 * accounts, times of entry.
 */
export const busyUsers: AuditCheck = (audited) => {
  const { log, recipe } = audited;
  if (!hasTimes(audited)) return null;
  const most = recipe.filters.mostPerHour ?? MOST_PER_HOUR;
  const first: string[] = [];
  let count = 0;
  for (let user = 0; user < log.users.length; user++) {
    if (log.events.count(user) <= most) continue;
    const times = log.events.times(user).filter(isTimed);
    const hour = busiestHour(times, Int32Array.from(times.keys()));
    if (hour <= most) continue;
    count++;
    if (first.length < NAMED) first.push(t('user {user}: {n} within an hour', { user: log.users.at(user), n: number(hour) }));
  }
  const of = log.users.length;
  return {
    id: 'busy-users',
    level: count > 0 ? 'amber' : 'green',
    count,
    of,
    message: t('{share} users have more than {most} events within an hour (a basket counts once)', {
      share: share(count, of),
      most: number(most),
    }),
    advice:
      count > 0
        ? t(
            'Bots, shared accounts, or people who entered many events in one sitting. Leave them out if they are not people; the limit is a filter.',
          )
        : '',
    first,
  };
};
