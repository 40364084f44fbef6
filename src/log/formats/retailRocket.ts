/**
 * RetailRocket (https://www.kaggle.com/datasets/retailrocket/ecommerce-dataset): views, carts and transactions; the properties of
 * items are hashed, so there are no texts in them.
 */
import { t } from '../../words/words';
import { byName, type Format } from './format';

export const retailRocket: Format = {
  name: 'RetailRocket',
  recognise({ columns }) {
    const has = (...names: readonly string[]): boolean =>
      columns.length === names.length && names.every((name) => columns.includes(name));
    if (has('timestamp', 'itemid', 'property', 'value') || has('categoryid', 'parentid')) {
      const reasons = [t('hashed properties of items and the tree of their categories, which have no texts')];
      return { format: this.name, part: 'ignored', reasons, roles: {} };
    }
    if (!has('timestamp', 'visitorid', 'event', 'itemid', 'transactionid')) return null;
    const names = { user: 'visitorid', item: 'itemid', time: 'timestamp', event: 'event' };
    return {
      format: this.name,
      part: 'events',
      reasons: [t('columns timestamp, visitorid, event, itemid')],
      roles: byName(columns, names, t('its name in RetailRocket')),
      timeUnit: 'milliseconds',
    };
  },
};
