import { readRows } from './delimited';
import { COLUMN_NAMES, matchColumns, type Columns, type Role } from './header';
import { quoted, type IssueList } from './issues';
import { LogError } from './types';

/** A file whose header has been read. */
export interface Table {
  readonly file: string;
  readonly text: string;
  readonly header: readonly string[];
  readonly headerLine: number;
  readonly columns: Columns;
}

/** What each role holds, for the message about a missing column. */
const MEANING: Readonly<Record<Role, string>> = {
  user: 'the user',
  item: 'the item',
  time: 'the time of the event',
  title: "the item's title",
  category: "the item's category",
  description: "the item's description",
  query: 'the search query',
  exposed: 'the items shown and not clicked',
};

/** Reads the header alone. `text` must hold more than blank lines. */
export function openTable(file: string, text: string): Table {
  let table: Table | undefined;
  readRows(text, ({ fields, line }) => {
    table = { file, text, header: fields, headerLine: line, columns: matchColumns(fields) };
    return 'stop';
  });
  if (table === undefined) throw new LogError(`${file}: no header line`, [{ file, line: 0, message: 'No header line found.' }]);
  return table;
}

/** Adds an issue for every role in `roles` that the header lacks, and for every role that two columns claim; `advice` adds a way out. */
export function checkColumns(
  table: Table,
  roles: readonly Role[],
  issues: IssueList,
  advice: Readonly<Partial<Record<Role, string>>> = {},
): void {
  const { file, headerLine, columns } = table;
  const shown = table.header.slice(0, 12).map(quoted).join(', ') + (table.header.length > 12 ? ', …' : '');
  for (const role of roles) {
    if (columns.index[role] !== undefined) continue;
    issues.add({
      file,
      line: headerLine,
      column: COLUMN_NAMES[role],
      message:
        `The header has no column for ${MEANING[role]}. Found: ${shown}. ` +
        `Add a column \`${COLUMN_NAMES[role]}\`, or rename the one that holds it.${advice[role] ?? ''}`,
    });
  }
  for (const { role, names } of columns.ambiguous) {
    issues.add({
      file,
      line: headerLine,
      column: COLUMN_NAMES[role],
      message: `Two columns could hold ${MEANING[role]}: ${names.map(quoted).join(' and ')}. Rename or remove one.`,
    });
  }
}

/** Reads one role of a row; empty where the file has no such column. */
export type Cell = (role: Role) => string;

/**
 * Calls `onRecord` for every well-formed row after the header and adds an issue for every other one.
 * `cell` reads the current row and is the same function each time.
 */
export function readRecords(table: Table, issues: IssueList, onRecord: (cell: Cell, line: number) => void): number {
  const { file, header, columns } = table;
  let current: readonly string[] = [];
  const cell: Cell = (role) => {
    const index = columns.index[role];
    return index === undefined ? '' : (current[index] ?? '');
  };
  let rows = -1;
  readRows(table.text, ({ fields, line, problem }) => {
    rows++;
    if (rows === 0) return undefined;
    if (problem !== undefined) issues.add({ file, line, message: problem });
    else if (fields.length !== header.length) {
      issues.add({
        file,
        line,
        message:
          `This row has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, the header has ${header.length}. ` +
          'Put quotes around text that contains the delimiter, or complete the row.',
      });
    } else {
      current = fields;
      onRecord(cell, line);
    }
    return undefined;
  });
  return Math.max(rows, 0);
}
