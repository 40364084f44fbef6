import { growCatalogue, type Catalogue } from './catalogue';
import { parseEventTime, type TimeKind } from './eventTime';
import { COLUMN_NAMES } from './header';
import { quoted, type IssueList } from './issues';
import { checkColumns, readRecords, type Table } from './table';
import type { LogIssue } from './types';

/** The rows of an interactions file as columns, in file order: a million rows as objects would not fit. */
export interface EventColumns {
  readonly users: readonly string[];
  readonly user: readonly number[];
  readonly item: readonly number[];
  /** Unix seconds. */
  readonly time: readonly number[];
  readonly query: readonly string[];
  readonly exposed: readonly (readonly number[])[];
}

export interface Events {
  readonly catalogue: Catalogue;
  readonly columns: EventColumns;
}

const NONE: readonly number[] = [];

/** `a|b|c` or `a b c`. */
function splitExposed(text: string): string[] {
  return text.split(text.includes('|') ? /\s*\|\s*/ : /\s+/).filter((id) => id !== '');
}

/**
 * Reads an interactions file. Without a `catalogue` from an items file the rows themselves must carry the titles.
 * Every row that cannot be used adds an issue; the caller decides by `issues.throwIfAny()`.
 */
export function readEvents(table: Table, catalogue: Catalogue | undefined, issues: IssueList, warnings: LogIssue[]): Events {
  const { file } = table;
  const growing = catalogue === undefined ? growCatalogue(file) : undefined;
  const { indexOf } = catalogue ?? growing!;
  if (growing === undefined) checkColumns(table, ['user', 'item', 'time'], issues);
  else {
    const title = ' Titles may also come from an items file (item_id, title) opened along with this one.';
    checkColumns(table, ['user', 'item', 'time', 'title'], issues, { title });
  }
  issues.throwIfAny();

  const users: string[] = [];
  const userIndex = new Map<string, number>();
  const [user, item, time]: [number[], number[], number[]] = [[], [], []];
  const query: string[] = [];
  const exposedText: string[] = [];
  const lines: number[] = [];
  let timeKind: { kind: TimeKind; line: number } | undefined;

  readRecords(table, issues, (cell, line) => {
    const before = issues.total;
    const problem = (column: string, message: string): void => {
      issues.add({ file, line, column, message });
    };
    const userId = cell('user');
    const itemId = cell('item');
    const when = parseEventTime(cell('time'));
    if (userId === '') problem(COLUMN_NAMES.user, 'The user is empty. Fill it in or delete the row.');
    if (itemId === '') problem(COLUMN_NAMES.item, 'The item is empty. Fill it in or delete the row.');
    else if (growing === undefined && !indexOf.has(itemId)) {
      problem(COLUMN_NAMES.item, `Item ${quoted(itemId)} is not in the items file. Add it there or delete the row.`);
    }
    if (when.kind === 'unreadable') {
      problem(
        COLUMN_NAMES.time,
        cell('time') === '' ? 'The time is empty. Fill it in or delete the row.' : `${quoted(cell('time'))} ${when.message}`,
      );
    } else {
      timeKind ??= { kind: when.kind, line };
      if (when.kind !== timeKind.kind) {
        const message = `${quoted(cell('time'))} reads as ${when.kind}, but line ${timeKind.line} as ${timeKind.kind}. Write all times the same way.`;
        problem(COLUMN_NAMES.time, message);
      }
    }
    if (issues.total > before || when.kind === 'unreadable') return;
    const known = userIndex.get(userId);
    if (known === undefined) userIndex.set(userId, users.length);
    user.push(known ?? users.push(userId) - 1);
    item.push(growing === undefined ? indexOf.get(itemId)! : growing.enter(cell, line));
    time.push(when.seconds);
    query.push(cell('query'));
    exposedText.push(cell('exposed'));
    lines.push(line);
  });
  growing?.finish(issues, warnings);

  let clicked = 0;
  const exposed = exposedText.map((text, row) => {
    if (text === '') return NONE;
    const shown = new Set<number>();
    for (const id of splitExposed(text)) {
      const index = indexOf.get(id);
      if (index === undefined) {
        const message = `Item ${quoted(id)} was shown but has no texts anywhere. Add it to an items file, or take it out of the list.`;
        issues.add({ file, line: lines[row]!, column: COLUMN_NAMES.exposed, message });
      } else if (index === item[row]) clicked++;
      else shown.add(index);
    }
    return [...shown];
  });
  if (clicked > 0) {
    const message = `${clicked} lists of shown items name the clicked item itself; it is left out of them, since it is no negative.`;
    warnings.push({ file, line: 0, column: COLUMN_NAMES.exposed, message });
  }
  return { catalogue: catalogue ?? growing!, columns: { users, user, item, time, query, exposed } };
}
