/**
 * Yoochoose, RecSys Challenge 2015 (https://www.kaggle.com/datasets/chadgostopp/recsys-challenge-2015): clicks and purchases in sessions,
 * without column names; no texts. A purchase repeats an item that was clicked in its session.
 */
import { t } from '../../words/words';
import { byPosition, columnFits, INTEGER, type Format } from './format';

const CLICKS = ['user', 'time', 'item', 'category'] as const;
/** Most prices and quantities are 0 for unknown, so they say nothing of a purchase. */
const PURCHASES = ['user', 'time', 'item', '-', '-'] as const;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Nine digits tell it from any other user, time, item and rating. */
const ITEM = /^\d{9}$/;
/** A number, S for a special offer, or a brand. */
const CATEGORY = /^(?:S|\d{1,10})$/;

export const yoochoose: Format = {
  name: 'Yoochoose',
  recognise(peek) {
    const { syntax, columns } = peek;
    if (syntax.kind !== 'delimited' || syntax.header || (columns.length !== 4 && columns.length !== 5)) return null;
    const purchases = columns.length === 5;
    if (!columnFits(peek, 0, INTEGER) || !columnFits(peek, 1, TIME) || !columnFits(peek, 2, ITEM)) return null;
    if (purchases ? ![3, 4].every((column) => columnFits(peek, column, INTEGER)) : !columnFits(peek, 3, CATEGORY)) return null;
    return {
      format: this.name,
      part: 'events',
      reasons: [
        purchases
          ? t('session, time, item, price and quantity in each line: purchases')
          : t('session, time, item and category in each line: clicks'),
        t('a session is a user'),
      ],
      kind: purchases ? 'buy' : 'click',
      columns: ['session', 'time', 'item', ...(purchases ? ['price', 'quantity'] : ['category'])],
      roles: byPosition(purchases ? PURCHASES : CLICKS, t('its position in Yoochoose')),
      timeUnit: 'date',
    };
  },
};
