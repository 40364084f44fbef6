import { hasTimes, NAMED, share, type Check } from './check';

/** Events that share their time with another one of their user: among them there is no order to predict. */
export const ties: Check = (audited) => {
  const { log, split, recipe } = audited;
  if (!hasTimes(audited)) return null;
  const first: string[] = [];
  let count = 0;
  for (let user = 0; user < log.users.length; user++) {
    const times = log.events.times(user);
    let own = 0;
    times.forEach((time, at) => {
      if ((at > 0 && times[at - 1] === time) || times[at + 1] === time) own++;
    });
    count += own;
    if (own > 0 && first.length < NAMED) first.push(`user ${log.users.at(user)}: ${own} of ${times.length}`);
  }
  const of = log.events.length;
  const whole = recipe.split.kind === 'last-basket';
  const tied = split.test.filter(({ user, position }) => {
    const times = log.events.times(user);
    return times[position - 1] === times[position] || times[position + 1] === times[position];
  }).length;
  const much = count > 0.1 * of && !whole && recipe.filters.baskets === 'keep';
  const targets =
    whole || tied === 0 ? '' : `; which of them is the target is arbitrary for ${share(tied, split.test.length)} test targets`;
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
