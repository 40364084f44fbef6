/**
 * RecBole's atomic files with the split made here
 * (https://recbole.io/docs/user_guide/usage/running_new_dataset.html).
 */
import { checkIds, fileOfLines, targetRows, type SplitPart, type SplitLog } from './rows';

/** RecBole's own default is 50. */
const MOST_HISTORY = 50;
const PARTS: readonly SplitPart[] = ['train', 'valid', 'test'];

/** RecBole's texts cannot contain tabs or line ends. */
function field(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/**
 * `NAME.train.inter`, `.valid.inter`, `.test.inter` (one row per history and target), `NAME.item`, and a
 * configuration that makes RecBole use the split unchanged.
 * @throws LogError if an ID contains a space
 */
export function writeRecBole(read: SplitLog, name: string): File[] {
  const { log } = read;
  const ids = [...log.items.columns.id];
  checkIds([...ids, ...log.users], /\s/, 'RecBole’s files');
  const lines = function* (part: SplitPart): Generator<string, void> {
    yield 'user_id:token\titem_id_list:token_seq\titem_id:token';
    for (const { user, history, item } of targetRows(read, part, MOST_HISTORY)) {
      yield `${log.users.at(user)}\t${history.map((index) => ids[index]!).join(' ')}\t${ids[item]!}`;
    }
  };
  const items = function* (): Generator<string, void> {
    yield 'item_id:token\ttitle:token_seq\tcategories:token_seq';
    for (const { id, title, category } of log.items) yield `${id}\t${field(title)}\t${field(category)}`;
  };
  const config = [
    '# RecBole uses the split of these files unchanged.',
    "benchmark_filename: ['train', 'valid', 'test']",
    'USER_ID_FIELD: user_id',
    'ITEM_ID_FIELD: item_id',
    'ITEM_LIST_LENGTH_FIELD: item_length',
    'LIST_SUFFIX: _list',
    `MAX_ITEM_LIST_LENGTH: ${MOST_HISTORY}`,
    'alias_of_item_id: [item_id_list]',
    'load_col:',
    '  inter: [user_id, item_id_list, item_id]',
    '  item: [item_id, title, categories]',
    'train_neg_sample_args: ~',
  ];
  return [
    ...PARTS.map((part) => fileOfLines(`${name}.${part}.inter`, lines(part))),
    fileOfLines(`${name}.item`, items()),
    fileOfLines(`${name}.yaml`, config),
  ];
}
