import { t } from '../../words/words';
import { quoted } from '../intake/tally';
import { warning, type FindingCheck } from './finding';

export const oddIds: FindingCheck = ({
  raw: {
    oddIds: { rows, first, example },
  },
}) =>
  rows === 0
    ? null
    : warning(
        t(
          '{n, plural, one {# row of an ID with a quote or a control character in it} other {# rows of an ID with a quote or a control character in it}}',
          { n: rows },
        ),
        t('read as it stands, as an ID of its own'),
        first,
        example,
      );

/** `9.00720E+15`: a spreadsheet's notation of a number with more digits than its cell shows. */
const ROUNDED_ID = /^\d(?:\.\d+)?E\+\d+$/i;

/** IDs that have lost digits, so that different ones may have become equal. */
export const roundedIds: FindingCheck = ({ raw: { users, items } }) => {
  const rounded = [users, items.ids.texts].flatMap((ids) => ids.filter((id) => ROUNDED_ID.test(id)));
  if (rounded.length === 0) return null;
  const message = t('{n, plural, one {# ID that a spreadsheet has rounded} other {# IDs that a spreadsheet has rounded}}', {
    n: rounded.length,
  });
  const done = t('read as they stand, so different users or items may have become one; export the IDs as text');
  return warning(message, done, [], quoted(rounded[0]));
};

export const sortedHistories: FindingCheck = ({ raw }) =>
  raw.sortedById
    ? warning(
        t('Nearly every history is in the order of its items’ IDs, so it is not in time order'),
        t('read as it is: the last item is the one with the largest ID; open a file with times or with histories in order'),
      )
    : null;

export const idsInOrder: FindingCheck = ({ raw }) =>
  raw.idsTellTime
    ? warning(
        t('The item IDs are numbers in the order in which items first appear, so an ID reveals when its item appeared'),
        t('the catalogue is shuffled, and no ID enters a text'),
      )
    : null;
