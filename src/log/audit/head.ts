import { t } from '../../words/words';
import { headItems } from '../targetGroups';
import { targetFinding, type AuditCheck } from './check';

/** Test targets among the most popular tenth of the items. */
export const head: AuditCheck = (audited) => {
  const popular = headItems(audited);
  return targetFinding(audited, {
    id: 'head',
    among: 'test',
    is: ({ user, position }) => popular[audited.log.events.item(user, position)] === 1,
    most: 0.5,
    level: 'amber',
    message: (share) => t('{share} test targets are among the 10 % of items with the most training events', { share }),
    advice: t('Compare with the popularity baseline, and report head and tail separately.'),
  });
};
