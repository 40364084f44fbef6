import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { hasOrder, targetFinding, trainedEnds, type AuditCheck } from './check';

/**
 * Targets whose history, or whose user's training events, contain events at or after their own time: the
 * future is known.
 */
export const laterEvents: AuditCheck = (audited) => {
  if (!hasOrder(audited)) return null;
  const { start, time } = audited.log.events.columns;
  const trained = trainedEnds(audited);
  return targetFinding(audited, {
    id: 'later-events',
    among: 'all',
    is: ({ user, position }, end) => {
      const target = start[user]! + position;
      if (!isTimed(time[target]!)) return false;
      const until = start[user]! + Math.max(end, trained[user]!);
      for (let at = start[user]!; at < until; at++) if (time[at]! >= time[target]! && at !== target) return true;
      return false;
    },
    most: 0,
    level: 'red',
    message: (share) => t('{share} targets have simultaneous or later events in their history or in training', { share }),
    advice: t('Leave out later events, or change the split: leave last out, or one cut-off time.'),
  });
};
