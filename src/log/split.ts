/**
 * Which events are trained on, which are targets of validation and test. A target's history is everything
 * earlier in time.
 */
import type { SplitRecipe } from '../recipe/logRecipe';
import { historyEnd, type InteractionLog, type Split, type Target } from './types';

/** Leave-last-out needs one event each for training, validation and test. */
export const LEAST_EVENTS = 3;

type Train = Split['train'][number];

/** Items that occur in no training event are cold, including one that is only a validation target. */
function withCold(log: InteractionLog, parts: Omit<Split, 'cold'>): Split {
  const cold = new Uint8Array(log.items.length).fill(1);
  const { start, item } = log.events.columns;
  for (const { user, end } of parts.train) {
    const until = Math.min(start[user]! + end, start[user + 1]!);
    for (let at = start[user]!; at < until; at++) cold[item[at]!] = 0;
  }
  return { ...parts, cold };
}

/**
 * The last event of a user is the test target, the one before it the validation target; what is earlier than
 * both may be trained on. Users with fewer than 3 events, or whose last two have no history, are in no part.
 */
export function leaveLastOut(log: InteractionLog): Split {
  const train: Train[] = [];
  const validation: Target[] = [];
  const test: Target[] = [];
  for (let user = 0; user < log.users.length; user++) {
    const events = log.events.count(user);
    if (events < LEAST_EVENTS) continue;
    const before = { user, position: events - 2 };
    const end = historyEnd(log, before);
    if (end === 0) continue;
    train.push({ user, end });
    validation.push(before);
    test.push({ user, position: events - 1 });
  }
  return withCold(log, { train, validation, test });
}

/**
 * All events of a user's last time are test targets, those of the time before validation targets; users need
 * three times.
 */
export function lastBasket(log: InteractionLog): Split {
  const train: Train[] = [];
  const validation: Target[] = [];
  const test: Target[] = [];
  for (let user = 0; user < log.users.length; user++) {
    const events = log.events.count(user);
    const last = historyEnd(log, { user, position: events - 1 });
    const second = last === 0 ? 0 : historyEnd(log, { user, position: last - 1 });
    if (second === 0) continue;
    train.push({ user, end: second });
    for (let position = second; position < last; position++) validation.push({ user, position });
    for (let position = last; position < events; position++) test.push({ user, position });
  }
  return withCold(log, { train, validation, test });
}

/** Times from which the last shares of all events are for validation and for test. */
export function splitTimes(
  log: InteractionLog,
  shares: { validation: number; test: number },
): { validation: number; test: number } {
  const times = log.events.columns.time.slice().sort();
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { validation: at(1 - shares.test - shares.validation), test: at(1 - shares.test) };
}

/**
 * One time for all users (a global temporal split): training is earlier than every user's targets. A user's
 * last event in each of the two later spans is the target.
 */
export function splitByTime(log: InteractionLog, shares: { validation: number; test: number }): Split {
  const from = splitTimes(log, shares);
  const train: Train[] = [];
  const validation: Target[] = [];
  const test: Target[] = [];
  for (let user = 0; user < log.users.length; user++) {
    const times = log.events.times(user);
    const firstFrom = (time: number): number => {
      const at = times.findIndex((own) => own >= time);
      return at < 0 ? times.length : at;
    };
    const end = firstFrom(from.validation);
    const middle = firstFrom(from.test);
    if (end > 0) train.push({ user, end });
    if (middle > end && historyEnd(log, { user, position: middle - 1 }) > 0) validation.push({ user, position: middle - 1 });
    if (times.length > middle && historyEnd(log, { user, position: times.length - 1 }) > 0) {
      test.push({ user, position: times.length - 1 });
    }
  }
  return withCold(log, { train, validation, test });
}

/** The part that the files assign to an event. */
export type GivenShare = 'train' | 'validation' | 'test' | 'context';

/**
 * As given by the files. A user's events are ordered training, validation, test; every event of the latter
 * two is a target.
 */
export function splitAsGiven(log: InteractionLog, shareAt: (user: number, position: number) => GivenShare): Split {
  const train: Train[] = [];
  const validation: Target[] = [];
  const test: Target[] = [];
  for (let user = 0; user < log.users.length; user++) {
    let end = 0;
    for (let position = 0; position < log.events.count(user); position++) {
      const share = shareAt(user, position);
      if (share === 'train') end = position + 1;
      else if (share !== 'context' && historyEnd(log, { user, position }) > 0) {
        (share === 'test' ? test : validation).push({ user, position });
      }
    }
    if (end > 0) train.push({ user, end });
  }
  return withCold(log, { train, validation, test });
}

export function splitLog(
  log: InteractionLog,
  recipe: SplitRecipe,
  shareAt: (user: number, position: number) => GivenShare,
): Split {
  switch (recipe.kind) {
    case 'leave-last-out':
      return leaveLastOut(log);
    case 'last-basket':
      return lastBasket(log);
    case 'time':
      return splitByTime(log, recipe);
    case 'given':
      return splitAsGiven(log, shareAt);
  }
}
