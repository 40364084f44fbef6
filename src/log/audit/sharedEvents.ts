import { hasTimes, targetFinding, type Check } from './check';

/** Events (user, item, time) that are trained on and are a target as well. */
export const sharedEvents: Check = (audited) => {
  if (!hasTimes(audited)) return null;
  const { events } = audited.log;
  const trained = new Map(audited.split.train.map(({ user, end }) => [user, end]));
  return targetFinding(audited, {
    id: 'shared-events',
    among: 'all',
    is: ({ user, position }) => {
      const item = events.item(user, position);
      const time = events.time(user, position);
      const end = trained.get(user) ?? 0;
      const times = events.times(user, end);
      return events.items(user, end).some((own, at) => own === item && times[at] === time && at !== position);
    },
    most: 0,
    level: 'red',
    message: 'targets are training events as well',
    advice: 'Leave out later events, or change the split.',
  });
};
