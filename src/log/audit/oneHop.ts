import { t } from '../../words/words';
import { oneHopTargets } from '../targetGroups';
import { targetFinding, type AuditCheck } from './check';

/** Share from which a gain over other models may come from remembered pairs. */
const MUCH = 0.2;

export const oneHop: AuditCheck = (audited) => {
  const hops = oneHopTargets(audited);
  let at = 0;
  return targetFinding(audited, {
    id: 'one-hop',
    among: 'test',
    is: () => hops[at++] === 1,
    most: MUCH,
    level: 'amber',
    message: (share) =>
      t('{share} test targets directly follow the last item of their history in some training history (one hop)', { share }),
    advice: t('Report one-hop and other targets separately: memorised pairs may account for a gain.'),
  });
};
