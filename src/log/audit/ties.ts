import { hasTimes, NAMED, share, type Check } from './check';

/** Events that share their time with another event of the same user, so that they have no order to predict. */
export const ties: Check = (audited) => {
  const { log, split, recipe } = audited;
  if (!hasTimes(audited)) return null;
  const first: string[] = [];
  let count = 0;
  const { start, time } = log.events.columns;
  const isTied = (user: number, at: number): boolean =>
    (at > start[user]! && time[at - 1] === time[at]) || (at + 1 < start[user + 1]! && time[at + 1] === time[at]);
  for (let user = 0; user < log.users.length; user++) {
    let own = 0;
    for (let at = start[user]!; at < start[user + 1]!; at++) if (isTied(user, at)) own++;
    count += own;
    if (own > 0 && first.length < NAMED) first.push(`user ${log.users.at(user)}: ${own} of ${log.events.count(user)}`);
  }
  const of = log.events.length;
  const whole = recipe.split.kind === 'last-basket';
  const tied = split.test.filter(({ user, position }) => isTied(user, start[user]! + position)).length;
  const much = count > 0.1 * of && !whole && recipe.filters.baskets === 'keep';
  const arbitrary =
    tied === 0 ? '' : `; which of them is the target is arbitrary for ${share(tied, split.test.length)} test targets`;
  const targets = whole && count > 0 ? '; whole baskets are predicted' : arbitrary;
  return {
    id: 'ties',
    level: much ? 'amber' : 'green',
    count,
    of,
    message: `${share(count, of)} events share their time with another event of their user${targets}`,
    advice: much ? 'Predict whole baskets (split: last basket), or keep one event of each.' : '',
    first,
  };
};
