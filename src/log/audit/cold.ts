import { t } from '../../words/words';
import { targetFinding, type AuditCheck } from './check';

/** Test targets whose items have no training event. */
export const cold: AuditCheck = (audited) => {
  const { log, split } = audited;
  return targetFinding(audited, {
    id: 'cold',
    among: 'test',
    is: ({ user, position }) => split.cold[log.events.item(user, position)] === 1,
    most: 0.1,
    level: 'amber',
    message: (share) => t('{share} test targets are cold: their item has no training event', { share }),
    advice: t('Report cold and warm targets separately.'),
  });
};
