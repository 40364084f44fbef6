/**
 * JSON maps as in LC-Rec and MiniOneRec's converter (https://github.com/zhengbw0324/LC-Rec, data.py):
 * `.inter.json` of users and their items in order, `.item.json` of items and their texts, `.index.json` of
 * items and the parts of their semantic IDs. Also `{id: title}`, as people write their own.
 */
import { t } from '../../words/words';
import { MAP_KEY, MAP_VALUE } from '../records/jsonMap';
import type { Peek } from '../records/peek';
import { baseName, byName, type Format } from './format';

const SEMANTIC_PART = /^[<[]\w+[>\]]$/;

function lists({ columns, rows }: Peek, of: (value: unknown) => boolean): boolean {
  const at = columns.indexOf(MAP_VALUE);
  return at >= 0 && rows.length > 0 && rows.every((row) => Array.isArray(row[at]) && row[at].every(of));
}

/** Whether the values are texts, not the numbers of the items or their lists. */
function holdsTitles({ columns, rows }: Peek): boolean {
  const at = columns.indexOf(MAP_VALUE);
  const texts = at < 0 ? [] : rows.map((row) => row[at]).filter((text) => text !== null && text !== '');
  return texts.length > 0 && texts.every((text) => typeof text === 'string') && !texts.every((text) => /^[\d\s,]+$/.test(text));
}

export const jsonMaps: Format = {
  name: 'JSON maps',
  recognise(peek) {
    const { columns, syntax } = peek;
    if (syntax.kind !== 'json-map') return null;
    const base = baseName(peek);
    if (lists(peek, (value) => typeof value === 'string' && SEMANTIC_PART.test(value))) {
      return {
        format: this.name,
        part: 'items',
        reasons: [t('items and the parts of their semantic IDs, as in .index.json')],
        roles: byName(columns, { item: MAP_KEY, semantic: MAP_VALUE }, t('its position in the map')),
      };
    }
    if (lists(peek, (value) => typeof value === 'number' || typeof value === 'string')) {
      return {
        format: this.name,
        part: 'events',
        reasons: [t('users and the items of their histories in order, as in .inter.json')],
        roles: byName(columns, { user: MAP_KEY, history: MAP_VALUE }, t('its position in the map')),
        timeUnit: 'order',
      };
    }
    if (holdsTitles(peek)) {
      return {
        format: this.name,
        part: 'items',
        reasons: [t('items and their titles, {example}', { example: '{"id": "title"}' })],
        roles: byName(columns, { item: MAP_KEY, title: MAP_VALUE }, t('its position in the map')),
      };
    }
    if (!columns.includes('title') && !columns.includes('description')) return null;
    const category = ['categories', 'category'].find((name) => columns.includes(name));
    const names = { item: MAP_KEY, title: 'title', description: 'description', price: 'price' };
    return {
      format: this.name,
      part: 'items',
      reasons: [t('{file}: items and their texts, as in .item.json', { file: base })],
      roles: byName(columns, { ...names, ...(category === undefined ? {} : { category }) }, t('its name in the map')),
    };
  },
};
