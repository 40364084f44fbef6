import { hasTimes, NAMED, namedTarget, share, type Check } from './check';

/** Events (user, item, time) that are trained on and are a target as well. */
export const sharedEvents: Check = (audited) => {
  const { log, split } = audited;
  if (!hasTimes(audited)) return null;
  const trained = new Map(split.train.map(({ user, end }) => [user, end]));
  const targets = [...split.validation, ...split.test];
  const first: string[] = [];
  let count = 0;
  for (const target of targets) {
    const { user, position } = target;
    const item = log.events.item(user, position);
    const time = log.events.time(user, position);
    const end = trained.get(user) ?? 0;
    const times = log.events.times(user, end);
    if (!log.events.items(user, end).some((own, at) => own === item && times[at] === time && at !== position)) continue;
    count++;
    if (first.length < NAMED) first.push(namedTarget(audited, target));
  }
  return {
    id: 'shared-events',
    level: count > 0 ? 'red' : 'green',
    count,
    of: targets.length,
    message: `${share(count, targets.length)} targets are training events as well`,
    advice: count > 0 ? 'Leave out later events, or change the split.' : '',
    first,
  };
};
