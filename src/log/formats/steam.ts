/** Steam reviews and games (https://cseweb.ucsd.edu/~jmcauley/datasets.html#steam_data): Python dicts, one per line. */
import { t } from '../../words/words';
import { byName, type Format } from './format';

export const steam: Format = {
  name: 'Steam',
  recognise({ columns }) {
    const has = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
    if (has('username', 'product_id', 'date')) {
      // Most reviews have no user_id, so the name is the user.
      const names = { user: 'username', item: 'product_id', time: 'date', rating: 'hours' };
      return {
        format: this.name,
        part: 'events',
        reasons: [t('keys username, product_id, date'), t('the text is the review’s and is not read')],
        roles: byName(columns, names, t('its name in the reviews')),
        timeUnit: 'date',
      };
    }
    if (!has('app_name', 'id', 'genres')) return null;
    const names = { item: 'id', title: 'app_name', category: 'genres', price: 'price' };
    return {
      format: this.name,
      part: 'items',
      reasons: [t('keys id, app_name, genres')],
      roles: byName(columns, names, t('its name in the games')),
    };
  },
};
