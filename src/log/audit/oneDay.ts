import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { hasTimes, share, type AuditCheck } from './check';

const DAY = 86_400;
/** Share of users from which the order within histories is likely to be that of entry. */
const MUCH = 0.3;

/**
 * Users with all their events within a day: times of entry (ratings of films seen years ago), or sessions.
 */
export const oneDay: AuditCheck = (audited) => {
  const { log } = audited;
  if (!hasTimes(audited)) return null;
  const { start, time } = log.events.columns;
  let count = 0;
  for (let user = 0; user < log.users.length; user++) {
    const [first, last] = [start[user]!, start[user + 1]! - 1];
    if (last > first && isTimed(time[last]!) && time[last]! - time[first]! < DAY) count++;
  }
  const of = log.users.length;
  const much = count > MUCH * of;
  return {
    id: 'one-day',
    level: much ? 'amber' : 'green',
    count,
    of,
    message: t('{share} users have all their events within 24 hours', { share: share(count, of) }),
    advice: much
      ? t(
          'If these are not sessions, times may say when events were entered (such as ratings of films seen long ago), and the order within a history means little.',
        )
      : '',
    first: [],
  };
};
