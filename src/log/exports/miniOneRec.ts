/**
 * MiniOneRec's CSV files and its list of items (https://github.com/AkaliKong/MiniOneRec, convert_dataset.py).
 */
import { csvField } from '../csv';
import { checkIds, fileOfLines, targetRows, type SplitPart, type SplitLog } from './rows';

const MOST_HISTORY = 50;
const PARTS: readonly SplitPart[] = ['train', 'valid', 'test'];
const COLUMNS = ['user_id', 'history_item_title', 'item_title', 'history_item_id', 'item_id', 'history_item_sid', 'item_sid'];

/** A list of texts as Python prints it. */
function pythonList(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ')}]`;
}

/**
 * `NAME.train.csv`, `NAME.valid.csv`, `NAME.test.csv` and `NAME.info.txt`; semantic IDs are empty if the log
 * has none.
 * @throws LogError if an item's ID cannot be in a list
 */
export function writeMiniOneRec(read: SplitLog, name: string): File[] {
  const { log } = read;
  const { id, title, semantic } = log.items.columns;
  checkIds(id, /[\s,'"[\]|]/, 'MiniOneRec’s files');
  const of = (column: Iterable<string>): readonly string[] => [...column];
  const [ids, titles, codes] = [of(id), of(title), of(semantic)];
  const lines = function* (part: SplitPart): Generator<string, void> {
    yield COLUMNS.join(',');
    for (const { user, history, item } of targetRows(read, part, MOST_HISTORY)) {
      const list = (texts: readonly string[]): string => pythonList(history.map((index) => texts[index]!));
      const cells = [
        log.users.at(user),
        list(titles),
        titles[item]!,
        `[${history.map((index) => ids[index]!).join(', ')}]`,
        ids[item]!,
        list(codes),
        codes[item]!,
      ];
      yield cells.map(csvField).join(',');
    }
  };
  const info = function* (): Generator<string, void> {
    for (let index = 0; index < log.items.length; index++) {
      yield [codes[index]!, titles[index]!.replaceAll(/\s+/g, ' '), ids[index]!].join('\t');
    }
  };
  return [...PARTS.map((part) => fileOfLines(`${name}.${part}.csv`, lines(part))), fileOfLines(`${name}.info.txt`, info())];
}
