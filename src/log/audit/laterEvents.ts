import { hasTimes, targetFinding, type Check } from './check';

/** Targets whose history, or whose user's training events, hold something from their own time on: the future is known. */
export const laterEvents: Check = (audited) => {
  if (!hasTimes(audited)) return null;
  const { events } = audited.log;
  const trained = new Map(audited.split.train.map(({ user, end }) => [user, end]));
  return targetFinding(audited, {
    id: 'later-events',
    among: 'all',
    is: ({ user, position }, end) => {
      const time = events.time(user, position);
      const until = Math.max(end, trained.get(user) ?? 0);
      return events.times(user, until).some((own, at) => own >= time && at !== position);
    },
    most: 0,
    level: 'red',
    message: 'targets have simultaneous or later events in their history or in training',
    advice: 'Leave out later events, or change the split: leave last out, or one cut-off time.',
  });
};
