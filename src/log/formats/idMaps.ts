/**
 * The IDs behind the numbers of a preprocessed log: P5's `datamaps.json` (https://github.com/jeykigung/P5),
 * an object of the maps `user2id`, `item2id`, `id2user`, `id2item`, and files `NAME.item2id`, `NAME.user2id`
 * with one ID and its number per line.
 */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import { baseName, byPosition, type Format } from './format';

const pairs: Syntax = { kind: 'pairs', delimiter: '\t' };

export const idMaps: Format = {
  name: 'ID map',
  recognise(peek) {
    const base = baseName(peek);
    const listed = /(?:^|\.)(item|user)2id(?:\.(?:txt|tsv))?$/.exec(base)?.[1];
    if (listed === 'user') return { format: this.name, part: 'users', reasons: [t('users and their numbers')], roles: {} };
    if (listed === undefined && peek.syntax.kind !== 'id-maps') return null;
    return {
      format: this.name,
      part: 'items',
      reasons: [t('items and the numbers by which the events name them')],
      ...(listed === undefined ? {} : { syntax: pairs, columns: ['item', 'number'] }),
      roles: byPosition(['item', 'alias'], t('its position in the map')),
    };
  },
};
