import { t } from '../../words/words';
import { hasOrder, targetFinding, trainedEnds, type Check } from './check';

/** Events (user, item, time) that are trained on and are a target as well. */
export const sharedEvents: Check = (audited) => {
  if (!hasOrder(audited)) return null;
  const { start, item, time } = audited.log.events.columns;
  const trained = trainedEnds(audited);
  return targetFinding(audited, {
    id: 'shared-events',
    among: 'all',
    is: ({ user, position }) => {
      const target = start[user]! + position;
      const end = start[user]! + trained[user]!;
      for (let at = start[user]!; at < end; at++) {
        if (item[at] === item[target] && time[at] === time[target] && at !== target) return true;
      }
      return false;
    },
    most: 0,
    level: 'red',
    message: (share) => t('{share} targets are training events as well', { share }),
    advice: t('Leave out later events, or change the split.'),
  });
};
