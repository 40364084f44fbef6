import { t } from '../../words/words';
import { inFileOrder, knownOrder } from '../intake/readMappings';
import { note, warning, type FindingCheck } from './finding';

/** Rows that are not in time order. */
export const lateRows: FindingCheck = ({ raw: { outOfOrder } }) =>
  outOfOrder.rows === 0
    ? null
    : note(
        t('{n, plural, one {# row earlier than the user’s previous row} other {# rows earlier than the user’s previous row}}', {
          n: outOfOrder.rows,
        }),
        t('put in time order'),
        outOfOrder.first === null ? [] : [outOfOrder.first],
      );

/** Events that have no row of their own. */
export const unfoldedHistories: FindingCheck = ({ raw: { unfolded } }) =>
  unfolded === 0
    ? null
    : note(
        t('{n, plural, one {# event found only in the history of a row} other {# events found only in the history of a row}}', {
          n: unfolded,
        }),
        t('put before the user’s first row'),
      );

/** Sources that have no times: all, or some beside others that do. */
export const missingTimes: FindingCheck = ({ recipe: { sources } }) => {
  if (knownOrder(sources) === 'numbers')
    return warning(
      t('No column of times is used, but one of numbers that count a user’s own events or orders'),
      t('it orders the events of a user; events of different users do not compare, so no date splits or filters them'),
    );
  const events = sources.filter(({ part }) => part === 'events');
  const untimed = events.filter((mapping) => inFileOrder(mapping, sources));
  if (untimed.every(({ roles }) => roles.item === undefined)) return null;
  if (untimed.length === events.length)
    return warning(t('No column of times is used'), t('file order is used as time: correct only if the rows are in time order'));
  return warning(
    t('No column of times is used in {files}, and other files have times', {
      files: untimed.map(({ name }) => name).join(', '),
    }),
    t('its events are put before all others; name its column of times, or leave the file out'),
  );
};
