import { share, whichTargets, type Check } from './check';

/** Test targets that their user had before. Masking the history makes them unreachable, repeating it hits them. */
export const repeats: Check = (audited) => {
  const { log, split } = audited;
  const { count, first } = whichTargets(audited, ({ user, position }, end) =>
    log.events.items(user, end).includes(log.events.item(user, position)),
  );
  const of = split.test.length;
  return {
    id: 'repeats',
    level: count > 0.01 * of ? 'amber' : 'green',
    count,
    of,
    message: `${share(count, of)} test targets are items that are in their own history`,
    advice: count > 0.01 * of ? 'Report this with the results, or keep only a user’s first event with an item.' : '',
    first,
  };
};
