import { t } from '../../words/words';
import { targetFinding, type AuditCheck } from './check';

/** Test targets that the user had before. Masking the history makes them unreachable; without a mask, repeating it hits them. */
export const repeats: AuditCheck = (audited) => {
  const { start, item } = audited.log.events.columns;
  return targetFinding(audited, {
    id: 'repeats',
    among: 'test',
    is: ({ user, position }, end) => {
      const first = start[user]!;
      for (let at = first; at < first + end; at++) if (item[at] === item[first + position]) return true;
      return false;
    },
    most: 0.01,
    level: 'amber',
    message: (share) => t('{share} test targets are items that are in their own history', { share }),
    advice: t('Report this with the results, or keep only a user’s first event with an item.'),
  });
};
