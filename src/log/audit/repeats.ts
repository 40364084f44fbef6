import { t } from '../../words/words';
import { repeatsInTraining, targetFinding, type AuditCheck } from './check';

/**
 * Share of the targets from which repeating is how the file was made, if nobody has an item twice in
 * training.
 */
const MUCH = 0.5;

/**
 * Test targets that the user had before. Masking the history makes them unreachable; without a mask,
 * repeating it hits them.
 */
export const repeats: AuditCheck = (audited) => {
  const { start, item } = audited.log.events.columns;
  const found = targetFinding(audited, {
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
  if (found.count <= MUCH * found.of || repeatsInTraining(audited)) return found;
  return {
    ...found,
    level: 'red',
    advice: t('Nobody has an item twice in training, so the histories were given with the target in them: take it out of them.'),
  };
};
