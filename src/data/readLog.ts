/** From files to an interaction log: docs/formats.md in code. */
import { assembleHistories, LEAST_EVENTS, type Dropped } from './assemble';
import { readCatalogue } from './catalogue';
import { readEvents } from './events';
import { decodeFile } from './fileText';
import { hashLog } from './hashLog';
import type { Role } from './header';
import { createIssueList, quoted } from './issues';
import { openTable, type Table } from './table';
import { LogError, type InteractionLog, type LogIssue } from './types';

export interface ReadLog {
  readonly log: InteractionLog;
  /** Rows of the interactions file that are not in the log; log events + Σ rows = rows of the file. */
  readonly dropped: readonly Dropped[];
  /** Warnings: the log is usable, but a person should know. */
  readonly issues: readonly LogIssue[];
}

function reject(message: string, files: readonly string[]): never {
  throw new LogError(
    message,
    files.map((file) => ({ file, line: 0, message })),
  );
}

/** Tells the interactions file from the items file by their headers. */
function sortTables(tables: readonly Table[]): { interactions: Table; items: Table | undefined } {
  const files = tables.map(({ file }) => file);
  const withUser = tables.filter(({ columns }) => columns.index.user !== undefined);
  const [only, other] = tables;
  if (only === undefined) reject('No file was given. Open an interactions file, with or without an items file.', []);
  if (tables.length > 2) {
    reject(`${tables.length} files were given. Open one interactions file, and at most one items file along with it.`, files);
  }
  if (withUser.length > 1) {
    reject(
      'Both files have a column for the user. Open one interactions file, and at most one items file (item_id, title).',
      files,
    );
  }
  if (other === undefined) {
    const { user, time, title } = only.columns.index;
    if (user === undefined && time === undefined && title !== undefined) {
      reject(
        `${only.file} looks like an items file: its header has titles but neither users nor times. Open the interactions file (user_id, item_id, timestamp) along with it.`,
        files,
      );
    }
    return { interactions: only, items: undefined };
  }
  // Without a user column anywhere the file with times is the one to complain about.
  const interactions = withUser[0] ?? tables.find(({ columns }) => columns.index.time !== undefined) ?? only;
  return { interactions, items: interactions === only ? other : only };
}

const ITEM_TEXTS: readonly Role[] = ['title', 'category', 'description'];

/** Columns that nobody reads: unknown ones, and known ones that the other file speaks for. */
function unusedColumns({ file, header, headerLine, columns }: Table, ignored: readonly Role[]): LogIssue[] {
  const names = [...columns.unused];
  for (const role of ignored) {
    const index = columns.index[role];
    if (index !== undefined) names.push(header[index]!);
  }
  if (names.length === 0) return [];
  return [{ file, line: headerLine, message: `Columns not used: ${names.map(quoted).join(', ')}.` }];
}

/**
 * Reads a log from one file (interactions with titles) or two (interactions and items, in any order).
 * @param name what to call the log; by default the interactions file's name.
 * @throws LogError when a file or any of its rows cannot be used; `issues` name the first lines.
 */
export async function readLog(files: readonly File[], name?: string): Promise<ReadLog> {
  const tables: Table[] = [];
  for (const file of files) tables.push(openTable(file.name, decodeFile(file.name, new Uint8Array(await file.arrayBuffer()))));
  const { interactions, items } = sortTables(tables);

  const errors = createIssueList();
  const warnings = unusedColumns(interactions, items === undefined ? [] : ITEM_TEXTS);
  if (items !== undefined) warnings.push(...unusedColumns(items, ['time', 'query', 'exposed']));
  const given = items === undefined ? undefined : readCatalogue(items, errors, warnings);
  const { catalogue, columns } = readEvents(interactions, given, errors, warnings);
  errors.throwIfAny();

  const { users, dropped } = assembleHistories(columns);
  const { file } = interactions;
  if (columns.user.length === 0) reject(`${file} has a header but no events. Add one line an event.`, [file]);
  if (!users.some(({ events }) => events.length > LEAST_EVENTS)) {
    reject(
      `No user of ${file} has ${LEAST_EVENTS + 1} or more events. The last two of each user are kept for validation and test, and training needs two more to learn from one step.`,
      [file],
    );
  }
  if (catalogue.items.length < 2)
    reject(`${file} has a single item, so there is nothing to rank. Open a log with more items.`, [file]);
  const hash = await hashLog(catalogue.items, users);
  return {
    log: { name: name ?? file.replace(/\.[^.]+$/, ''), hash, items: catalogue.items, users },
    dropped,
    issues: warnings,
  };
}
