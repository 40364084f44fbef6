import { COLUMN_NAMES } from './header';
import { quoted, type IssueList } from './issues';
import { checkColumns, readRecords, type Cell, type Table } from './table';
import type { CatalogueItem, LogIssue } from './types';

/** The items of a log, in order of first appearance, while it is read. */
export interface Catalogue {
  readonly items: CatalogueItem[];
  readonly indexOf: Map<string, number>;
}

function readItem(cell: Cell, id: string): CatalogueItem {
  return { id, title: cell('title'), category: cell('category'), description: cell('description') };
}

function sameTexts(a: CatalogueItem, b: CatalogueItem): boolean {
  return a.title === b.title && a.category === b.category && a.description === b.description;
}

/**
 * Reads an items file. Every row needs an id and a title, no id may stand for two different texts;
 * a row that repeats another word for word is harmless and counted in `warnings`.
 */
export function readCatalogue(table: Table, issues: IssueList, warnings: LogIssue[]): Catalogue {
  const { file } = table;
  const catalogue: Catalogue = { items: [], indexOf: new Map() };
  const lines: number[] = [];
  let repeated = 0;
  checkColumns(table, ['item', 'title'], issues);
  issues.throwIfAny();
  readRecords(table, issues, (cell, line) => {
    const id = cell('item');
    if (id === '')
      issues.add({ file, line, column: COLUMN_NAMES.item, message: 'The item id is empty. Fill it in or delete the row.' });
    else if (cell('title') === '') {
      const message = `Item ${quoted(id)} has no title, and the model reads items by their text. Give it a title.`;
      issues.add({ file, line, column: COLUMN_NAMES.title, message });
    } else {
      const item = readItem(cell, id);
      const earlier = catalogue.indexOf.get(id);
      if (earlier === undefined) {
        catalogue.indexOf.set(id, catalogue.items.length);
        catalogue.items.push(item);
        lines.push(line);
      } else if (sameTexts(catalogue.items[earlier]!, item)) repeated++;
      else {
        const message = `Item ${quoted(id)} is already on line ${lines[earlier]!} with other texts. Keep one of the two rows.`;
        issues.add({ file, line, column: COLUMN_NAMES.item, message });
      }
    }
  });
  if (repeated > 0) warnings.push({ file, line: 0, message: `${repeated} rows repeat an earlier item word for word.` });
  return catalogue;
}

/** Items out of an interactions file that carries their texts in every row. */
export interface GrowingCatalogue extends Catalogue {
  /** Index of the row's item, entered when new; later rows fill in texts that earlier ones left empty. */
  enter(cell: Cell, line: number): number;
  /** Adds an issue for every item that no row gave a title, and a warning when rows contradict each other. */
  finish(issues: IssueList, warnings: LogIssue[]): void;
}

export function growCatalogue(file: string): GrowingCatalogue {
  const items: CatalogueItem[] = [];
  const indexOf = new Map<string, number>();
  const lines: number[] = [];
  let contradictions = 0;
  let contradiction: LogIssue | undefined;

  const enter = (cell: Cell, line: number): number => {
    const id = cell('item');
    const known = indexOf.get(id);
    if (known === undefined) {
      lines.push(line);
      indexOf.set(id, items.length);
      return items.push(readItem(cell, id)) - 1;
    }
    const item = items[known]!;
    for (const role of ['title', 'category', 'description'] as const) {
      const text = cell(role);
      if (text === '' || text === item[role]) continue;
      if (item[role] === '') items[known] = { ...items[known]!, [role]: text };
      else {
        contradictions++;
        contradiction ??= {
          file,
          line,
          column: COLUMN_NAMES[role],
          message: `Item ${quoted(id)} has the ${role} ${quoted(text)} here but ${quoted(item[role])} on line ${lines[known]!}; the first one is used.`,
        };
      }
    }
    return known;
  };

  const finish = (issues: IssueList, warnings: LogIssue[]): void => {
    items.forEach(({ id, title }, index) => {
      if (title !== '') return;
      const message = `Item ${quoted(id)} has no title in any row. Fill the column, or open an items file (item_id, title) along with this one.`;
      issues.add({ file, line: lines[index]!, column: COLUMN_NAMES.title, message });
    });
    if (contradiction === undefined) return;
    const more = contradictions > 1 ? ` The same happens in ${contradictions - 1} more places.` : '';
    warnings.push({ ...contradiction, message: contradiction.message + more });
  };

  return { items, indexOf, enter, finish };
}
