import { historyEnd } from '../types';
import { hasTimes, NAMED, namedTarget, share, type Check } from './check';

/** Targets whose history, or whose user's training events, hold something from their own time on: the future is known. */
export const laterEvents: Check = (audited) => {
  const { log, split } = audited;
  if (!hasTimes(audited)) return null;
  const trained = new Map(split.train.map(({ user, end }) => [user, end]));
  const first: string[] = [];
  let count = 0;
  const targets = [...split.validation, ...split.test];
  for (const target of targets) {
    const { user, position } = target;
    const time = log.events.time(user, position);
    const until = Math.max(historyEnd(log, target), trained.get(user) ?? 0);
    if (!log.events.times(user, until).some((own, at) => own >= time && at !== position)) continue;
    count++;
    if (first.length < NAMED) first.push(namedTarget(audited, target));
  }
  return {
    id: 'later-events',
    level: count > 0 ? 'red' : 'green',
    count,
    of: targets.length,
    message: `${share(count, targets.length)} targets have simultaneous or later events in their history or in training`,
    advice: count > 0 ? 'Leave out later events, or change the split: leave last out, or one cut-off time.' : '',
    first,
  };
};
