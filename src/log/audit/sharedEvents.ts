import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { hasOrder, targetFinding, trainedEnds, type AuditCheck } from './check';

/** Share of the targets without times from which items that come again are no coincidence. */
const MUCH = 0.5;

/** Events (user, item, time) that are trained on and are a target as well; in a given split without times, items of the same user. */
export const sharedEvents: AuditCheck = (audited) => {
  const { recipe, log } = audited;
  const ordered = hasOrder(audited);
  if (!ordered && recipe.split.kind !== 'given') return null;
  const { start, item, time } = log.events.columns;
  const trained = trainedEnds(audited);
  const same = (a: number, b: number): boolean => (ordered && isTimed(a) ? a === b : !ordered || !isTimed(b));
  return targetFinding(audited, {
    id: 'shared-events',
    among: 'all',
    is: ({ user, position }) => {
      const target = start[user]! + position;
      const end = start[user]! + trained[user]!;
      for (let at = start[user]!; at < end; at++) {
        if (item[at] === item[target] && same(time[target]!, time[at]!) && at !== target) return true;
      }
      return false;
    },
    most: ordered ? 0 : MUCH,
    level: 'red',
    message: (share) =>
      ordered
        ? t('{share} targets are training events as well', { share })
        : t('{share} targets are items that the same user has in training', { share }),
    advice: ordered
      ? t('Leave out later events, or change the split.')
      : t('The parts of the split overlap: leave out of training what is in the test.'),
  });
};
