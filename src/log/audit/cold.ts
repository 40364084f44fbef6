import { share, whichTargets, type Check } from './check';

/** Test targets of items without a training event. */
export const cold: Check = (audited) => {
  const { log, split } = audited;
  const { count, first } = whichTargets(audited, ({ user, position }) => split.cold[log.events.item(user, position)] === 1);
  const of = split.test.length;
  const much = count > 0.1 * of;
  return {
    id: 'cold',
    level: much ? 'amber' : 'green',
    count,
    of,
    message: `${share(count, of)} test targets are cold: their item has no training event`,
    advice: much ? 'Report cold and warm targets separately.' : '',
    first,
  };
};
