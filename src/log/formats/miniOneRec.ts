/** MiniOneRec (https://github.com/AkaliKong/MiniOneRec, convert_dataset.py): rows with their history, and a list of items. */
import { t } from '../../words/words';
import type { Syntax } from '../../recipe/logRecipe';
import { baseName, byName, byPosition, columnFits, shareOf, type Format } from './format';

const tabs: Syntax = { kind: 'delimited', delimiter: '\t', quoting: false, header: false };
const INFO = ['semantic', 'title', 'item'] as const;
/** `<a_12><b_3><c_77>` or `[a_12][b_3]`. */
const SEMANTIC_ID = /^(?:[<[]\w+[>\]])+$/;

export const miniOneRec: Format = {
  name: 'MiniOneRec',
  recognise(peek) {
    const { columns, name } = peek;
    if (['user_id', 'item_id', 'history_item_id'].every((column) => columns.includes(column))) {
      // The part of the split is the folder: train/Office_Products_5_2016-10-2018-11.csv.
      const folders = name.toLowerCase().split(/[\\/]/);
      const share = shareOf(baseName(peek)) ?? folders.map((folder) => shareOf(folder)).find((one) => one !== undefined);
      const names = { user: 'user_id', item: 'item_id', history: 'history_item_id', title: 'item_title', semantic: 'item_sid' };
      return {
        format: this.name,
        part: 'events',
        reasons: [
          t('columns user_id, history_item_id, item_id'),
          t('a row is a target and what came before it; there are no times'),
          ...(share === undefined ? [] : [t('the name says it is the {share} part of a split', { share })]),
        ],
        roles: byName(columns, names, t('its name in MiniOneRec')),
        timeUnit: 'order',
        ...(share === undefined ? {} : { share }),
      };
    }
    if (columns.length !== 3 || !columnFits(peek, 2, /^\S+$/)) return null;
    // Without semantic IDs the first column of an info file is empty.
    const bare = /\binfo\.txt$/.test(baseName(peek)) && peek.rows.every(([first]) => first === '');
    if (!bare && !columnFits(peek, 0, SEMANTIC_ID)) return null;
    return {
      format: this.name,
      part: 'items',
      reasons: [t('semantic ID, title and item ID separated by tabs, as in its info files')],
      columns: ['semantic id', 'title', 'item id'],
      syntax: tabs,
      roles: byPosition(INFO, t('its position in the info file')),
    };
  },
};
