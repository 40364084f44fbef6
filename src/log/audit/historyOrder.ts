import { t } from '../../words/words';
import { historiesSortedById } from '../intake/traps';
import { hasTimes, number, type Check } from './check';

/** Without times: whether histories are in the order of their items' IDs. */
export const historyOrder: Check = (audited) => {
  const { log } = audited;
  if (hasTimes(audited)) return null;
  const user = new Int32Array(log.events.length);
  for (let u = 0; u < log.users.length; u++) user.fill(u, log.events.columns.start[u], log.events.columns.start[u + 1]);
  const ids = [...log.items.columns.id];
  const sorted = historiesSortedById({ user, item: log.events.columns.item }, ids, log.users.length);
  return {
    id: 'history-order',
    level: sorted ? 'red' : 'amber',
    count: sorted ? log.users.length : 0,
    of: log.users.length,
    message: sorted
      ? t('Nearly all histories of {n} users are in the order of their items’ IDs', { n: number(log.users.length) })
      : t('There are no times: file order is used instead'),
    advice: sorted
      ? t('Open files with times, or with histories in order of time.')
      : t('Make sure that the rows are in order of time.'),
    first: [],
  };
};
