import { LEAST_EVENTS } from './assemble';
import type { InteractionLog, Split, Target } from './types';

/**
 * Leave-last-out in time order: the last event of a user is the test target, the one before it the validation target, what is
 * left may be trained on. Users with fewer than 3 events are in no part. `cold` looks at training events alone, so an item
 * that occurs only as somebody's validation target is cold too.
 */
export function leaveLastOut(log: InteractionLog): Split {
  const train: { user: number; end: number }[] = [];
  const validation: Target[] = [];
  const test: Target[] = [];
  const cold = new Uint8Array(log.items.length).fill(1);
  log.users.forEach(({ events }, user) => {
    if (events.length < LEAST_EVENTS) return;
    const end = events.length - 2;
    train.push({ user, end });
    validation.push({ user, position: end });
    test.push({ user, position: end + 1 });
    for (let i = 0; i < end; i++) cold[events[i]!.item] = 0;
  });
  return { train, validation, test, cold };
}
