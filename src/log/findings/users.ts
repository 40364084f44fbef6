import { t } from '../../words/words';
import { ordersBaskets } from '../intake/readMappings';
import { countBaskets } from '../intake/traps';
import { note, warning, type FindingCheck } from './finding';

/** All events of one user: more likely, the column of users was not found. */
export const singleUser: FindingCheck = ({ filtered: { users, used } }) =>
  users !== 1 || used <= 1
    ? null
    : warning(
        t('{n, plural, one {All # event are of one user} other {All # events are of one user}}', { n: used }),
        t('read as it is; if they are of many users, say in which column the user is'),
      );

/** Events at one time, and those with an item that the user had before. */
export const baskets: FindingCheck = ({ raw, order, filtered, recipe: { sources } }) => {
  const { tied, singleMoment, repeats } = countBaskets(raw, order, filtered);
  return [
    tied === 0
      ? null
      : note(
          t(
            '{n, plural, one {# event at the same time as another of the user (baskets)} other {# events at the same time as another of the user (baskets)}}',
            { n: tied },
          ),
          ordersBaskets(sources)
            ? t('ordered by the column of positions; none is in the history of another of its basket')
            : t(
                'ordered by a hash of the item ID, always the same, never by file order; none is in the history of another of its basket',
              ),
        ),
    singleMoment === 0
      ? null
      : warning(
          t('{n, plural, one {# user with all events at one time} other {# users with all events at one time}}', {
            n: singleMoment,
          }),
          t('never a target, because there is no history'),
        ),
    repeats === 0
      ? null
      : note(
          t(
            '{n, plural, one {# event with an item that the user had before} other {# events with an item that the user had before}}',
            { n: repeats },
          ),
          t('kept; filter them to predict new items only'),
        ),
  ];
};
