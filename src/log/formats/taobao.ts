/** Taobao UserBehavior (https://tianchi.aliyun.com/dataset/649): user, item, category, behaviour, time; no texts. */
import { t } from '../../words/words';
import { byPosition, columnFits, INTEGER, UNIX_SECONDS, type Format } from './format';

const COLUMNS = ['user', 'item', 'category', 'event', 'time'] as const;

export const taobao: Format = {
  name: 'Taobao UserBehavior',
  recognise(peek) {
    if (peek.columns.length !== 5 || !columnFits(peek, 3, /^(?:pv|buy|cart|fav)$/)) return null;
    if (![0, 1, 2].every((column) => columnFits(peek, column, INTEGER)) || !columnFits(peek, 4, UNIX_SECONDS)) return null;
    return {
      format: this.name,
      part: 'events',
      reasons: [t('user, item, category, one of pv, buy, cart, fav, and a time in each line')],
      columns: COLUMNS,
      roles: byPosition(COLUMNS, t('its position in UserBehavior')),
      timeUnit: 'seconds',
    };
  },
};
