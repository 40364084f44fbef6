import { t } from '../../words/words';
import { ordersBaskets } from '../intake/readMappings';
import { hasOrder, NAMED, share, type AuditCheck } from './check';

/**
 * Events that share their time with another event of the same user, so that they have no order to predict.
 */
export const ties: AuditCheck = (audited) => {
  const { log, split, recipe } = audited;
  if (!hasOrder(audited)) return null;
  const first: string[] = [];
  let count = 0;
  const { start, time } = log.events.columns;
  const isTied = (user: number, at: number): boolean =>
    (at > start[user]! && time[at - 1] === time[at]) || (at + 1 < start[user + 1]! && time[at + 1] === time[at]);
  for (let user = 0; user < log.users.length; user++) {
    let own = 0;
    for (let at = start[user]!; at < start[user + 1]!; at++) if (isTied(user, at)) own++;
    count += own;
    if (own > 0 && first.length < NAMED)
      first.push(t('user {user}: {n} of {of}', { user: log.users.at(user), n: String(own), of: String(log.events.count(user)) }));
  }
  const of = log.events.length;
  const whole = recipe.split.kind === 'last-basket';
  const tied = split.test.filter(({ user, position }) => isTied(user, start[user]! + position)).length;
  const much = count > 0.1 * of && !whole && recipe.filters.baskets === 'keep';
  const shared = { share: share(count, of) };
  const message =
    whole && count > 0
      ? t('{share} events share their time with another event of their user; whole baskets are predicted', shared)
      : tied === 0
        ? t('{share} events share their time with another event of their user', shared)
        : ordersBaskets(recipe.sources)
          ? t(
              '{share} events share their time with another event of their user, and a column orders them; {tied} test targets are one of several at their time, and have none of the others in their history',
              { ...shared, tied: share(tied, split.test.length) },
            )
          : t(
              '{share} events share their time with another event of their user; which of them is the target is arbitrary for {tied} test targets',
              { ...shared, tied: share(tied, split.test.length) },
            );
  return {
    id: 'ties',
    level: much ? 'amber' : 'green',
    count,
    of,
    message,
    advice: much ? t('Predict whole baskets (split: last basket), or keep one event of each.') : '',
    first,
  };
};
