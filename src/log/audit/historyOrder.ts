import { isTimed } from '../eventTime';
import { t } from '../../words/words';
import { historiesSortedById } from '../intake/traps';
import type { LogRecipe } from '../../recipe/logRecipe';
import { hasOrder, hasTimes, number, share, type Audited, type AuditFinding, type AuditCheck } from './check';

/** Columns that order the events of a user, where no time does. */
function numberColumns({ sources }: LogRecipe): string[] {
  const numbers = sources.flatMap(({ part, roles, timeUnit, columns }) =>
    (part === 'events' || part === 'orders') && timeUnit === 'numbered' && roles.time !== undefined ? [columns[roles.time]!] : [],
  );
  const positions = sources.flatMap(({ part, roles, columns }) =>
    part === 'events' && roles.position !== undefined ? [columns[roles.position]!] : [],
  );
  return [...new Set([...numbers, ...positions])].map((column) => `“${column}”`);
}

/** Events without a time in a log that has times: the other checks of order say nothing of them. */
function untimedEvents({ log }: Audited): AuditFinding | null {
  const { time } = log.events.columns;
  const count = time.reduce((sum, own) => sum + Number(!isTimed(own)), 0);
  if (count === 0) return null;
  return {
    id: 'history-order',
    level: 'amber',
    count,
    of: time.length,
    message: t('{share} events have no time and stand before all others; checks of order count only those that have one', {
      share: share(count, time.length),
    }),
    advice: t('Name the column of times of their file, or leave the file out.'),
    first: [],
  };
}

/**
 * Without times: what orders histories instead, and whether the order of the file is that of their items'
 * IDs.
 */
export const historyOrder: AuditCheck = (audited) => {
  const { log } = audited;
  if (hasTimes(audited)) return untimedEvents(audited);
  const user = new Int32Array(log.events.length);
  for (let u = 0; u < log.users.length; u++) user.fill(u, log.events.columns.start[u], log.events.columns.start[u + 1]);
  const ids = [...log.items.columns.id];
  const sorted = historiesSortedById({ user, item: log.events.columns.item }, ids, log.users.length);
  if (!sorted && hasOrder(audited)) {
    return {
      id: 'history-order',
      level: 'amber',
      count: 0,
      of: log.users.length,
      message: t('There are no times: numbers that count a user’s own events order them ({columns})', {
        columns: numberColumns(audited.recipe).join(', '),
      }),
      advice: t(
        'Nothing is known of what other users did later, so leaks between users are not counted. Report it with the results.',
      ),
      first: [],
    };
  }
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
