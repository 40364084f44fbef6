import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { hasOrder, repeatsInTraining, targetFinding, trainedEnds, type AuditCheck } from './check';

/**
 * Share of the targets without times from which items that come again are no coincidence, if items come again
 * in training.
 */
const MUCH = 0.5;

/**
 * Events (user, item, time) that are trained on and are a target as well. Without the time of either, items
 * of the same user.
 */
export const sharedEvents: AuditCheck = (audited) => {
  const { recipe, log, split } = audited;
  const ordered = hasOrder(audited);
  if (!ordered && recipe.split.kind !== 'given') return null;
  const { start, item, time } = log.events.columns;
  const trained = trainedEnds(audited);
  const known = (at: number): boolean => ordered && isTimed(time[at]!);
  const targets = [...split.validation, ...split.test];
  const allKnown = targets.every(({ user, position }) => known(start[user]! + position));
  return targetFinding(audited, {
    id: 'shared-events',
    among: 'all',
    is: ({ user, position }) => {
      const target = start[user]! + position;
      const end = start[user]! + trained[user]!;
      for (let at = start[user]!; at < end; at++) {
        if (item[at] !== item[target] || at === target) continue;
        if (!known(target) || !known(at) || time[at] === time[target]) return true;
      }
      return false;
    },
    most: allKnown || !repeatsInTraining(audited) ? 0 : MUCH,
    level: 'red',
    message: (share) =>
      allKnown
        ? t('{share} targets are training events as well', { share })
        : t('{share} targets are items that the same user has in training', { share }),
    advice: allKnown
      ? t('Leave out later events, or change the split.')
      : t('The parts of the split overlap: leave out of training what is in the test.'),
  });
};
