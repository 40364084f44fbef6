/** UCI Online Retail (https://doi.org/10.24432/C5BW33): invoice lines; an invoice is a basket with one time. */
import { t } from '../../words/words';
import { byName, type Format } from './format';

export const onlineRetail: Format = {
  name: 'UCI Online Retail',
  recognise({ columns }) {
    const customer = columns.find((column) => /^Customer ?ID$/.test(column));
    const price = columns.find((column) => /^(?:Unit)?Price$/.test(column));
    if (customer === undefined || price === undefined) return null;
    if (!['StockCode', 'Description', 'Quantity', 'InvoiceDate'].every((column) => columns.includes(column))) return null;
    const names = { user: customer, item: 'StockCode', time: 'InvoiceDate', title: 'Description', rating: 'Quantity', price };
    return {
      format: this.name,
      part: 'events',
      reasons: [t('columns StockCode, Description, Quantity, InvoiceDate, one line per article of an invoice')],
      roles: byName(columns, names, t('its name in Online Retail')),
      leastRating: 1,
    };
  },
};
