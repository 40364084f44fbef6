import { t } from '../../words/words';
import { shortened, TITLE_LENGTH } from '../shortened';
import { share, type AuditCheck } from './check';

/**
 * Sources that have users and items but are not read, unless one with the same columns is: of another kind of
 * event, or left out by the user.
 */
export const otherEvents: AuditCheck = ({ recipe: { sources } }) => {
  const read = sources.filter(({ part }) => part === 'events');
  const sameColumns = (columns: readonly string[]): boolean => read.some((one) => one.columns.join('\n') === columns.join('\n'));
  const others = sources.filter(
    ({ part, roles, columns }) =>
      part === 'ignored' && roles.user !== undefined && roles.item !== undefined && !sameColumns(columns),
  );
  if (others.length === 0) return null;
  const of = read.length + others.length;
  return {
    id: 'other-events',
    level: 'amber',
    count: others.length,
    of,
    message: t('{share} files of events are not in the log', { share: share(others.length, of) }),
    advice: t('Name the kind of event that is predicted when you report the results.'),
    first: others.map(({ name }) => shortened(name, TITLE_LENGTH)),
  };
};
